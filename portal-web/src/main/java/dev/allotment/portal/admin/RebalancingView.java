// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.portal.web.Form;
import java.util.List;

/**
 * The content of the page with moves that would even out the database servers.
 *
 * @param byLoad whether the load is evened out, instead of the size
 * @param code identifies the moves
 * @param key the idempotency key of the form
 */
public record RebalancingView(
        boolean byLoad, List<Site> servers, List<Move> moves, String code, String key, Form form) {
    /** The value of the parameter {@code by} for the load. */
    public static final String LOAD = "load";

    public RebalancingView {
        servers = List.copyOf(servers);
        moves = List.copyOf(moves);
    }

    /** Returns what is evened out, as the name of a column. */
    public String measure() {
        return byLoad ? "Load" : "Size";
    }

    /**
     * A database server, with sizes or loads for people.
     *
     * @param bytesAfter what it would store after the moves
     */
    public record Site(long id, String name, String now, String fair, String after, String bytesAfter) {}

    /** A move of a database, with its size or load for people. */
    public record Move(long id, String name, String from, String to, String amount) {}
}
