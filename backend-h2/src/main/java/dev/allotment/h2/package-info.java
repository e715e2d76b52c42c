// SPDX-License-Identifier: Apache-2.0
/**
 * The embedded backend, with one H2 database per tenant: its provider, the driver of tenants' applications, and the
 * parts that implement the SPI. The service loader finds the provider by its name. Apart from the provider and the
 * driver, all classes are internal.
 */
@NullMarked
package dev.allotment.h2;

import org.jspecify.annotations.NullMarked;
