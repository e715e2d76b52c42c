// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.portal.web.Form;
import java.util.List;

/**
 * The content of the page with moves that would even out the database servers.
 *
 * @param code identifies the moves
 * @param key the idempotency key of the form
 */
public record RebalancingView(List<Site> servers, List<Move> moves, String code, String key, Form form) {
    public RebalancingView {
        servers = List.copyOf(servers);
        moves = List.copyOf(moves);
    }

    /** A database server, with sizes for people. */
    public record Site(long id, String name, String size, String fair, String after) {}

    /** A move of a database, with its size for people. */
    public record Move(long id, String name, String from, String to, String size) {}
}
