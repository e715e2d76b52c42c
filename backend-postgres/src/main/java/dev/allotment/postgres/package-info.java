// SPDX-License-Identifier: Apache-2.0
/**
 * The PostgreSQL backend, one database and one role per tenant. It is found by name through the service loader; its
 * classes are internal.
 */
@NullMarked
package dev.allotment.postgres;

import org.jspecify.annotations.NullMarked;
