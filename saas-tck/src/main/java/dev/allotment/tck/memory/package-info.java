// SPDX-License-Identifier: Apache-2.0
/**
 * The in-memory reference backend, for unit tests of domain rules and as the model of a backend. Nothing is kept when it
 * is closed; not for production.
 */
@NullMarked
package dev.allotment.tck.memory;

import org.jspecify.annotations.NullMarked;
