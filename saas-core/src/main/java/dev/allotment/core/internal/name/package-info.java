// SPDX-License-Identifier: Apache-2.0
/**
 * The names of databases. {@code DatabaseNames} says which are valid and which a server refuses, {@code ReservedNames}
 * which are taken or cooling down, and {@code ReservedLabels} which customers may not choose. Used by the packages that
 * create or rename databases.
 */
@NullMarked
package dev.allotment.core.internal.name;

import org.jspecify.annotations.NullMarked;
