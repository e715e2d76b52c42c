// SPDX-License-Identifier: Apache-2.0
/**
 * Reading and writing shared records (tenants, members, passwords, sessions, tokens) within one transaction; every
 * package above may use it.
 */
@NullMarked
package dev.allotment.core.internal.record;

import org.jspecify.annotations.NullMarked;
