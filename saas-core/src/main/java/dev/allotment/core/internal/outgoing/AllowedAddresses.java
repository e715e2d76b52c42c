// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.outgoing;

import dev.allotment.webhook.WebhookTargets;
import dev.allotment.webhook.WebhookTargets.Network;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/**
 * Decides which addresses webhooks are sent to: public ones, and those of the networks that the embedder allows. What
 * leads into a network that is not public in another way, such as an IPv4 address within an IPv6 address, is not
 * public.
 */
final class AllowedAddresses {
    private static final int LENGTH_OF_IPV4 = 4;

    private static final List<Block> NOT_PUBLIC_IPV4 = blocks(
            "0.0.0.0/8", // this host
            "10.0.0.0/8", // private
            "100.64.0.0/10", // shared by the customers of a provider
            "127.0.0.0/8", // loopback
            "168.63.129.16/32", // the platform of Azure
            "169.254.0.0/16", // link-local, with the metadata of most clouds
            "172.16.0.0/12", // private
            "192.0.0.0/24", // protocol assignments
            "192.0.2.0/24", // documentation
            "192.88.99.0/24", // relays of 6to4
            "192.168.0.0/16", // private
            "198.18.0.0/15", // benchmarks
            "198.51.100.0/24", // documentation
            "203.0.113.0/24", // documentation
            "224.0.0.0/4", // multicast
            "240.0.0.0/4"); // reserved, and broadcast

    /**
     * Everything else is not public: loopback, link-local, unique local and multicast addresses, and those with an IPv4
     * address in them, mapped or translated (NAT64).
     */
    private static final Block PUBLIC_IPV6 = Block.of("2000::/3");

    private static final List<Block> NOT_PUBLIC_IPV6 = blocks(
            "2001::/23", // protocol assignments, with Teredo
            "2001:db8::/32", // documentation
            "2002::/16", // 6to4
            "3fff::/20"); // documentation

    private final List<Block> allowed;

    AllowedAddresses(WebhookTargets targets) {
        allowed = targets.networks().stream().map(Block::of).toList();
    }

    boolean contains(InetAddress address) {
        byte[] bytes = address.getAddress();
        return isPublic(bytes) || allowed.stream().anyMatch(each -> each.contains(bytes));
    }

    private static boolean isPublic(byte[] address) {
        if (address.length == LENGTH_OF_IPV4) {
            return NOT_PUBLIC_IPV4.stream().noneMatch(each -> each.contains(address));
        }
        return PUBLIC_IPV6.contains(address) && NOT_PUBLIC_IPV6.stream().noneMatch(each -> each.contains(address));
    }

    private static List<Block> blocks(String... texts) {
        return List.of(texts).stream().map(Block::of).toList();
    }

    /** Addresses that start with the same bits. */
    private static final class Block {
        private final byte[] start;
        private final int bits;

        private Block(byte[] start, int bits) {
            this.start = start;
            this.bits = bits;
        }

        static Block of(String text) {
            return of(WebhookTargets.publicAddresses().network(text).networks().get(0));
        }

        static Block of(Network network) {
            try {
                return new Block(InetAddress.getByName(network.address()).getAddress(), network.bits());
            } catch (UnknownHostException e) {
                throw new IllegalArgumentException("No address: " + network.address(), e);
            }
        }

        boolean contains(byte[] address) {
            if (address.length != start.length) {
                return false;
            }
            int whole = bits / Byte.SIZE;
            for (int i = 0; i < whole; i++) {
                if (address[i] != start[i]) {
                    return false;
                }
            }
            int rest = bits % Byte.SIZE;
            return rest == 0 || ((address[whole] ^ start[whole]) & 0xff) >> (Byte.SIZE - rest) == 0;
        }
    }
}
