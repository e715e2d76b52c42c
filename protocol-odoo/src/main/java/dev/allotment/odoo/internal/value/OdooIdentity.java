// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.value;

import org.jspecify.annotations.Nullable;

/**
 * A user as it was authenticated. In another state of a tenant database, the number may be that of another person.
 *
 * @param uid its number
 * @param login its login
 * @param session the secret of the session, if a person opened it with a browser at the portal; null: another
 */
public record OdooIdentity(long uid, String login, @Nullable String session) {
    public OdooIdentity(long uid, String login) {
        this(uid, login, null);
    }

    @Override
    public String toString() {
        return "OdooIdentity[uid=" + uid + ", login=" + login + "]";
    }
}
