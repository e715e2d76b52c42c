// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.account;

import dev.allotment.portal.web.Form;

/**
 * What the sign-in page shows.
 *
 * @param redirect where to go afterwards, a path of this site
 * @param signUp whether strangers may sign up
 */
public record SignInView(Form form, String redirect, boolean signUp) {}
