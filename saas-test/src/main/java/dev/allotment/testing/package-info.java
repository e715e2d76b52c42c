// SPDX-License-Identifier: Apache-2.0
/**
 * For tests of embedders, with any test framework: a backend and a store for backups in memory, and a clock that a test
 * sets. The backend is also the model for authors of backends. Everything is lost when it is closed, so it is not for
 * production.
 */
@NullMarked
package dev.allotment.testing;

import org.jspecify.annotations.NullMarked;
