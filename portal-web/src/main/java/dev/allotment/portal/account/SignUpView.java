// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.account;

import dev.allotment.portal.web.Form;

/**
 * What the sign-up page shows.
 *
 * @param open whether strangers may sign up
 * @param confirmed whether a letter is sent, and the password chosen by it
 * @param sentTo where a letter was sent to, or would have been; empty: nothing was asked for yet
 */
public record SignUpView(Form form, boolean open, boolean confirmed, String sentTo) {}
