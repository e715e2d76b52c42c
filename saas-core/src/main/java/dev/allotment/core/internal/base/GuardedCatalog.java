// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.base;

import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.RecordField;
import dev.allotment.spi.backend.Catalog;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.Transaction;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A catalog that accepts no changes while it is a copy, and is not used after a failover until it was compared with the
 * servers. A thread that is doing the maintenance does not wait for callers.
 */
public record GuardedCatalog(CatalogGuard guard, MaintenanceCalls maintenance) implements Catalog {
    @Override
    public void migrate() {
        guard.catalog().migrate();
    }

    @Override
    public boolean isMigrated() {
        return guard.catalog().isMigrated();
    }

    @Override
    public int schemaVersion() {
        return guard.catalog().schemaVersion();
    }

    @Override
    public @Nullable String place() {
        return guard.catalog().place();
    }

    @Override
    public @Nullable String timeline() {
        return guard.timeline().present();
    }

    @Override
    public void separate() {
        guard.catalog().separate();
    }

    /** Returns this, because the thread decides. */
    @Override
    public Catalog forMaintenance() {
        return this;
    }

    @Override
    public <T extends @Nullable Object> T transact(Function<? super Transaction, ? extends T> work) {
        Catalog catalog = maintenance.isPresent() ? guard.catalog().forMaintenance() : guard.catalog();
        return guard.isCopy()
                ? catalog.<T>transact(tx -> work.apply(new Reading(guard, tx)))
                : guard.timeline().<T>transact(catalog, work);
    }

    private record Reading(CatalogGuard guard, Transaction tx) implements Transaction {
        @Override
        public <R extends Record> Records<R> records(RecordType<R> type) {
            return new ReadRecords<>(guard, tx.records(type));
        }

        @Override
        public long next(String sequence) {
            guard.requireOriginal();
            return tx.next(sequence);
        }

        @Override
        public void deferDurability() {
            tx.deferDurability();
        }
    }

    private record ReadRecords<R extends Record>(CatalogGuard guard, Records<R> records) implements Records<R> {
        @Override
        public R insert(R row) {
            guard.requireOriginal();
            return records.insert(row);
        }

        @Override
        public void add(R row) {
            guard.requireOriginal();
            records.add(row);
        }

        @Override
        public Optional<R> find(long id) {
            return records.find(id);
        }

        @Override
        public Optional<R> lock(long id) {
            return records.lock(id);
        }

        @Override
        public Optional<R> lockShared(long id) {
            return records.lockShared(id);
        }

        @Override
        public Optional<R> lockFree(Query<? super R> query) {
            return records.lockFree(query);
        }

        @Override
        public void update(R row) {
            guard.requireOriginal();
            records.update(row);
        }

        @Override
        public boolean delete(long id) {
            guard.requireOriginal();
            return records.delete(id);
        }

        @Override
        public List<R> list(Query<? super R> query) {
            return records.list(query);
        }

        @Override
        public long count(Filter<? super R> filter) {
            return records.count(filter);
        }

        @Override
        public Supplier<Optional<R>> findLater(long id) {
            return records.findLater(id);
        }

        @Override
        public Supplier<Optional<R>> lockLater(long id) {
            return records.lockLater(id);
        }

        @Override
        public Supplier<Optional<R>> lockSharedLater(long id) {
            return records.lockSharedLater(id);
        }

        @Override
        public Supplier<List<R>> listLater(Query<? super R> query) {
            return records.listLater(query);
        }

        @Override
        public Supplier<Long> countLater(Filter<? super R> filter) {
            return records.countLater(filter);
        }

        @Override
        public List<Long> sums(List<RecordField<R, ? extends Number>> fields, Filter<? super R> filter) {
            return records.sums(fields, filter);
        }

        @Override
        public <V> Map<@Nullable V, List<Long>> sums(
                RecordField<? super R, V> by, List<RecordField<R, ? extends Number>> fields, Filter<? super R> filter) {
            return records.sums(by, fields, filter);
        }

        @Override
        public <V> List<V> values(RecordField<? super R, V> field, Query<? super R> query) {
            return records.values(field, query);
        }

        @Override
        public <V> Map<@Nullable V, Long> counts(RecordField<? super R, V> field, Filter<? super R> filter) {
            return records.counts(field, filter);
        }

        @Override
        public long deleteAll(Filter<? super R> filter) {
            guard.requireOriginal();
            return records.deleteAll(filter);
        }

        @Override
        public int deleteFree(Query<? super R> query) {
            guard.requireOriginal();
            return records.deleteFree(query);
        }
    }
}
