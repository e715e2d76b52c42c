// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import dev.allotment.servlet.TrustedProxies;
import dev.allotment.spi.protocol.ClientNetwork;
import org.eclipse.jetty.server.Request;

/** Finds the network that a request or a connection is counted for. */
final class ClientNetworks {
    private final TrustedProxies proxies;

    ClientNetworks(TrustedProxies proxies) {
        this.proxies = proxies;
    }

    /** Returns the network of the caller. Behind a trusted proxy, this is not the proxy. */
    String of(Request request) {
        return ClientNetwork.of(address(request));
    }

    /** Returns the address of the caller. Behind a trusted proxy, this is not the proxy. */
    String address(Request request) {
        String remote = String.valueOf(Request.getRemoteAddr(request));
        return proxies.caller(
                        remote, request.isSecure(), name -> request.getHeaders().getValuesList(name))
                .address();
    }

    /** Whether many callers share the connections from this address. */
    boolean isProxy(String remoteAddress) {
        return proxies.trusts(remoteAddress);
    }
}
