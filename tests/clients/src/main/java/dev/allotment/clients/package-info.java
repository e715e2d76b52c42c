// SPDX-License-Identifier: Apache-2.0
/** Starts a server for clients that are generated from its document. */
@NullMarked
package dev.allotment.clients;

import org.jspecify.annotations.NullMarked;
