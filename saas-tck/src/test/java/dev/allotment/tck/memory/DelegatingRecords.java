// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck.memory;

import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.RecordField;
import dev.allotment.spi.backend.Records;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Delegates all calls; those that announce reads, to its own, so that they are as broken. A variant overrides a few. */
class DelegatingRecords<R extends Record> implements Records<R> {
    private final Records<R> sound;

    DelegatingRecords(Records<R> sound) {
        this.sound = sound;
    }

    @Override
    public R insert(R record) {
        return sound.insert(record);
    }

    @Override
    public void add(R record) {
        sound.add(record);
    }

    @Override
    public Optional<R> find(long id) {
        return sound.find(id);
    }

    @Override
    public Supplier<Optional<R>> findLater(long id) {
        Optional<R> found = find(id);
        return () -> found;
    }

    @Override
    public Supplier<Optional<R>> lockLater(long id) {
        Optional<R> locked = lock(id);
        return () -> locked;
    }

    @Override
    public Supplier<Optional<R>> lockSharedLater(long id) {
        Optional<R> locked = lockShared(id);
        return () -> locked;
    }

    @Override
    public Supplier<List<R>> listLater(Query<? super R> query) {
        List<R> found = list(query);
        return () -> found;
    }

    @Override
    public Supplier<Long> countLater(Filter<? super R> filter) {
        long count = count(filter);
        return () -> count;
    }

    @Override
    public Optional<R> lockFree(Query<? super R> query) {
        return sound.lockFree(query);
    }

    @Override
    public Optional<R> lock(long id) {
        return sound.lock(id);
    }

    @Override
    public Optional<R> lockShared(long id) {
        return sound.lockShared(id);
    }

    @Override
    public void update(R record) {
        sound.update(record);
    }

    @Override
    public boolean delete(long id) {
        return sound.delete(id);
    }

    @Override
    public List<R> list(Query<? super R> query) {
        return sound.list(query);
    }

    @Override
    public long count(Filter<? super R> filter) {
        return sound.count(filter);
    }

    @Override
    public List<Long> sums(List<RecordField<R, ? extends Number>> fields, Filter<? super R> filter) {
        return sound.sums(fields, filter);
    }

    @Override
    public <V> Map<V, List<Long>> sums(
            RecordField<? super R, V> by, List<RecordField<R, ? extends Number>> fields, Filter<? super R> filter) {
        return sound.sums(by, fields, filter);
    }

    @Override
    public <V> List<V> values(RecordField<? super R, V> field, Query<? super R> query) {
        return sound.values(field, query);
    }

    @Override
    public <V> Map<V, Long> counts(RecordField<? super R, V> field, Filter<? super R> filter) {
        return sound.counts(field, filter);
    }

    @Override
    public long deleteAll(Filter<? super R> filter) {
        return sound.deleteAll(filter);
    }

    @Override
    public int deleteFree(Query<? super R> query) {
        return sound.deleteFree(query);
    }
}
