// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import java.time.Instant;

/**
 * A web session that is open.
 *
 * @param database the main database or a client database
 * @param user the number of its user there
 * @param expiresAt when it ends unless it is used
 */
public record WebSession(String database, long user, Instant expiresAt) {}
