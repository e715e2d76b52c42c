// SPDX-License-Identifier: Apache-2.0
package dev.allotment.xmlrpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.spi.protocol.ProtocolProvider;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class XmlRpcProviderTest {

    @Test
    void isFoundByItsName() {
        assertThat(ServiceLoader.load(ProtocolProvider.class).stream()
                        .map(ServiceLoader.Provider::get)
                        .filter(provider -> provider.name().equals("xmlrpc")))
                .singleElement()
                .isInstanceOf(XmlRpcProvider.class);
    }
}
