// SPDX-License-Identifier: Apache-2.0
/** Part of an offender. */
@NullMarked
package dev.allotment.architecture.offenders.internal.base;

import org.jspecify.annotations.NullMarked;
