// SPDX-License-Identifier: Apache-2.0
package dev.allotment.webhook;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Where webhooks may be sent to. By default to public addresses only, by {@code https}. An installation whose receivers
 * are in its own network names that network: {@code WebhookTargets.publicAddresses().network("10.20.0.0/16")}.
 *
 * <p>Each method returns a changed copy. Immutable and thread-safe.
 */
public final class WebhookTargets {
    private final List<Network> networks;
    private final boolean plainHttp;
    private final @Nullable SSLContext trust;

    /**
     * Addresses that start with the same bits.
     *
     * @param address an IPv4 or IPv6 address
     * @param bits how many bits of it count
     */
    public record Network(String address, int bits) {}

    private WebhookTargets(List<Network> networks, boolean plainHttp, @Nullable SSLContext trust) {
        this.networks = List.copyOf(networks);
        this.plainHttp = plainHttp;
        this.trust = trust;
    }

    /** Returns the default: public addresses only, {@code https} only, and the trust of this Java. */
    public static WebhookTargets publicAddresses() {
        return new WebhookTargets(List.of(), false, null);
    }

    /**
     * Also allows the addresses of a network that is not public, and URLs with an address instead of a name in it.
     * Customers can then send requests to everything in it.
     *
     * @param cidr such as {@code 10.20.0.0/16} or {@code fd00:1::/32}
     * @throws IllegalArgumentException if it is no network
     */
    public WebhookTargets network(String cidr) {
        List<Network> more = new ArrayList<>(networks);
        more.add(parse(cidr));
        return new WebhookTargets(more, plainHttp, trust);
    }

    /** Also allows {@code http}, which everyone on the way can read and change. */
    public WebhookTargets plainHttp() {
        return new WebhookTargets(networks, true, trust);
    }

    /** Decides with this context which certificates of receivers are trusted. */
    public WebhookTargets trusting(SSLContext context) {
        return new WebhookTargets(networks, plainHttp, Objects.requireNonNull(context, "context"));
    }

    /** Returns the networks that are allowed in addition to public addresses. */
    public List<Network> networks() {
        return networks;
    }

    /** Returns whether {@code http} is allowed. */
    public boolean allowsPlainHttp() {
        return plainHttp;
    }

    /** Returns what decides on certificates; null: the default of this Java. */
    public @Nullable SSLContext trust() {
        return trust;
    }

    private static Network parse(String cidr) {
        int slash = cidr.indexOf('/');
        boolean six = cidr.indexOf(':') >= 0;
        String address = slash < 0 ? "" : cidr.substring(0, slash);
        String bits = slash < 0 ? "" : cidr.substring(slash + 1);
        boolean valid = address.matches(six ? "[0-9a-fA-F:.]{2,45}" : "\\d{1,3}(\\.\\d{1,3}){3}")
                && bits.matches("\\d{1,3}")
                && Integer.parseInt(bits) <= (six ? 128 : 32);
        if (!valid) {
            throw new IllegalArgumentException(
                    "A network is an address and a number of bits, such as 10.20.0.0/16, found " + cidr + ".");
        }
        return new Network(address, Integer.parseInt(bits));
    }
}
