// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.account;

import dev.allotment.portal.web.Form;

/**
 * The content of the page for the code of the second factor.
 *
 * @param redirect where to go after signing in, a path of this site; empty for the start page of the user
 */
public record CodeView(Form form, String redirect) {}
