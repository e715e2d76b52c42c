// SPDX-License-Identifier: Apache-2.0
/**
 * A Spring Boot application whose customers sign up in the portal, and have their invoices in their own database: an
 * example to read and copy.
 */
@NullMarked
package dev.allotment.examples.springboot;

import org.jspecify.annotations.NullMarked;
