// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import java.util.Map;

/**
 * A web session that has just been opened. The secret is never printed.
 *
 * @param secret goes into the cookie {@code session_id}
 * @param info as {@link OdooServices#sessionInfo}
 */
public record WebLogin(String secret, Map<String, Object> info) {
    @Override
    public String toString() {
        return "WebLogin[db=" + info.get("db") + ", uid=" + info.get("uid") + "]";
    }
}
