// SPDX-License-Identifier: Apache-2.0
/**
 * One shop application that serves all client databases, each under its own host. To be read and copied.
 */
@NullMarked
package dev.allotment.examples.shop;

import org.jspecify.annotations.NullMarked;
