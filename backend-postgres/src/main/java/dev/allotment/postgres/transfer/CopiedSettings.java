// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.transfer;

import dev.allotment.jdbc.Schema;
import dev.allotment.postgres.server.ServerSession;
import dev.allotment.postgres.server.SqlStates;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives a copy the settings of its original: those of the database, of its role, and of the role in the database.
 * PostgreSQL does not copy them with a template. The tenant chose them, so nothing of them is outside of quotes.
 */
public final class CopiedSettings {
    private static final Logger LOG = LoggerFactory.getLogger(CopiedSettings.class);

    private static final String ALL = """
            SELECT s.setdatabase <> 0, s.setrole <> 0, split_part(c, '=', 1), substr(c, strpos(c, '=') + 1)
            FROM pg_db_role_setting s, unnest(s.setconfig) c,
                (SELECT oid AS this, datdba FROM pg_database WHERE datname = :name) d
            WHERE (s.setdatabase, s.setrole) IN ((this, 0), (0, datdba), (this, datdba))
            ORDER BY 1, 2, 3
            """;

    /** Settings whose value is a list of names. */
    private static final Set<String> LISTS = Set.of(
            "search_path",
            "temp_tablespaces",
            "local_preload_libraries",
            "session_preload_libraries",
            "shared_preload_libraries",
            "unix_socket_directories");

    private record Setting(boolean ofDatabase, boolean ofRole, String name, String value) {}

    private CopiedSettings() {}

    /**
     * Copies the settings. Those that the role of the control plane may not set are the operator's, and are logged.
     *
     * @param source the name of the original
     * @param name of the copy
     * @param role that owns the copy
     */
    public static void copy(ServerSession session, String source, String name, String role) {
        List<Setting> settings = session.query(
                ALL,
                query -> query.bind("name", source)
                        .map((row, context) ->
                                new Setting(row.getBoolean(1), row.getBoolean(2), row.getString(3), row.getString(4)))
                        .list());
        for (Setting setting : settings) {
            try {
                session.execute(target(setting, name, role) + " SET "
                        + Schema.quoted(setting.name().toLowerCase(Locale.ROOT)) + " TO " + value(setting));
            } catch (RuntimeException e) {
                if (!SqlStates.NOT_PERMITTED.matches(e)
                        && !SqlStates.INVALID_VALUE.matches(e)
                        && !SqlStates.UNKNOWN_OBJECT.matches(e)) {
                    throw e;
                }
                LOG.atWarn()
                        .setCause(e)
                        .addKeyValue("database", name)
                        .addKeyValue("setting", setting.name())
                        .log("A setting of a database was not copied, since the control plane may not set it");
            }
        }
    }

    private static String target(Setting setting, String name, String role) {
        String database = "DATABASE " + Schema.quoted(name);
        if (!setting.ofRole()) {
            return "ALTER " + database;
        }
        return "ALTER ROLE " + Schema.quoted(role) + (setting.ofDatabase() ? " IN " + database : "");
    }

    private static String value(Setting setting) {
        if (!LISTS.contains(setting.name()) || setting.value().isBlank()) {
            return literal(setting.value());
        }
        List<String> names = names(setting.value());
        return names == null
                ? literal(setting.value())
                : names.stream().map(CopiedSettings::literal).collect(Collectors.joining(", "));
    }

    /** The names in a list; null if it is none. A name is in quotes, or has neither quotes nor spaces. */
    private static @Nullable List<String> names(String list) {
        List<String> names = new ArrayList<>();
        StringBuilder name = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i <= list.length(); i++) {
            char next = i == list.length() ? ',' : list.charAt(i);
            if (next == '"') {
                if (quoted && i + 1 < list.length() && list.charAt(i + 1) == '"') {
                    name.append(next);
                    i++;
                } else {
                    quoted = !quoted;
                }
            } else if (quoted) {
                if (i == list.length()) {
                    return null;
                }
                name.append(next);
            } else if (next == ',') {
                names.add(name.toString());
                name.setLength(0);
            } else if (next != ' ') {
                name.append(Character.toLowerCase(next));
            }
        }
        return names;
    }

    /** Means the same with each value of standard_conforming_strings. */
    private static String literal(String text) {
        return "E'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
