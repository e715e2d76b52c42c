// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.base;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Lookup;
import dev.allotment.OperationState;
import dev.allotment.Query;
import dev.allotment.RecordField;
import dev.allotment.SaasException;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.Transaction;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads one type of record within the rights of an actor. */
public abstract class RecordLookup<I, R extends Record> implements Lookup<I, R> {
    private final UnitOfWork work;
    private final RecordType<R> type;
    private final String noun;

    /** @param noun for messages, such as {@code Plan} */
    public RecordLookup(UnitOfWork work, RecordType<R> type, String noun) {
        this.work = work;
        this.type = type;
        this.noun = noun;
    }

    /** The number behind an id. */
    protected abstract long number(I id);

    /**
     * The filter for visible records; refuses with {@code access.not-allowed} if the actor may see none of this type.
     */
    protected abstract Filter<R> visible(Transaction tx);

    /** Refuses with {@code access.not-allowed} a query that would show the actor what it may not see. */
    protected void checkAllowed(Query<?> query) {}

    /** A record as others may see it. */
    protected R shown(R record) {
        return record;
    }

    @Override
    public final Optional<R> find(I id) {
        return work.transact(tx -> find(tx, id)).map(this::shown);
    }

    @Override
    public final R get(I id) {
        return shown(work.transact(tx -> get(tx, id)));
    }

    @Override
    public final List<R> list(Query<? super R> query) {
        type.check(query);
        checkAllowed(query);
        return work.transact(tx -> tx.records(type).list(query.and(visible(tx)))).stream()
                .map(this::shown)
                .toList();
    }

    @Override
    public final long count(Filter<? super R> filter) {
        type.check(filter);
        checkAllowed(Query.where(filter));
        return work.transact(tx -> tx.records(type).count(Filter.and(filter, visible(tx))));
    }

    /**
     * Counts the records that a filter selects by some values of a field, in the order of the values.
     *
     * @param values not null
     */
    public final <V> Map<V, Long> counts(
            RecordField<R, V> field, Collection<? extends V> values, Filter<? super R> filter) {
        type.check(filter);
        checkAllowed(Query.where(filter));
        Filter<R> among = Filter.in(field, values);
        Map<@Nullable V, Long> found =
                work.transact(tx -> tx.records(type).counts(field, Filter.and(filter, visible(tx), among)));
        Map<V, Long> counts = new LinkedHashMap<>();
        values.forEach(value -> counts.put(value, found.getOrDefault(value, 0L)));
        return counts;
    }

    public final Optional<R> find(Transaction tx, I id) {
        Filter<R> visible = visible(tx);
        return tx.records(type).find(number(id)).filter(record -> type.matches(record, visible));
    }

    public final R get(Transaction tx, I id) {
        return find(tx, id).orElseThrow(() -> missing(id));
    }

    /** The record, locked until the end of the transaction. */
    public final R lock(Transaction tx, I id) {
        Filter<R> visible = visible(tx);
        return tx.records(type)
                .lock(number(id))
                .filter(record -> type.matches(record, visible))
                .orElseThrow(() -> missing(id));
    }

    /**
     * Creates a record that has no natural key, once per idempotency key. An operation, which ends at once, records the
     * key and the number of the record.
     *
     * @param what kind of record, such as {@code plan}: the name of the number in the operation's result
     * @param key as {@link Idempotency#scoped} returns it
     * @param request the record as the caller requested it
     */
    public final R once(
            StoredOperation.Builder draft,
            String what,
            String key,
            Record request,
            Function<? super Transaction, R> insert) {
        StoredOperation.Builder ended = draft.state(OperationState.DONE)
                .percent(100)
                .idempotencyKey(key)
                .fingerprint(RequestFingerprint.of("create " + what, request));
        return work.orAgain(tx -> {
            Optional<StoredOperation> earlier = Idempotency.earlier(tx, ended, key);
            if (earlier.isPresent()) {
                long number = Long.parseLong(earlier.get().result().getOrDefault(what, "0"));
                return tx.records(type).find(number).orElseThrow(() -> missing(type, noun, number));
            }
            R made = insert.apply(tx);
            tx.records(RecordTypes.OPERATIONS)
                    .insert(ended.result(Map.of(what, Long.toString(type.id(made))))
                            .build());
            return made;
        });
    }

    public final SaasException missing(I id) {
        return missing(type, noun, number(id));
    }

    public static SaasException missing(RecordType<?> type, String noun, long id) {
        return new SaasException(
                ErrorCategory.NOT_FOUND,
                ErrorCodes.RECORD_MISSING,
                noun + " " + id + " does not exist.",
                Map.of("type", type.name(), "id", Long.toString(id)),
                false,
                null);
    }

    public final UnitOfWork work() {
        return work;
    }
}
