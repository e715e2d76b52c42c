// SPDX-License-Identifier: Apache-2.0
/** Tests of the PostgreSQL backend with a real PostgreSQL server. */
@NullMarked
package dev.allotment.postgres;

import org.jspecify.annotations.NullMarked;
