// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The network of a client address: what rate limits count by.
 *
 * <p>The subscriber of an IPv4 address usually has that address only. The subscriber of an IPv6 address has at least
 * 2<sup>64</sup> of them, and can use a new one for each call.
 */
public final class ClientNetwork {
    private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:]*:[0-9a-fA-F:.]*");
    private static final Pattern IPV4 = Pattern.compile("([0-9]{1,3})\\.([0-9]{1,3})\\.([0-9]{1,3})\\.([0-9]{1,3})");
    private static final int GROUPS = 8;
    private static final int NETWORK_GROUPS = 4;

    private ClientNetwork() {}

    /**
     * Returns the network of an address: the first 64 bits of an IPv6 address, such as {@code 2001:db8:0:1::/64}, and
     * the IPv4 address itself, also if it is written as an IPv6 address. Any other text is returned unchanged.
     * No name is resolved.
     *
     * @param clientAddress with or without a zone
     */
    public static String of(String clientAddress) {
        int zone = clientAddress.indexOf('%');
        String bare = zone < 0 ? clientAddress : clientAddress.substring(0, zone);
        if (!IPV6.matcher(bare).matches()) {
            return clientAddress;
        }
        List<Integer> groups = groups(bare);
        if (groups.size() != GROUPS) {
            return clientAddress;
        }
        if (isMappedIpv4(groups)) {
            int high = groups.get(GROUPS - 2);
            int low = groups.get(GROUPS - 1);
            return (high >> 8) + "." + (high & 0xff) + "." + (low >> 8) + "." + (low & 0xff);
        }
        StringBuilder network = new StringBuilder();
        for (int group : groups.subList(0, NETWORK_GROUPS)) {
            network.append(Integer.toHexString(group)).append(':');
        }
        return network.append(":/64").toString();
    }

    /** Returns the eight groups of an address; another number of groups if the text is no address. */
    private static List<Integer> groups(String address) {
        int gap = address.indexOf("::");
        if (gap < 0) {
            return part(address);
        }
        List<Integer> head = part(address.substring(0, gap));
        List<Integer> tail = part(address.substring(gap + 2));
        if (head.size() + tail.size() >= GROUPS) {
            return List.of();
        }
        List<Integer> all = new ArrayList<>(head);
        while (all.size() + tail.size() < GROUPS) {
            all.add(0);
        }
        all.addAll(tail);
        return all;
    }

    private static List<Integer> part(String text) {
        List<Integer> groups = new ArrayList<>();
        if (text.isEmpty()) {
            return groups;
        }
        for (String each : text.split(":", -1)) {
            var ipv4 = IPV4.matcher(each);
            if (ipv4.matches()) {
                groups.add(Integer.parseInt(ipv4.group(1)) << 8 | Integer.parseInt(ipv4.group(2)));
                groups.add(Integer.parseInt(ipv4.group(3)) << 8 | Integer.parseInt(ipv4.group(4)));
            } else if (each.matches("[0-9a-fA-F]{1,4}")) {
                groups.add(Integer.parseInt(each, 16));
            } else {
                return List.of(-1, -1, -1, -1, -1, -1, -1, -1, -1);
            }
        }
        return groups;
    }

    private static boolean isMappedIpv4(List<Integer> groups) {
        return groups.subList(0, GROUPS - 3).stream().allMatch(group -> group == 0) && groups.get(GROUPS - 3) == 0xffff;
    }
}
