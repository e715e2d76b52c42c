// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.portal.web.Form;

/**
 * One database server, or one to be registered.
 *
 * @param id 0: a new one
 * @param backend what it is reached by; empty: the backend of the main database
 * @param password the form for a new password, of a server with a backend of its own
 */
public record ServerView(long id, String backend, Form form, Form password) {}
