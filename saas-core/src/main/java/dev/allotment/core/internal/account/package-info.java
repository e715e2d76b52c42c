// SPDX-License-Identifier: Apache-2.0
/** Accounts and customers of the main database; used by those who sign up, and by access. */
@NullMarked
package dev.allotment.core.internal.account;

import org.jspecify.annotations.NullMarked;
