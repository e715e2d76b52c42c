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
 * Where the portal is reached, as its operator says: never as a request says. The parameter is read again after a few
 * seconds. Thread-safe.
 */
public final class BaseUrl {
    private static final Duration REMEMBERED = Duration.ofSeconds(5);
    private static final Pattern LOOPBACK = Pattern.compile("localhost|127(\\.[0-9]{1,3}){3}|\\[?(0*:)*:?0*1\\]?");

    private final Saas saas;
    private final Clock clock;
    private volatile @Nullable Read read;

    BaseUrl(Saas saas, Clock clock) {
        this.saas = saas;
        this.clock = clock;
    }

    /** An address of the portal, for letters. */
    public String at(String path) {
        String base = String.valueOf(uri());
        return (base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + path;
    }

    /** Whether a request may be answered that names this host. */
    boolean accepts(String host) {
        String lower = host.toLowerCase(Locale.ROOT);
        return isLoopback(lower) || lower.equals(host());
    }

    /** Whether a page of this origin is one of ours, where the request names this authority. */
    boolean isOrigin(String origin, String authority) {
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
        return host != null && rawAuthority != null && accepts(host) && rawAuthority.equalsIgnoreCase(authority);
    }

    /** Whether visitors of this host use TLS, though a proxy may not have told us. */
    boolean isSecure(String host) {
        return "https".equals(uri().getScheme()) && host.equalsIgnoreCase(host());
    }

    /** So that a change is seen at once, on this node. */
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
                && !now.isBefore(known.until().minus(REMEMBERED))) {
            return known.uri();
        }
        URI uri = URI.create(saas.parameters().value(Parameter.BASE_URL).orElse("http://localhost"));
        read = new Read(uri, now.plus(REMEMBERED));
        return uri;
    }

    private static boolean isLoopback(String host) {
        return LOOPBACK.matcher(host).matches();
    }

    private record Read(URI uri, Instant until) {}
}
