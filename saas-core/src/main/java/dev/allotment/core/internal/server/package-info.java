// SPDX-License-Identifier: Apache-2.0
/**
 * The database servers: connections, health, and on which one a new database is placed; used by every package that
 * works on databases.
 */
@NullMarked
package dev.allotment.core.internal.server;

import org.jspecify.annotations.NullMarked;
