// SPDX-License-Identifier: Apache-2.0
/** The control-plane server: the program, Jetty, metrics, demo. A program: nothing in this package is API. */
@NullMarked
package dev.allotment.server;

import org.jspecify.annotations.NullMarked;
