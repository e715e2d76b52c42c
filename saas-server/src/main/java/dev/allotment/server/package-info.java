// SPDX-License-Identifier: Apache-2.0
/**
 * The runnable server: command line, Jetty, metrics. An application, not a library: nothing in here is API.
 */
@NullMarked
package dev.allotment.server;

import org.jspecify.annotations.NullMarked;
