// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An open web session.
 *
 * @param database name of the main database or of a tenant database
 * @param user id of the user in that database
 * @param login its login
 * @param expiresAt when the session expires unless it is used
 * @param portalSecret the secret of the session, if a person opened it at the portal; null: another. It is not printed
 */
public record WebSession(
        String database,
        long user,
        String login,
        Instant expiresAt,
        @Nullable String portalSecret) {
    /** Creates a session that was not opened at the portal. */
    public WebSession(String database, long user, String login, Instant expiresAt) {
        this(database, user, login, expiresAt, null);
    }

    @Override
    public String toString() {
        return "WebSession[database=" + database + ", user=" + user + "]";
    }
}
