// SPDX-License-Identifier: Apache-2.0
/**
 * The embedded backend, one H2 database per tenant. It is found by name through the service loader; its classes are
 * internal.
 */
@NullMarked
package dev.allotment.h2;

import org.jspecify.annotations.NullMarked;
