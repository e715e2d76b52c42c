// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.model;

import dev.allotment.Filter;
import dev.allotment.Lookup;
import dev.allotment.Query;
import dev.allotment.RecordField;
import dev.allotment.SaasException;
import dev.allotment.spi.backend.RecordType;
import java.util.List;
import java.util.Optional;

/** Looks up records that are the same in every database, and so are not stored. */
public final class FixedLookup<R extends Record> implements Lookup<Long, R> {
    private final RecordType<R> type;
    private final List<R> records;
    private final Runnable guard;

    /**
     * Creates a lookup over these records.
     *
     * @param guard throws if the actor may not see them
     */
    public FixedLookup(RecordType<R> type, List<R> records, Runnable guard) {
        this.type = type;
        this.records = records;
        this.guard = guard;
    }

    @Override
    public Optional<R> find(Long id) {
        return list(Query.where(Filter.equal(RecordField.named("id"), id))).stream()
                .findFirst();
    }

    @Override
    public R get(Long id) {
        return find(id).orElseThrow(() -> SaasException.notFound("record.missing", "There is no record " + id + "."));
    }

    @Override
    public List<R> list(Query<? super R> query) {
        guard.run();
        return type.select(records, query);
    }

    @Override
    public long count(Filter<? super R> filter) {
        return list(Query.where(filter)).size();
    }
}
