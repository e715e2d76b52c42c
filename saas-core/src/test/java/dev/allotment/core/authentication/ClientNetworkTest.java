// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.authentication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.spi.protocol.ClientNetwork;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ClientNetworkTest {
    @ParameterizedTest
    @CsvSource({
        "192.0.2.7, 192.0.2.7",
        "2001:db8:0:1:0:0:0:5, 2001:db8:0:1::/64",
        "2001:db8:0:1:ffff:ffff:ffff:ffff, 2001:db8:0:1::/64",
        "2001:DB8:0:1::5, 2001:db8:0:1::/64",
        "2001:db8::5, 2001:db8:0:0::/64",
        "fe80::1%eth0, fe80:0:0:0::/64",
        "::1, 0:0:0:0::/64",
        "::ffff:192.0.2.7, 192.0.2.7",
        "::ffff:c000:207, 192.0.2.7",
        "1:2:3:4:5:6:7:8:9, 1:2:3:4:5:6:7:8:9",
        "1::2::3, 1::2::3",
        "unknown, unknown"
    })
    void anAddressCountsByWhatOneSubscriberHas(String address, String network) {
        assertThat(ClientNetwork.of(address)).isEqualTo(network);
    }
}
