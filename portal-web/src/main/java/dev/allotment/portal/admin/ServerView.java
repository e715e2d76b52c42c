// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.portal.web.Form;

/**
 * The content of the page of a database server.
 *
 * @param id 0 for a new server
 * @param backend the name of its backend; empty if it uses the backend of the main database
 * @param lost whether it was given up
 * @param loss what giving it up would lose, and from when it can be given up; empty if it responds
 * @param giveUp the form that gives it up
 * @param password the form for a new password, if the server has its own backend
 * @param load the databases with the highest load
 */
public record ServerView(
        long id, String backend, boolean lost, String loss, Form form, Form giveUp, Form password, ServerLoad load) {}
