// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every call of {@code golden-calls.txt} has the same outcome in every protocol, each on a server of its own. {@link
 * GoldenRecorder} writes the file.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class GoldenCallsContract {
    /** Chooses an empty backend. */
    abstract List<String> backend() throws Exception;

    /** Chooses the protocols. */
    abstract List<GoldenProtocol> protocols();

    @ParameterizedTest
    @MethodSource("protocols")
    void haveTheSameOutcomeInEveryProtocol(GoldenProtocol protocol) throws Exception {
        List<GoldenCall> calls = GoldenFile.read();
        List<String> differences = new ArrayList<>();
        try (GoldenPortal portal = new GoldenPortal(backend())) {
            for (GoldenCall call : calls) {
                GoldenOutcome expected = protocol == GoldenProtocol.JSON_2 ? call.json2() : call.rpc();
                GoldenOutcome found = protocol.call(portal, call);
                if (!found.equals(expected)) {
                    differences.add(call.line() + "\nexpected: " + expected + "\nfound:    " + found);
                }
            }
        }

        assertThat(differences).isEmpty();
    }

    @Test
    void areManyForEveryUser() throws Exception {
        assertThat(GoldenFile.read())
                .hasSizeGreaterThan(200)
                .extracting(GoldenCall::user)
                .contains(GoldenCall.User.values());
    }
}
