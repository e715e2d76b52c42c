// SPDX-License-Identifier: Apache-2.0
/**
 * What a backend, a protocol adapter or an add-on implements. A backend needs nothing but this package, and proves itself
 * with the conformance kit (saas-tck). No type of JDBC, servlets or logging appears here. Stable from 1.0 on.
 */
@NullMarked
package dev.allotment.spi;

import org.jspecify.annotations.NullMarked;
