// SPDX-License-Identifier: Apache-2.0
/**
 * The PostgreSQL backend, with one database and one role per tenant. The service loader finds it; all classes are
 * internal.
 */
@NullMarked
package dev.allotment.postgres;

import org.jspecify.annotations.NullMarked;
