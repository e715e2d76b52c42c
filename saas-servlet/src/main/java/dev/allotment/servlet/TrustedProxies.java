// SPDX-License-Identifier: Apache-2.0
package dev.allotment.servlet;

import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Finds the caller behind the proxies that the operator trusts.
 *
 * <p>{@code X-Forwarded-For} and {@code Forwarded} are both read from the right. Each trusted proxy vouches for the hop
 * before it, and the first address that is not a trusted proxy is the caller. A proxy sets one of the two headers and
 * may pass the other one on from an untrusted sender. If both are present and disagree, neither is trusted.
 * Thread-safe.
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
     * Parses addresses and networks in CIDR notation, such as {@code 10.0.0.0/8}; no names. An empty collection trusts
     * no proxy.
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
            throw new IllegalArgumentException("Expected addresses, or networks such as 10.0.0.0/8 or fd00::/8; found "
                    + String.join(", ", wrong) + ". Host names are not accepted.");
        }
        return new TrustedProxies(List.copyOf(ranges));
    }

    /** Returns the caller, according to the connection or to a trusted proxy. */
    public Caller caller(HttpServletRequest request) {
        return caller(request.getRemoteAddr(), request.isSecure(), name -> Collections.list(request.getHeaders(name)));
    }

    /**
     * Returns the caller, for requests that are not seen through the servlet API.
     *
     * @param remote the address of the connection
     * @param isSecure whether the connection itself uses TLS
     * @param headers returns all values of a header, in order; empty if the request does not have it
     */
    public Caller caller(String remote, boolean isSecure, Function<String, List<String>> headers) {
        InetAddress direct = AddressRange.address(remote);
        if (direct == null || !trusts(direct)) {
            return new Caller(direct == null ? remote : direct.getHostAddress(), isSecure);
        }
        List<Hop> listed = xForwardedFor(headers);
        List<Hop> elements = forwarded(headers);
        Found proxy = new Found(direct, null);
        Found found = elements.isEmpty() ? walk(listed, proxy) : walk(elements, proxy);
        if (!listed.isEmpty() && !walk(listed, proxy).address().equals(found.address())) {
            found = proxy;
        }
        String proto = found.proto() == null ? firstValue(headers.apply(X_FORWARDED_PROTO)) : found.proto();
        boolean secure = proto == null ? isSecure : proto.equalsIgnoreCase("https");
        return new Caller(found.address().getHostAddress(), secure);
    }

    /** Whether an address is one of these proxies. */
    public boolean trusts(String address) {
        InetAddress parsed = AddressRange.address(address);
        return parsed != null && trusts(parsed);
    }

    private boolean trusts(InetAddress address) {
        for (AddressRange range : ranges) {
            if (range.contains(address)) {
                return true;
            }
        }
        return false;
    }

    /** Walks towards the caller while each hop is trusted. */
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

    private static List<Hop> xForwardedFor(Function<String, List<String>> headers) {
        List<Hop> hops = new ArrayList<>();
        for (String line : headers.apply(X_FORWARDED_FOR)) {
            for (String each : line.split(",", -1)) {
                hops.add(new Hop(node(each.strip()), null));
            }
        }
        return hops;
    }

    private static List<Hop> forwarded(Function<String, List<String>> headers) {
        List<Hop> hops = new ArrayList<>();
        for (String line : headers.apply(FORWARDED)) {
            for (String element : line.split(",", -1)) {
                hops.add(element(element));
            }
        }
        return hops;
    }

    /** Parses a hop, such as {@code for="[2001:db8::1]:4711";proto=https}. */
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

    /**
     * Parses an address with or without a port; returns null for {@code unknown}, names that a proxy invented, and
     * invalid text.
     */
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

    private static @Nullable String firstValue(List<String> lines) {
        return lines.isEmpty() ? null : lines.get(0).split(",", -1)[0].strip();
    }

    /** A hop that a proxy reported. The address is null if it is unknown. */
    private record Hop(
            @Nullable InetAddress address, @Nullable String proto) {}

    private record Found(InetAddress address, @Nullable String proto) {}
}
