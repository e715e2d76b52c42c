// SPDX-License-Identifier: Apache-2.0
/** The pages of passkeys: signing in with one, and those of a user. For this module only. */
@NullMarked
package dev.allotment.portal.passkey;

import org.jspecify.annotations.NullMarked;
