// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.account;

import dev.allotment.portal.web.Form;

/**
 * The content of the sign-in page.
 *
 * @param redirect where to go after signing in, a path of this site; empty for the start page of the user
 * @param database the name of the database that the visitor opens by signing in; empty for none
 * @param signUp whether sign-up is open to everyone
 * @param passkeys whether this installation has passkeys
 */
public record SignInView(Form form, String redirect, String database, boolean signUp, boolean passkeys) {}
