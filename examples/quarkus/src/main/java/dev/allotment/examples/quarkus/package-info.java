// SPDX-License-Identifier: Apache-2.0
/**
 * A Quarkus application whose customers each have a database: an example to read and copy.
 */
@NullMarked
package dev.allotment.examples.quarkus;

import org.jspecify.annotations.NullMarked;
