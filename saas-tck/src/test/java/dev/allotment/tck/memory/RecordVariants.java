// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck.memory;

import dev.allotment.ErrorCategory;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.RecordType.Field;
import dev.allotment.spi.backend.RecordType.Kind;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.tck.BackendContract;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/** Backends with defects in how they store records. */
final class RecordVariants {
    private RecordVariants() {}

    static List<Variant> all() {
        return List.of(
                storing(
                        "stores absent texts as empty",
                        BackendContract.Records.class,
                        "recordsAreReturnedAsTheyWereStored",
                        (field, value) -> value == null && field.kind() == Kind.TEXT ? "" : value),
                storing(
                        "stores empty texts as absent",
                        BackendContract.Queries.class,
                        "anEmptyTextIsNotAnAbsentValue",
                        (field, value) -> field.nullable() && "".equals(value) ? null : value),
                storing(
                        "truncates long texts",
                        BackendContract.Text.class,
                        "aTextCanBeLong",
                        (field, value) -> value instanceof String text && text.length() > 60_000
                                ? text.substring(0, 60_000)
                                : value),
                storing(
                        "truncates texts at NUL",
                        BackendContract.Text.class,
                        "aTextThatIsNotUnicodeIsRefused",
                        (field, value) -> value instanceof String text && text.indexOf('\0') >= 0
                                ? text.substring(0, text.indexOf('\0'))
                                : value),
                storing(
                        "normalizes line ends",
                        BackendContract.Text.class,
                        "everyUnicodeTextIsStoredExactly",
                        (field, value) -> value instanceof String text ? text.replace("\r\n", "\n") : value),
                storing(
                        "truncates instants to seconds",
                        BackendContract.Time.class,
                        "instantsAreStoredToTheMicrosecond",
                        (field, value) ->
                                value instanceof Instant instant ? instant.truncatedTo(ChronoUnit.SECONDS) : value),
                storing(
                        "rounds instants",
                        BackendContract.Time.class,
                        "nanosecondsAreTruncatedNotRounded",
                        (field, value) -> value instanceof Instant instant ? instant.plusNanos(500) : value),
                storing(
                        "stores local times",
                        BackendContract.Time.class,
                        "theTimeZoneOfTheProcessHasNoEffect",
                        (field, value) -> value instanceof Instant instant ? throughLocalTime(instant) : value),
                storing(
                        "stores numbers as floating-point numbers",
                        BackendContract.Records.class,
                        "numbersAreExact",
                        (field, value) -> value instanceof Long number ? (Object) (long) (double) number : value),
                records("ignores unique keys", "aUniqueKeyCanBeUsedOnlyOnce", IgnoresKeys::new),
                records("does not say which key is taken", "aUniqueKeyCanBeUsedOnlyOnce", HidesKeys::new),
                records("reuses ids", "idsStartAtOneAndAreNeverReused", ReusesIds::new),
                records("skips ids", "idsStartAtOneAndAreNeverReused", SkipsIds::new),
                records("updates only what is present", "anUpdateReplacesTheWholeRecordAndNoOther", Merges::new),
                records("inserts what it should update", "aMissingRecordIsReported", Upserts::new),
                records("deletes nothing", "deletingRemovesOneRecord", DeletesNothing::new),
                records(
                        "reads when the answer is taken",
                        "anAnnouncedReadSeesWhatTheTransactionDidBeforeIt",
                        ReadsLate::new));
    }

    private static Variant records(String what, String test, Supplier<TestHooks> hooks) {
        return Variant.of(what, BackendContract.Records.class, test, hooks);
    }

    private static Variant storing(
            String what, Class<?> contract, String test, BiFunction<Field, Object, Object> change) {
        return Variant.of(what, contract, test, () -> new Stores(change));
    }

    private static Instant throughLocalTime(Instant instant) {
        ZoneId zone = ZoneId.systemDefault();
        return LocalDateTime.ofInstant(instant, zone).atZone(zone).toInstant();
    }

    /** Changes values before they are stored. */
    private static final class Stores extends TestHooks {
        private final BiFunction<Field, Object, Object> change;

