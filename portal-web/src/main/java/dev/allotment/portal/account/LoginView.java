// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.account;

/**
 * What the sign-in page shows.
 *
 * @param login as it was typed
 * @param redirect where to go afterwards, a path of this site
 * @param error why it did not work; empty: nothing was tried
 * @param signUp whether strangers may sign up
 */
public record LoginView(String login, String redirect, String error, boolean signUp) {}
