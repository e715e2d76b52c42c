// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.outgoing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.webhook.WebhookTargets;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A test cannot have names with these addresses, so this looks at the addresses themselves. */
final class AllowedAddressesTest {
    private final AllowedAddresses publicOnly = new AllowedAddresses(WebhookTargets.publicAddresses());
    private final AllowedAddresses withNetworks = new AllowedAddresses(
            WebhookTargets.publicAddresses().network("10.20.0.0/15").network("fd00:1::/33"));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "0.255.255.255",
                "10.0.0.1",
                "10.255.255.255",
                "100.64.0.0",
                "100.100.100.200",
                "100.127.255.255",
                "127.0.0.1",
                "127.255.255.254",
                "168.63.129.16",
                "169.254.169.254",
                "172.16.0.1",
                "172.31.255.255",
                "192.0.0.192",
                "192.0.2.1",
                "192.88.99.1",
                "192.168.1.1",
                "198.18.0.1",
                "198.19.255.255",
                "198.51.100.1",
                "203.0.113.1",
                "224.0.0.1",
                "239.255.255.255",
                "240.0.0.1",
                "255.255.255.255",
                "::",
                "::1",
                "::127.0.0.1",
                "::ffff:127.0.0.1",
                "::ffff:10.0.0.1",
                "64:ff9b::7f00:1",
                "64:ff9b:1::a00:1",
                "100::1",
                "2001::1",
                "2001:10::1",
                "2001:db8::1",
                "2002:7f00:1::1",
                "2002:808:808::1",
                "3fff::1",
                "5f00::1",
                "fc00::1",
                "fd00:ec2::254",
                "fe80::1",
                "fec0::1",
                "ff02::1"
            })
    void isNotPublic(String address) throws UnknownHostException {
        assertThat(publicOnly.contains(InetAddress.getByName(address)))
                .as(address)
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.1.1.1",
                "8.8.8.8",
                "9.255.255.255",
                "11.0.0.0",
                "100.63.255.255",
                "100.128.0.0",
                "172.15.255.255",
                "172.32.0.0",
                "192.167.255.255",
                "192.169.0.0",
                "198.17.255.255",
                "198.20.0.0",
                "223.255.255.255",
                "2001:200::1",
                "2606:4700:4700::1111",
                "2a00::1"
            })
    void isPublic(String address) throws UnknownHostException {
        assertThat(publicOnly.contains(InetAddress.getByName(address)))
                .as(address)
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.20.0.1", "10.21.255.255", "fd00:1::1", "fd00:1:0:7fff::1", "8.8.8.8"})
    void aNamedNetworkIsAllowed(String address) throws UnknownHostException {
        assertThat(withNetworks.contains(InetAddress.getByName(address))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.19.255.255", "10.22.0.0", "fd00:1:8000::1", "fd00::1", "127.0.0.1"})
    void whatIsNextToItIsNot(String address) throws UnknownHostException {
        assertThat(withNetworks.contains(InetAddress.getByName(address))).isFalse();
    }
}
