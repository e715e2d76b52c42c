// SPDX-License-Identifier: Apache-2.0
/**
 * The base of every feature: texts, secrets, units of work, lookups and idempotency. It knows no feature; every package
 * may use it.
 */
@NullMarked
package dev.allotment.core.internal.base;

import org.jspecify.annotations.NullMarked;
