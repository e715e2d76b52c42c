// SPDX-License-Identifier: Apache-2.0
/** Checking passwords, and limiting how often that can be tried; used for accounts, members and the master password. */
@NullMarked
package dev.allotment.core.internal.authentication;

import org.jspecify.annotations.NullMarked;
