// SPDX-License-Identifier: Apache-2.0
/**
 * The parts that the SQL backends share: connections, transactions over record types, and schema migrations. Used by
 * the backends of this project only; not public API.
 */
@NullMarked
package dev.allotment.jdbc;

import org.jspecify.annotations.NullMarked;
