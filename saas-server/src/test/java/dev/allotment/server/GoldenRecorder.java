// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** Writes the outcomes of two protocols into the file of golden calls, to be read by a person before a commit. */
final class GoldenRecorder {
    private GoldenRecorder() {}

    public static void main(String[] arguments) throws Exception {
        GoldenFile.record(outcomes(GoldenProtocol.XML_RPC), outcomes(GoldenProtocol.JSON_2));
        System.exit(0);
    }

    private static Iterator<GoldenOutcome> outcomes(GoldenProtocol protocol) throws Exception {
        List<GoldenOutcome> outcomes = new ArrayList<>();
        try (GoldenPortal portal = new GoldenPortal(List.of("--data", "memory"))) {
            for (GoldenCall call : GoldenFile.read()) {
                outcomes.add(protocol.call(portal, call));
            }
        }
        return outcomes.iterator();
    }
}
