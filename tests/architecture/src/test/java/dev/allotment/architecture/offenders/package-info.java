// SPDX-License-Identifier: Apache-2.0
/**
 * Classes that break the rules, each to show that its rule bites.
 */
@NullMarked
package dev.allotment.architecture.offenders;

import org.jspecify.annotations.NullMarked;
