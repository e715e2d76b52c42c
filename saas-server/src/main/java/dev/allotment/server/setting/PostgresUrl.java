// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server.setting;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a URL of PostgreSQL's driver that PgBouncer and psql need. It is no URI: host names may have
 * underscores.
 *
 * @param host without brackets
 * @param database empty if the URL names none
 * @param parameters what follows the question mark, decoded
 */
public record PostgresUrl(String host, String port, String database, Map<String, String> parameters) {
    private static final Pattern FORM = Pattern.compile("jdbc:postgresql://([^/?]*)(?:/([^?]*))?(?:\\?(.*))?");
    private static final String DEFAULT_PORT = "5432";

    public PostgresUrl {
        parameters = Map.copyOf(parameters);
    }

    /** Reads a URL; null if it names no host, or several. */
    public static @Nullable PostgresUrl read(String url) {
        Matcher form = FORM.matcher(url);
        if (!form.matches() || form.group(1).isEmpty() || form.group(1).contains(",")) {
            return null;
        }
        String address = form.group(1);
        int colon = address.lastIndexOf(':');
        boolean ported = colon > address.lastIndexOf(']');
        String host = ported ? address.substring(0, colon) : address;
        Map<String, String> parameters = new TreeMap<>();
        String query = form.group(3);
        if (query != null) {
            for (String part : query.split("&", -1)) {
                int equals = part.indexOf('=');
                parameters.put(
                        equals < 0 ? part : part.substring(0, equals),
                        equals < 0 ? "" : URLDecoder.decode(part.substring(equals + 1), StandardCharsets.UTF_8));
            }
        }
        return new PostgresUrl(
                host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
                ported ? address.substring(colon + 1) : DEFAULT_PORT,
                form.group(2) == null ? "" : URLDecoder.decode(form.group(2), StandardCharsets.UTF_8),
                parameters);
    }

    /** Returns how the driver secures connections; null: as it does by default. */
    @Nullable
    public String sslMode() {
        String mode = parameters.get("sslmode");
        String ssl = parameters.get("ssl");
        return mode == null && ssl != null && !ssl.equals("false") ? "verify-full" : mode;
    }
}
