// SPDX-License-Identifier: Apache-2.0
/** Transactions of a Quarkus application on the databases of tenants. */
@NullMarked
package dev.allotment.examples.quarkus;

import org.jspecify.annotations.NullMarked;
