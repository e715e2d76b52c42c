// SPDX-License-Identifier: Apache-2.0
package dev.allotment.servlet;

import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Finds the caller behind the proxies that the host trusts.
 *
 * <p>Both {@code X-Forwarded-For} and {@code Forwarded} are read from the right: each trusted proxy vouches for the hop
 * before it, and the first address that is not a trusted proxy is the caller. A proxy sets one of the two and may let the
 * other through from whoever wrote it; so where both are there and disagree, neither is believed. Thread-safe.
 */
public final class TrustedProxies {
    private static final String X_FORWARDED_FOR = "X-Forwarded-For";
    private static final String X_FORWARDED_PROTO = "X-Forwarded-Proto";
    private static final String FORWARDED = "Forwarded";

    private final List<AddressRange> ranges;

    private TrustedProxies(List<AddressRange> ranges) {
        this.ranges = ranges;
    }

    /**
     * Reads addresses and networks in CIDR notation, such as {@code 10.0.0.0/8}; no names.
     *
     * @throws IllegalArgumentException naming every text that is neither
     */
    public static TrustedProxies of(Collection<String> texts) {
        List<AddressRange> ranges = new ArrayList<>();
        List<String> wrong = new ArrayList<>();
        for (String text : texts) {
            AddressRange range = AddressRange.parse(text.strip());
            if (range == null) {
                wrong.add("\"" + text + "\"");
            } else {
                ranges.add(range);
            }
        }
        if (!wrong.isEmpty()) {
            throw new IllegalArgumentException("Not an address, nor a network such as 10.0.0.0/8 or fd00::/8: "
                    + String.join(", ", wrong) + ". Names are not accepted.");
        }
        return new TrustedProxies(List.copyOf(ranges));
    }

    /** Who calls, as the connection says, or a proxy that is trusted. */
    public Caller caller(HttpServletRequest request) {
        String remote = request.getRemoteAddr();
        InetAddress direct = AddressRange.address(remote);
        if (direct == null || !trusts(direct)) {
            return new Caller(direct == null ? remote : direct.getHostAddress(), request.isSecure());
        }
        List<Hop> listed = xForwardedFor(request);
        List<Hop> elements = forwarded(request);
        Found proxy = new Found(direct, null);
        Found found = elements.isEmpty() ? walk(listed, proxy) : walk(elements, proxy);
        if (!listed.isEmpty() && !walk(listed, proxy).address().equals(found.address())) {
            found = proxy;
        }
        String proto = found.proto() == null ? firstValue(request.getHeader(X_FORWARDED_PROTO)) : found.proto();
        boolean secure = proto == null ? request.isSecure() : proto.equalsIgnoreCase("https");
        return new Caller(found.address().getHostAddress(), secure);
    }

    private boolean trusts(InetAddress address) {
        for (AddressRange range : ranges) {
            if (range.contains(address)) {
                return true;
            }
        }
        return false;
    }

    /** Walks towards the caller as long as each hop is vouched for. */
    private Found walk(List<Hop> hops, Found proxy) {
        Found nearest = proxy;
        for (int i = hops.size() - 1; i >= 0 && trusts(nearest.address()); i--) {
            InetAddress address = hops.get(i).address();
            if (address == null) {
                return nearest;
            }
            nearest = new Found(address, hops.get(i).proto());
        }
        return nearest;
    }

    private static List<Hop> xForwardedFor(HttpServletRequest request) {
        List<Hop> hops = new ArrayList<>();
        for (String line : Collections.list(request.getHeaders(X_FORWARDED_FOR))) {
            for (String each : line.split(",", -1)) {
                hops.add(new Hop(node(each.strip()), null));
            }
        }
        return hops;
    }

    private static List<Hop> forwarded(HttpServletRequest request) {
        List<Hop> hops = new ArrayList<>();
        for (String line : Collections.list(request.getHeaders(FORWARDED))) {
            for (String element : line.split(",", -1)) {
                hops.add(element(element));
            }
        }
        return hops;
    }

    /** One hop, such as {@code for="[2001:db8::1]:4711";proto=https}. */
    private static Hop element(String element) {
        InetAddress address = null;
        String proto = null;
        for (String pair : element.split(";", -1)) {
            int equals = pair.indexOf('=');
            if (equals < 0) {
                continue;
            }
            String name = pair.substring(0, equals).strip().toLowerCase(Locale.ROOT);
            String value = unquoted(pair.substring(equals + 1).strip());
            if (name.equals("for")) {
                address = node(value);
            } else if (name.equals("proto")) {
                proto = value;
            }
        }
        return new Hop(address, proto);
    }

    /** An address with or without a port; null for {@code unknown}, names of a proxy's own making, and nonsense. */
    private static @Nullable InetAddress node(String text) {
        int bracket = text.indexOf(']');
        int colon = text.lastIndexOf(':');
        boolean port = bracket < 0 ? colon >= 0 && colon == text.indexOf(':') : colon > bracket;
        return AddressRange.address(port ? text.substring(0, colon) : text);
    }

    private static String unquoted(String text) {
        return text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"")
                ? text.substring(1, text.length() - 1)
                : text;
    }

    private static @Nullable String firstValue(@Nullable String list) {
        return list == null ? null : list.split(",", -1)[0].strip();
    }

    /** A hop that a proxy told of; its address is null where it is not told. */
    private record Hop(
            @Nullable InetAddress address, @Nullable String proto) {}

    private record Found(InetAddress address, @Nullable String proto) {}
}
