// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.account;

import dev.allotment.portal.web.Form;

/**
 * The content of the sign-in page.
 *
 * @param redirect where to go after signing in, a path of this site
 * @param signUp whether sign-up is open to everyone
 */
public record SignInView(Form form, String redirect, boolean signUp) {}
