// SPDX-License-Identifier: Apache-2.0
/**
 * Which names databases may have, which are refused, and which are reserved; used by the packages that make or rename
 * databases.
 */
@NullMarked
package dev.allotment.core.internal.name;

import org.jspecify.annotations.NullMarked;
