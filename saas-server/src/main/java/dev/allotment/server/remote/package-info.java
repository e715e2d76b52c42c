// SPDX-License-Identifier: Apache-2.0
/** The commands of the server program that work on a running server, over its REST API. */
@NullMarked
package dev.allotment.server.remote;

import org.jspecify.annotations.NullMarked;
