// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.server;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;

/**
 * The parts of the JDBC URL of a database. The URLs of the other databases on the same server are made from them.
 *
 * @param hosts separated by commas, with ports if given
 * @param database the name of the database
 * @param parameters with the question mark; empty if there are none
 */
public record PostgresUrl(String hosts, String database, String parameters) {
    static final String EXPECTED =
            "jdbc:postgresql://host:port/database, followed by parameters of the driver if needed, except user, password,"
                    + " options and currentSchema";

    private static final String PREFIX = "jdbc:postgresql://";
    private static final Pattern FORM = Pattern.compile(Pattern.quote(PREFIX) + "([^/?@\\s]+)/([^/?]+)(\\?.*)?");

    /** These are settings of the backend, or the backend sets them for security. */
    private static final Set<String> FORBIDDEN = Set.of("user", "password", "options", "currentschema", "pgdbname");

    /** Returns the parts of a URL, or null if the text is not one. */
    static @Nullable PostgresUrl parse(String text) {
        Matcher parts = FORM.matcher(text);
        if (!parts.matches()) {
            return null;
        }
        String parameters = parts.group(3) == null ? "" : parts.group(3);
        boolean fits = Stream.of(
                        parameters.substring(parameters.isEmpty() ? 0 : 1).split("&"))
                .map(each -> each.split("=", 2)[0].toLowerCase(Locale.ROOT))
                .noneMatch(FORBIDDEN::contains);
        return fits && Driver.parseURL(text, null) != null
                ? new PostgresUrl(parts.group(1), URLDecoder.decode(parts.group(2), StandardCharsets.UTF_8), parameters)
                : null;
    }

    /**
     * Returns what may be shown of an invalid URL: no parameters and no user information, since these may have a
     * password.
     */
    static String masked(String text) {
        int at = text.indexOf('@');
        int question = text.indexOf('?');
        String shown = question < 0 ? text : text.substring(0, question) + "?…";
        return at < 0 ? shown : "…" + shown.substring(Math.min(at, shown.length()));
    }

    /** Returns the URL of a database on the same server. */
    public String of(String name) {
        return PREFIX + hosts + '/' + name + parameters;
    }

    /** Returns the URL of a database on the same server, with one more parameter of the driver. */
    public String of(String name, String parameter) {
        return of(name) + (parameters.isEmpty() ? '?' : '&') + parameter;
    }
}
