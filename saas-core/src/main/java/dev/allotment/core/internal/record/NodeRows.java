// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.record;

import dev.allotment.Filter;
import dev.allotment.Filter.Operator;
import dev.allotment.Query;
import dev.allotment.fleet.Node;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import java.util.Optional;

/** The nodes that work on the catalog, or did so a few minutes ago. */
public final class NodeRows {
    private NodeRows() {}

    /**
     * A node of an older build, which may not know what this one writes; the first by name.
     *
     * @param version the version of the catalog's schema that this build knows
     */
    public static Optional<Node> older(Transaction tx, int version) {
        return tx
                .records(RecordTypes.NODES)
                .list(Query.where(Filter.compare(Node.SCHEMA_VERSION, Operator.LESS, version))
                        .orderBy(Node.NAME)
                        .page(0, 1))
                .stream()
                .findFirst();
    }
}
