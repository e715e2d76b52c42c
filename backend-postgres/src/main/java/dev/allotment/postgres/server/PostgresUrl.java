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
 * The JDBC URL of the catalog's database, in parts, so that those of the other databases on its server follow from it.
 *
 * @param hosts with ports, where given, separated by commas
 * @param database the catalog's own
 * @param parameters with the question mark; empty where there are none
 */
public record PostgresUrl(String hosts, String database, String parameters) {
    static final String EXPECTED =
            "jdbc:postgresql://host:port/database, with parameters of the driver where needed, but none"
                    + " of user, password, options and currentSchema";

    private static final String PREFIX = "jdbc:postgresql://";
    private static final Pattern FORM = Pattern.compile(Pattern.quote(PREFIX) + "([^/?@\\s]+)/([^/?]+)(\\?.*)?");

    /** These are settings, or are set by this backend for its own safety. */
    private static final Set<String> NOT_HERE = Set.of("user", "password", "options", "currentschema", "pgdbname");

    /** The parts; null where the text is not such a URL. */
    static @Nullable PostgresUrl parse(String text) {
        Matcher parts = FORM.matcher(text);
        if (!parts.matches()) {
            return null;
        }
        String parameters = parts.group(3) == null ? "" : parts.group(3);
        boolean fits = Stream.of(
                        parameters.substring(parameters.isEmpty() ? 0 : 1).split("&"))
                .map(each -> each.split("=", 2)[0].toLowerCase(Locale.ROOT))
                .noneMatch(NOT_HERE::contains);
        return fits && Driver.parseURL(text, null) != null
                ? new PostgresUrl(parts.group(1), URLDecoder.decode(parts.group(2), StandardCharsets.UTF_8), parameters)
                : null;
    }

    /** What may be shown of a text that should have been a URL: no parameters, since a password may be among them. */
    static String masked(String text) {
        int at = text.indexOf('@');
        int question = text.indexOf('?');
        String shown = question < 0 ? text : text.substring(0, question) + "?…";
        return at < 0 ? shown : "…" + shown.substring(Math.min(at, shown.length()));
    }

    /** The URL of a database on the same server. */
    public String of(String name) {
        return PREFIX + hosts + '/' + name + parameters;
    }

    /** The same with one more parameter of the driver. */
    public String of(String name, String parameter) {
        return of(name) + (parameters.isEmpty() ? '?' : '&') + parameter;
    }
}
