// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import java.time.Instant;

/**
 * An open web session.
 *
 * @param database name of the main database or of a tenant database
 * @param user id of the user in that database
 * @param login its login
 * @param expiresAt when the session expires unless it is used
 */
public record WebSession(String database, long user, String login, Instant expiresAt) {}
