// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.rule;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Computes where tenants are reached: under a separate host, or under a path of a shared host. */
public final class HostTemplates {
    private static final String DBNAME = "{dbname}";
    private static final Pattern PATH = Pattern.compile("(/[a-z0-9._-]+)+");

    private HostTemplates() {}

    /**
     * Host, and path if there is one, without a slash at the end.
     *
     * @param template of the server; null: the database's name, extended to a whole host if it has no dot
     */
    public static String address(@Nullable String template, String database, String baseDomain) {
        if (template != null && !template.isBlank()) {
            return fill(template, database, baseDomain);
        }
        return database.indexOf('.') >= 0 ? database : database + "." + baseDomain;
    }

    /** Normalises a host for comparison: a client may send capital letters, a port, and a trailing dot. */
    public static String normal(String host) {
        String text = host.strip().toLowerCase(Locale.ROOT);
        int colon = text.lastIndexOf(':');
        if (colon >= 0 && text.indexOf(']', colon) < 0) {
            text = text.substring(0, colon);
        }
        return text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
    }

    /** The host of a {@link #address}. */
    public static String host(String address) {
        int slash = address.indexOf('/');
        return slash < 0 ? address : address.substring(0, slash);
    }

    /**
     * Whether it makes a host, or a host and a path that ends with the name, so that no path is a prefix of another.
     */
    public static boolean isTemplate(String template) {
        String address = fill(template, "name", "example.com");
        String path = address.substring(host(address).length());
        boolean apart = path.isEmpty() || (PATH.matcher(path).matches() && path.endsWith("/name"));
        return apart && TextRules.isHost(host(address));
    }

    /** The databases that would have this host; they need not exist. */
    public static List<String> databases(@Nullable String template, String host, String baseDomain) {
        if (template == null || template.isBlank()) {
            String suffix = "." + baseDomain;
            String label = host.endsWith(suffix) ? host.substring(0, host.length() - suffix.length()) : host;
            return List.of(label, host);
        }
        String filled = Pattern.quote(fill(template, DBNAME, baseDomain));
        String first = filled.replaceFirst(Pattern.quote(DBNAME), "\\\\E(.+)\\\\Q");
        Matcher matcher = Pattern.compile(first.replace(DBNAME, "\\E\\1\\Q")).matcher(host);
        return matcher.matches() && matcher.groupCount() == 1 ? List.of(matcher.group(1)) : List.of();
    }

    private static String lastTwoLabels(String domain) {
        int dot = domain.lastIndexOf('.', domain.lastIndexOf('.') - 1);
        return domain.substring(dot + 1);
    }

    private static String fill(String template, String database, String baseDomain) {
        return template.strip()
                .toLowerCase(Locale.ROOT)
                .replace(DBNAME, database)
                .replace("{base_saas_domain_1}", lastTwoLabels(baseDomain))
                .replace("{base_saas_domain}", baseDomain);
    }
}
