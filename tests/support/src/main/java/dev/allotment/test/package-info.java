// SPDX-License-Identifier: Apache-2.0
/**
 * Test tools that several modules share: a browser without a window, an authenticator app, what was logged, and a web
 * server for protocol adapters.
 */
@NullMarked
package dev.allotment.test;

import org.jspecify.annotations.NullMarked;
