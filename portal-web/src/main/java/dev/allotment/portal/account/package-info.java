// SPDX-License-Identifier: Apache-2.0
/** Pages for one's own account: signing up, in and out, passwords. For this module only. */
@NullMarked
package dev.allotment.portal.account;

import org.jspecify.annotations.NullMarked;
