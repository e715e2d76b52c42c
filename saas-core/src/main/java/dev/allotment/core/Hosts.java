// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The hosts under which client databases are reached. */
final class Hosts {
    private Hosts() {}

    /** @param template of the server; null: the database's name, made a whole host where it has no dot */
    static String host(@Nullable String template, String database, String baseDomain) {
        if (template != null && !template.isBlank()) {
            return fill(template, database, baseDomain);
        }
        return database.indexOf('.') >= 0 ? database : database + "." + baseDomain;
    }

    static String fill(String template, String database, String baseDomain) {
        int dot = baseDomain.indexOf('.');
        String parent = dot < 0 ? baseDomain : baseDomain.substring(dot + 1);
        return template.strip()
                .toLowerCase(Locale.ROOT)
                .replace("{dbname}", database)
                .replace("{base_saas_domain_1}", parent)
                .replace("{base_saas_domain}", baseDomain);
    }
}