        Stores(BiFunction<Field, Object, Object> change) {
            this.change = change;
        }

        @Override
        <R extends Record> Records<R> records(Transaction transaction, RecordType<R> type) {
            return new DelegatingRecords<>(transaction.records(type)) {
                @Override
                public R insert(R record) {
                    return super.insert(changed(type, record));
                }

                @Override
                public void update(R record) {
                    super.update(changed(type, record));
                }
            };
        }

        private <R extends Record> R changed(RecordType<R> type, R record) {
            Object[] values = type.values(record);
            for (int i = 1; i < values.length; i++) {
                values[i] = change.apply(type.fields().get(i), values[i]);
            }
            return type.create(values);
        }
    }

    private static final class IgnoresKeys extends TestHooks {
        @Override
        <R extends Record> Records<R> records(Transaction transaction, RecordType<R> type) {
            return transaction.records(RecordType.of(type.javaType(), type.name()));
        }
    }

    private static final class HidesKeys extends TestHooks {
        @Override
        <R extends Record> Records<R> records(Transaction transaction, RecordType<R> type) {
            return new DelegatingRecords<>(transaction.records(type)) {
                @Override
                public R insert(R record) {
                    try {
                        return super.insert(record);
                    } catch (SaasException e) {
                        throw new SaasException(
                                ErrorCategory.CONFLICT,
                                e.code(),
                                e.getMessage(),
                                Map.of("type", type.name()),
                                false,
                                e);
                    }
                }
            };
        }
    }

    private static final class ReusesIds extends TestHooks {
        private final Map<String, Deque<Long>> given = new HashMap<>();

        @Override
        <R extends Record> Records<R> records(Transaction transaction, RecordType<R> type) {
            Deque<Long> free = given.computeIfAbsent(type.name(), any -> new ArrayDeque<>());
            return new DelegatingRecords<>(transaction.records(type)) {
                @Override
                public R insert(R record) {
                    R stored = super.insert(record);
                    return free.isEmpty() ? stored : type.withId(stored, free.pop());
                }

                @Override
                public boolean delete(long id) {
                    free.push(id);
                    return super.delete(id);
                }
            };
        }
    }

    private static final class SkipsIds extends TestHooks {
        @Override
        <R extends Record> Records<R> records(Transaction transaction, RecordType<R> type) {
            return new DelegatingRecords<>(transaction.records(type)) {
                @Override
                public R insert(R record) {
                    super.delete(type.id(super.insert(record)));
                    return super.insert(record);
                }
            };
        }
    }

    private static final class Merges extends TestHooks {
        @Override
        <R extends Record> Records<R> records(Transaction transaction, RecordType<R> type) {
            return new DelegatingRecords<>(transaction.records(type)) {
                @Override
                public void update(R record) {
                    Object[] values = type.values(record);
                    find(type.id(record)).map(type::values).ifPresent(before -> {
                        for (int i = 0; i < values.length; i++) {
                            values[i] = Objects.requireNonNullElse(values[i], before[i]);
                        }
                    });
                    super.update(type.create(values));
                }
            };
        }
    }

    private static final class Upserts extends TestHooks {
        @Override
        <R extends Record> Records<R> records(Transaction transaction, RecordType<R> type) {
            return new DelegatingRecords<>(transaction.records(type)) {
                @Override
                public void update(R record) {
                    if (find(type.id(record)).isEmpty()) {
                        insert(record);
                    } else {
                        super.update(record);
                    }
                }
            };
        }
    }

    private static final class ReadsLate extends TestHooks {
        @Override
        <R extends Record> Records<R> records(Transaction transaction, RecordType<R> type) {
            return new DelegatingRecords<>(transaction.records(type)) {
                @Override
                public Supplier<List<R>> listLater(Query<? super R> query) {
                    return () -> list(query);
                }
            };
        }
    }

    private static final class DeletesNothing extends TestHooks {
        @Override
        <R extends Record> Records<R> records(Transaction transaction, RecordType<R> type) {
            return new DelegatingRecords<>(transaction.records(type)) {
                @Override
                public boolean delete(long id) {
                    return find(id).isPresent();
                }
            };
        }
    }
}
