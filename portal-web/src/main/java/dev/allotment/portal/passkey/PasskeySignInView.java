// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.passkey;

import dev.allotment.portal.web.Form;

/**
 * The content of the page for signing in with a passkey.
 *
 * @param redirect where to go after signing in, a path of this site; empty for the start page of the user
 */
public record PasskeySignInView(Form form, String redirect) {}
