// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.web;

import dev.allotment.Parameter;
import dev.allotment.Saas;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The portal's address as its operator has set it, never as a request claims. The parameter is read again after a few
 * seconds. Thread-safe.
 */
public final class BaseUrl {
    private static final Duration TTL = Duration.ofSeconds(5);
    private static final Pattern LOOPBACK = Pattern.compile("localhost|127(\\.[0-9]{1,3}){3}|\\[?(0*:)*:?0*1\\]?");

    private final Saas saas;
    private final Clock clock;
    private volatile @Nullable Read read;

    BaseUrl(Saas saas, Clock clock) {
        this.saas = saas;
        this.clock = clock;
    }

    /** Returns an absolute address of the portal, for emails. */
    public String at(String path) {
        String base = String.valueOf(uri());
        return (base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + path;
    }

    /** Whether requests for this host are answered. */
    boolean accepts(String host) {
        String lower = host.toLowerCase(Locale.ROOT);
        return isLoopback(lower) || lower.equals(host());
    }

    /**
     * Whether this origin is the portal.
     *
     * @param authority the one that the request names
     * @param secure whether the visitor uses TLS; then the page must have come over TLS, too
     */
    boolean isOrigin(String origin, String authority, boolean secure) {
        URI base = uri();
        if (origin.equalsIgnoreCase(base.getScheme() + "://" + base.getRawAuthority())) {
            return true;
        }
        URI from;
        try {
            from = URI.create(origin);
        } catch (IllegalArgumentException e) {
            return false;
        }
        String host = from.getHost();
        String rawAuthority = from.getRawAuthority();
        return host != null
                && rawAuthority != null
                && accepts(host)
                && rawAuthority.equalsIgnoreCase(authority)
                && (!secure || "https".equalsIgnoreCase(from.getScheme()));
    }

    /** Whether visitors use TLS at this host, even if the proxy did not report it. */
    boolean isSecure(String host) {
        return "https".equals(uri().getScheme()) && host.equalsIgnoreCase(host());
    }

    /** Drops the cached parameter, so that this node sees a change at once. */
    public void forget() {
        read = null;
    }

    private String host() {
        return String.valueOf(uri().getHost()).toLowerCase(Locale.ROOT);
    }

    private URI uri() {
        Instant now = clock.instant();
        Read known = read;
        if (known != null
                && now.isBefore(known.until())
                && !now.isBefore(known.until().minus(TTL))) {
            return known.uri();
        }
        URI uri = URI.create(saas.parameters().value(Parameter.BASE_URL).orElse("http://localhost"));
        read = new Read(uri, now.plus(TTL));
        return uri;
    }

    private static boolean isLoopback(String host) {
        return LOOPBACK.matcher(host).matches();
    }

    private record Read(URI uri, Instant until) {}
}
