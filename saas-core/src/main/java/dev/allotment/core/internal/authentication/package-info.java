// SPDX-License-Identifier: Apache-2.0
/**
 * Checks passwords and throttles failed sign-ins ({@code Authenticator}). Used for accounts, members and the master
 * password.
 */
@NullMarked
package dev.allotment.core.internal.authentication;

import org.jspecify.annotations.NullMarked;
