// SPDX-License-Identifier: Apache-2.0
package dev.allotment.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.allotment.spi.protocol.ProtocolAdapter;

/** Any bytes as the body of a JSON-RPC call. */
class JsonRpcFuzzTest {
    private static final ProtocolAdapter JSON = FuzzedPortal.protocol("jsonrpc");

    @FuzzTest(maxDuration = "10m")
    void anyBodyIsAnswered(byte[] body) {
        for (String path :
                new String[] {"/jsonrpc", "/web/session/authenticate", "/web/dataset/call_kw/res.users/read"}) {
            FuzzedPortal.call(JSON, path, body);
        }
    }
}
