// SPDX-License-Identifier: Apache-2.0
/** Accounts and customers of the main database; used by access and from outside. */
@NullMarked
package dev.allotment.core.internal.account;

import org.jspecify.annotations.NullMarked;
