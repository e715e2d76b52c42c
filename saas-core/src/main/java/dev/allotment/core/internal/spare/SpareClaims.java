// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.spare;

import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.TemplateId;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Spare;
import dev.allotment.spi.backend.Transaction;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Claims spares for tenants. The claim is made in the transaction that reserves the tenant: the spare's record is
 * deleted, so that no other transaction can claim it, and the tenant gets its identity and database.
 */
public final class SpareClaims {
    private SpareClaims() {}

    /**
     * Locks a spare of one of these templates, in the transaction that reserves a tenant; waits for none.
     *
     * @param prepared the spares that are preferred
     */
    static Optional<Spare> lock(Transaction tx, List<TemplateId> templates, Set<UUID> prepared) {
        Filter<Spare> ready = Filter.and(Filter.in(Spare.TEMPLATE_ID, templates), Filter.equal(Spare.READY, true));
        Optional<Spare> spare = prepared.isEmpty()
                ? Optional.empty()
                : tx.records(RecordTypes.SPARES)
                        .lockFree(Query.where(Filter.and(Filter.in(Spare.UUID, List.copyOf(prepared)), ready))
                                .page(0, 1));
        if (spare.isEmpty()) {
            spare = tx.records(RecordTypes.SPARES).lockFree(Query.where(ready).page(0, 1));
        }
        return spare;
    }

    /** Claims a spare that this transaction has locked. */
    static void claim(Transaction tx, Spare spare) {
        tx.records(RecordTypes.SPARES).delete(spare.id());
    }
}
