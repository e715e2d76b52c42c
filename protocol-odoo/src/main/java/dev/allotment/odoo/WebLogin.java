// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import java.util.Map;

/**
 * A web session that was just opened. {@link #toString} omits the secret.
 *
 * @param secret the value of the cookie {@code session_id}
 * @param info the same as {@link OdooServices#sessionInfo} returns
 */
public record WebLogin(String secret, Map<String, Object> info) {
    @Override
    public String toString() {
        return "WebLogin[db=" + info.get("db") + ", uid=" + info.get("uid") + "]";
    }
}
