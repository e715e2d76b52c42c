// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.portal.admin.TenantView.Fact;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The content of the page about what a database does now.
 *
 * @param id of its tenant
 * @param known whether its backend knows it
 * @param slowest null: the server keeps no such statistics
 * @param largest null: not measured
 */
public record ActivityView(
        long id,
        String name,
        boolean known,
        List<Fact> facts,
        List<Session> sessions,
        @Nullable List<Statement> slowest,
        @Nullable List<Table> largest) {
    public ActivityView {
        facts = List.copyOf(facts);
        sessions = List.copyOf(sessions);
        slowest = slowest == null ? null : List.copyOf(slowest);
        largest = largest == null ? null : List.copyOf(largest);
    }

    /**
     * A session that is connected.
     *
     * @param blockedBy the numbers of sessions; empty: it waits for none
     */
    public record Session(
            long id,
            String state,
            String running,
            String transaction,
            String waitsFor,
            String blockedBy,
            String statement) {}

    /** A statement that has taken much time. */
    public record Statement(String text, String calls, String total) {}

    /** A large table. */
    public record Table(String name, String size, String rows, String deadRows) {}
}
