// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.portal.web.Form;

/**
 * The content of the page that erases the customer of an account.
 *
 * @param login what has to be typed to confirm
 * @param databases how many databases are deleted for good
 * @param accounts how many accounts are removed
 */
public record EraseView(long id, String login, long databases, long accounts, Form form) {}
