// SPDX-License-Identifier: Apache-2.0
/** The routes of each resource. A handler calls one use case. */
@NullMarked
package dev.allotment.rest.resource;

import org.jspecify.annotations.NullMarked;
