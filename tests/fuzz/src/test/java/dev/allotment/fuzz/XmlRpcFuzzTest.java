// SPDX-License-Identifier: Apache-2.0
package dev.allotment.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.allotment.spi.protocol.ProtocolAdapter;

/** Any bytes as the body of an XML-RPC call. */
class XmlRpcFuzzTest {
    private static final ProtocolAdapter XML = FuzzedPortal.protocol("xmlrpc");

    @FuzzTest(maxDuration = "10m")
    void anyBodyIsAnswered(byte[] body) {
        for (String path : new String[] {"/xmlrpc/2/object", "/xmlrpc/2/common", "/xmlrpc/db"}) {
            FuzzedPortal.call(XML, path, body);
        }
    }
}
