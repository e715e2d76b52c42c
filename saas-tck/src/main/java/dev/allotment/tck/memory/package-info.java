// SPDX-License-Identifier: Apache-2.0
/**
 * The in-memory reference backend, for tests of embedders and as a model for authors of backends. Everything is lost
 * when it is closed, so it is not for production.
 */
@NullMarked
package dev.allotment.tck.memory;

import org.jspecify.annotations.NullMarked;
