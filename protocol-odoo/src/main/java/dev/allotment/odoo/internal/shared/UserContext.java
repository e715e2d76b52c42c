// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.shared;

import java.util.LinkedHashMap;
import java.util.Map;

/** The context that clients send with their calls. */
public final class UserContext {
    private UserContext() {}

    public static Map<String, Object> of(String lang, String zone, long uid) {
        Map<String, Object> context = new LinkedHashMap<>();
        context.put("lang", lang);
        context.put("tz", zone);
        context.put("uid", uid);
        return context;
    }
}
