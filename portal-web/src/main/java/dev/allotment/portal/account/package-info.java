// SPDX-License-Identifier: Apache-2.0
/** The pages of a user's own account: sign-up, sign-in, password and profile. For this module only. */
@NullMarked
package dev.allotment.portal.account;

import org.jspecify.annotations.NullMarked;
