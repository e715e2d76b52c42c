// SPDX-License-Identifier: Apache-2.0
/** What a route is: its address, rights, parameters and answer, and what a handler gets and returns. */
@NullMarked
package dev.allotment.rest.route;

import org.jspecify.annotations.NullMarked;
