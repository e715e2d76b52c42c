// SPDX-License-Identifier: Apache-2.0
/** Tests of the PostgreSQL backend against a real PostgreSQL; for nobody else. */
@NullMarked
package dev.allotment.postgres;

import org.jspecify.annotations.NullMarked;
