// SPDX-License-Identifier: Apache-2.0
/** Part of an offender. */
@NullMarked
package dev.allotment.architecture.offenders.cycle.one;

import org.jspecify.annotations.NullMarked;
