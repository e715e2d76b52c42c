// SPDX-License-Identifier: Apache-2.0
package dev.allotment.testing;

import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.RecordField;
import dev.allotment.SaasException;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.Records;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The records of one type in one transaction. */
final class MemoryRecords<R extends Record> implements Records<R> {
    private final MemoryTransaction transaction;
    private final RecordType<R> type;

    MemoryRecords(MemoryTransaction transaction, RecordType<R> type) {
        this.transaction = transaction;
        this.type = type;
    }

    @Override
    public R insert(R record) {
        return changing(() -> transaction.write(type).insert(type, record));
    }

    @Override
    public Optional<R> find(long id) {
        return Optional.ofNullable(transaction.read(type).find(id));
    }

    /** Transactions run one after the other here, so no other one has a lock. */
    @Override
    public Optional<R> lockFree(Query<? super R> query) {
        return list(query).stream().findFirst();
    }

    @Override
    public Optional<R> lock(long id) {
        return find(id);
    }

    @Override
    public void update(R record) {
        changing(() -> {
            transaction.write(type).update(type, record);
            return record;
        });
    }

    @Override
    public boolean delete(long id) {
        return transaction.write(type).delete(type, id);
    }

    @Override
    public List<R> list(Query<? super R> query) {
        return type.select(transaction.read(type).rows(), query);
    }

    @Override
    public long count(Filter<? super R> filter) {
        MemoryTable<R> table = transaction.read(type);
        type.check(filter);
        return table.rows().stream()
                .filter(record -> type.matches(record, filter))
                .count();
    }

    @Override
    public List<Long> sums(List<RecordField<R, ? extends Number>> fields, Filter<? super R> filter) {
        return type.sums(list(Query.where(filter)), fields);
    }

    @Override
    public <V> Map<@Nullable V, List<Long>> sums(
            RecordField<? super R, V> by, List<RecordField<R, ? extends Number>> fields, Filter<? super R> filter) {
        return type.sumsBy(list(Query.where(filter)), by, fields);
    }

    @Override
    public <V> List<V> values(RecordField<? super R, V> field, Query<? super R> query) {
        return type.selectValues(transaction.read(type).rows(), field, query);
    }

    @Override
    public <V> Map<@Nullable V, Long> counts(RecordField<? super R, V> field, Filter<? super R> filter) {
        return type.countBy(transaction.read(type).rows(), field, filter);
    }

    @Override
    public long deleteAll(Filter<? super R> filter) {
        return deleteFree(Query.untyped(Query.where(filter)));
    }

    @Override
    public int deleteFree(Query<? super R> query) {
        List<R> selected = list(query);
        selected.forEach(record -> delete(type.id(record)));
        return selected.size();
    }

    private R changing(Supplier<R> change) {
        try {
            return change.get();
        } catch (SaasException e) {
            if (e.code().equals(ErrorCodes.RECORD_DUPLICATE)) {
                transaction.fail();
            }
            throw e;
        }
    }
}
