// SPDX-License-Identifier: Apache-2.0
/**
 * A shop application that serves all tenants, each on its own host: an example to read and copy.
 */
@NullMarked
package dev.allotment.examples.shop;

import org.jspecify.annotations.NullMarked;
