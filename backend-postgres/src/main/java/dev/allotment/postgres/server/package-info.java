// SPDX-License-Identifier: Apache-2.0
/** Settings, connections and sessions of a PostgreSQL server. Used by the other packages of this module. */
@NullMarked
package dev.allotment.postgres.server;

import org.jspecify.annotations.NullMarked;
