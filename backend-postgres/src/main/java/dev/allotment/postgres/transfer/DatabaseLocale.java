// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.transfer;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The locale of a database that differs from the one that the control plane gives to its databases. Sorting, comparing
 * and the case of letters depend on it. Each part may come from a stranger.
 *
 * @param provider {@code builtin}, {@code icu} or {@code libc}
 * @param collate the collation of the C library
 * @param type the character type of the C library
 * @param name the locale of the other providers; empty for the C library
 * @param rules rules of ICU; empty if there are none
 */
public record DatabaseLocale(String provider, String collate, String type, String name, String rules) {
    private static final String QUERY = """
            SELECT CASE datlocprovider WHEN 'b' THEN 'builtin' WHEN 'i' THEN 'icu' ELSE 'libc' END, datcollate, datctype,
                COALESCE(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale', ''), COALESCE(to_jsonb(d) ->> 'daticurules', '')
            FROM pg_database d WHERE datname = current_database()
            """;

    private static final List<String> PROVIDERS = List.of("builtin", "icu", "libc");
    private static final String USUAL = "C.UTF-8";

    /** A locale with ICU rules may be long, but no longer than this. */
    static final int MOST_CHARACTERS = 100_000;

    /** Reads the locale of the database that a connection is in; null: it sorts like those of the control plane. */
    static @Nullable DatabaseLocale of(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(QUERY)) {
            row.next();
            DatabaseLocale locale = new DatabaseLocale(
                    row.getString(1), row.getString(2), row.getString(3), row.getString(4), row.getString(5));
            return locale.isUsual() ? null : locale;
        }
    }

    /** Sorts by code point, and knows the case of all letters, on 16 by the C library and later without it. */
    private boolean isUsual() {
        return switch (provider) {
            case "builtin" -> name.equals(USUAL);
            case "libc" ->
                List.of("C", "POSIX").contains(collate)
                        && type.replace("-", "").equalsIgnoreCase(USUAL.replace("-", ""));
            default -> false;
        };
    }

    /** The parts, for a stream. */
    List<String> texts() {
        return List.of(provider, collate, type, name, rules);
    }

    /** Returns the locale that has these parts; null if it cannot be one. */
    static @Nullable DatabaseLocale of(List<String> texts) {
        return PROVIDERS.contains(texts.get(0))
                ? new DatabaseLocale(texts.get(0), texts.get(1), texts.get(2), texts.get(3), texts.get(4))
                : null;
    }

    /** The options of CREATE DATABASE. */
    public String options() {
        return " LOCALE_PROVIDER " + provider + " LC_COLLATE " + literal(collate) + " LC_CTYPE " + literal(type)
                + switch (provider) {
                    case "icu" ->
                        " ICU_LOCALE " + literal(name) + (rules.isEmpty() ? "" : " ICU_RULES " + literal(rules));
                    case "builtin" -> " BUILTIN_LOCALE " + literal(name);
                    default -> "";
                };
    }

    /** Means the same with each value of standard_conforming_strings. */
    private static String literal(String text) {
        return "E'" + text.replace("\\", "\\\\").replace("'", "''") + "'";
    }

    @Override
    public String toString() {
        return Stream.of(provider, collate, type, name)
                .filter(each -> !each.isEmpty())
                .distinct()
                .reduce((one, other) -> one + " " + other)
                .orElse("");
    }
}
