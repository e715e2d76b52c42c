// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every call of {@code golden-calls.txt} has the same outcome in every protocol, each on a server of its own. With the
 * system property {@code golden.record}, the outcomes of a run are written into the file instead.
 */
abstract class GoldenCallsContract {
    /** Chooses an empty backend. */
    abstract List<String> backend() throws Exception;

    @ParameterizedTest
    @EnumSource
    void haveTheSameOutcomeInEveryProtocol(GoldenProtocol protocol) throws Exception {
        List<GoldenCall> calls = GoldenFile.read();
        List<String> expected = new ArrayList<>();
        List<String> found = new ArrayList<>();
        try (GoldenPortal portal = new GoldenPortal(backend())) {
            protocol.begin();
            for (GoldenCall call : calls) {
                GoldenOutcome outcome = protocol == GoldenProtocol.JSON_2 ? call.json2() : call.rpc();
                expected.add(call.line() + "\n" + (outcome == null ? "no outcome" : outcome.line()));
                found.add(call.line() + "\n" + protocol.call(portal, call).line());
            }
        }

        assertThat(found).containsExactlyElementsOf(expected);
    }

    /** Writes the outcomes of two protocols into the file, to be read by a person before it is committed. */
    @Test
    @EnabledIfSystemProperty(named = "golden.record", matches = "true")
    void record() throws Exception {
        GoldenFile.record(outcomes(GoldenProtocol.XML_RPC), outcomes(GoldenProtocol.JSON_2));
    }

    private Iterator<GoldenOutcome> outcomes(GoldenProtocol protocol) throws Exception {
        List<GoldenOutcome> outcomes = new ArrayList<>();
        try (GoldenPortal portal = new GoldenPortal(backend())) {
            protocol.begin();
            for (GoldenCall call : GoldenFile.read()) {
                outcomes.add(protocol.call(portal, call));
            }
        }
        return outcomes.iterator();
    }

    @Test
    void areManyForEveryUser() throws Exception {
        assertThat(GoldenFile.read())
                .hasSizeGreaterThan(200)
                .extracting(GoldenCall::user)
                .contains(GoldenCall.User.values());
    }
}
