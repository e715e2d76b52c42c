// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.Transaction;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** A transaction is stored completely or not at all, isolated from others, and no change is lost. */
public abstract class TransactionsContract extends Contract {
    private static final int THREADS = 8;

    /** An exception that work throws on purpose. */
    private static final class Deliberate extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Deliberate() {
            super("The work threw this on purpose.");
        }
    }

    private static final class DeliberateError extends Error {
        private static final long serialVersionUID = 1L;

        DeliberateError() {
            super("The work threw this on purpose.");
        }
    }

    /** For subclasses. */
    protected TransactionsContract() {}

    @Override
    final boolean sharesStorage() {
        return true;
    }

    @TestFactory
    Stream<DynamicTest> aTransactionReturnsTheResultOfItsWork() {
        return everywhere(place -> {
            Object result = new Object();
            assertThat(place.<Object>transact(tx -> result)).isSameAs(result);
            assertThat(place.<Object>transact(tx -> null)).isNull();
        });
    }

    @TestFactory
    Stream<DynamicTest> anExceptionIsPassedOnUnchangedAndNothingIsStored() {
        return everywhere(place -> assertUndone(place, new Deliberate()));
    }

    @TestFactory
    Stream<DynamicTest> anErrorIsPassedOnUnchangedAndNothingIsStored() {
        return everywhere(place -> assertUndone(place, new DeliberateError()));
    }

    @TestFactory
    Stream<DynamicTest> aSaasExceptionIsPassedOnUnchangedAndNothingIsStored() {
        return everywhere(place -> assertUndone(place, SaasException.conflict("plan.limit-reached", "No more.")));
    }

    @TestFactory
    Stream<DynamicTest> aTakenKeyUndoesTheWholeTransaction() {
        return everywhere(place -> {
            insertOne(place, "there");
            assertRefused(
                    ErrorCodes.RECORD_DUPLICATE,
                    () -> inside(place, tx -> {
                        insertParameter(tx, "with it");
                        return insertParameter(tx, "there");
                    }));
            assertThat(values(place)).containsExactly("there");
        });
    }

    @TestFactory
    Stream<DynamicTest> manyFailuresDoNotExhaustTheBackend() {
        return everywhere(place -> {
            for (int i = 0; i < 30; i++) {
                assertThatThrownBy(() -> inside(place, tx -> {
                            insertParameter(tx, "undone");
                            throw new Deliberate();
                        }))
                        .isInstanceOf(Deliberate.class);
            }
            insertOne(place, "stored");
            assertThat(values(place)).containsExactly("stored");
        });
    }

    @TestFactory
    Stream<DynamicTest> moreThreadsThanConnectionsTakeTurns() {
        return everywhere(place -> {
            Race.runAll(32, i -> insertOne(place, "of thread " + i));
            assertThat(values(place)).hasSize(32);
        });
    }

    @TestFactory
    Stream<DynamicTest> uncommittedChangesAreInvisible() {
        return everywhere(place -> {
            Parameter changed = insertOne(place, "changed");
            Parameter deleted = insertOne(place, "deleted");
            AtomicReference<CompletableFuture<List<String>>> reader = new AtomicReference<>();

            assertThatThrownBy(() -> inside(place, tx -> {
                        Records<Parameter> records = tx.records(RecordTypes.PARAMETERS);
                        records.update(changed.withValue("dirty"));
                        records.delete(deleted.id());
                        insertParameter(tx, "inserted");
                        // It reads the previous state, or waits until this transaction finishes.
                        reader.set(Race.start(() -> values(place)));
                        Race.letRun(started(reader));
                        throw new Deliberate();
                    }))
                    .isInstanceOf(Deliberate.class);
            assertThat(Race.end(started(reader)).value()).containsExactly("changed", "deleted");
        });
    }

    @TestFactory
    Stream<DynamicTest> committedChangesAreVisibleToAll() {
        return everywhere(place -> {
            for (int i = 0; i < 20; i++) {
                insertOne(place, "number " + i);
                assertThat(Race.end(Race.start(() -> values(place))).value()).hasSize(i + 1);
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> aLockOrdersWritersSoThatNoChangeIsLost() {
        return everywhere(place -> {
            Parameter counter = insert(place, RecordTypes.PARAMETERS, new Parameter(0, "counter", "0", false));
            CountDownLatch twoHaveIt = new CountDownLatch(2);
            Race.runAll(THREADS, thread -> {
                for (int i = 0; i < 10; i++) {
                    place.transact(tx -> increment(tx, counter.id(), twoHaveIt));
                }
                return null;
            });
            assertThat(values(place)).containsExactly(Integer.toString(THREADS * 10));
        });
    }

    @TestFactory
    Stream<DynamicTest> aLockMakesOthersWait() {
        return everywhere(place -> {
            Parameter record = insertOne(place, "at first");
            CountDownLatch locked = new CountDownLatch(1);
            CountDownLatch enough = new CountDownLatch(1);
            CompletableFuture<Object> holder = Race.start(() -> place.transact(tx -> {
                Parameter mine =
                        tx.records(RecordTypes.PARAMETERS).lock(record.id()).orElseThrow();
                locked.countDown();
                Race.await(enough);
                tx.records(RecordTypes.PARAMETERS).update(mine.withValue(mine.value() + ", then the holder"));
                return null;
            }));
            Race.await(locked);
            CompletableFuture<Object> next = Race.start(() -> place.transact(tx -> {
                Parameter mine =
                        tx.records(RecordTypes.PARAMETERS).lock(record.id()).orElseThrow();
                tx.records(RecordTypes.PARAMETERS).update(mine.withValue(mine.value() + ", then the next"));
                return null;
            }));
            Race.letRun(next);
            assertThat(next).isNotDone();
            enough.countDown();

            assertThat(Race.end(holder).failure()).isNull();
            assertThat(Race.end(next).failure()).isNull();
            assertThat(values(place)).containsExactly("at first, then the holder, then the next");
        });
    }

    @TestFactory
    Stream<DynamicTest> aSharedLockKeepsOthersFromLocking() {
        return everywhere(place -> {
            Parameter record = insertOne(place, "kept");
            CountDownLatch locked = new CountDownLatch(1);
            CountDownLatch enough = new CountDownLatch(1);
            CompletableFuture<Object> holder = Race.start(() -> place.transact(tx -> {
                assertThat(tx.records(RecordTypes.PARAMETERS).lockShared(record.id()))
                        .contains(record);
                locked.countDown();
                Race.await(enough);
                return null;
            }));
            Race.await(locked);
            CompletableFuture<Object> next = Race.start(() -> place.transact(tx -> {
                assertThat(tx.records(RecordTypes.PARAMETERS).lock(record.id())).isPresent();
                tx.records(RecordTypes.PARAMETERS).delete(record.id());
                return null;
            }));
            Race.letRun(next);
            assertThat(next).isNotDone();
            enough.countDown();

            assertThat(Race.end(holder).failure()).isNull();
            assertThat(Race.end(next).failure()).isNull();
            assertThat(place.<Optional<Parameter>>transact(
                            tx -> tx.records(RecordTypes.PARAMETERS).lockShared(record.id())))
                    .isEmpty();
        });
    }

    @TestFactory
    Stream<DynamicTest> onlyOneOfManyTakesAFreeRecord() {
        return everywhere(place -> {
            for (int i = 0; i < THREADS / 2; i++) {
                insertOne(place, "free " + i);
            }
            Query<Parameter> free =
                    Query.where(Filter.like(Parameter.VALUE, "free %")).orderByDescending(Parameter.ID);
            var outcomes = Race.run(
                    THREADS,
                    i -> place.<Optional<Parameter>>transact(tx -> {
                        Optional<Parameter> mine =
                                tx.records(RecordTypes.PARAMETERS).lockFree(free);
                        mine.ifPresent(
                                each -> tx.records(RecordTypes.PARAMETERS).update(each.withValue("taken")));
                        return mine;
                    }));

            assertThat(outcomes)
                    .allSatisfy(outcome -> assertThat(outcome.failure()).isNull());
            List<Parameter> taken = outcomes.stream()
                    .map(outcome -> Objects.requireNonNull(outcome.value()))
                    .flatMap(Optional::stream)
                    .toList();
            assertThat(taken).extracting(Parameter::id).doesNotHaveDuplicates();
            assertThat(values(place)).filteredOn("taken"::equals).hasSameSizeAs(taken);
            assertThat(taken).isNotEmpty();
            assertThat(place.<Optional<Parameter>>transact(tx -> tx.records(RecordTypes.PARAMETERS)
                            .lockFree(Query.where(Filter.equal(Parameter.VALUE, "unused")))))
                    .isEmpty();
        });
    }

    @TestFactory
    Stream<DynamicTest> everyRecordIsDeletedByOneOfManyThatDeleteFreeOnes() {
        return everywhere(place -> {
            int records = 3 * THREADS;
            for (int i = 0; i < records; i++) {
                insertOne(place, "over " + i);
            }
            insertOne(place, "stays");
            Query<Parameter> over = Query.where(Filter.like(Parameter.VALUE, "over %"))
                    .orderBy(Parameter.ID)
                    .page(0, 4);
            var outcomes = Race.run(
                    THREADS,
                    i -> place.<Integer>transact(
                            tx -> tx.records(RecordTypes.PARAMETERS).deleteFree(over)));

            int deleted = 0;
            for (var outcome : outcomes) {
                assertThat(outcome.failure()).isNull();
                deleted += Objects.requireNonNull(outcome.value());
            }
            assertThat(values(place)).as("%d deleted", deleted).hasSize(records + 1 - deleted);
            assertThat(deleted).isPositive();
            assertThat(values(place)).contains("stays");
        });
    }

    @TestFactory
    Stream<DynamicTest> theFirstFreeRecordOfAQueryIsTaken() {
        return everywhere(place -> {
            Parameter first = insertOne(place, "b");
            Parameter second = insertOne(place, "a");
            Parameter third = insertOne(place, "c");
            insertOne(place, "d");
            Query<Parameter> query = Query.where(Filter.notEqual(Parameter.VALUE, "d"));

            assertThat(free(place, query)).contains(first);
            assertThat(free(place, query.orderBy(Parameter.VALUE))).contains(second);
            assertThat(free(place, query.orderByDescending(Parameter.VALUE))).contains(third);
            assertThat(free(place, query.orderBy(Parameter.VALUE).page(1, 0))).contains(first);
            assertThat(free(place, query.page(3, 0))).isEmpty();
        });
    }

    private static Optional<Parameter> free(RecordPlace place, Query<Parameter> query) {
        return place.transact(tx -> tx.records(RecordTypes.PARAMETERS).lockFree(query));
    }

    @TestFactory
    Stream<DynamicTest> aTransactionOfAnotherPlaceCanRunInside() {
        RecordPlace database = databasePlace();
        RecordPlace catalog = catalogPlace();
        return Stream.of(
                dynamicTest("of a database in one of the catalog", () -> checkInside(catalog, database)),
                dynamicTest("of the catalog in one of a database", () -> checkInside(database, catalog)));
    }

    /** The inner transaction is stored, even if the outer one fails. */
    private static void checkInside(RecordPlace outer, RecordPlace inner) {
        String mine = "inside of " + outer.name();
        assertThatThrownBy(() -> inside(outer, tx -> {
                    insertParameter(tx, "outside");
                    insertOne(inner, mine);
                    throw new Deliberate();
                }))
                .isInstanceOf(Deliberate.class);
        assertThat(values(inner)).contains(mine);
        assertThat(values(outer)).doesNotContain("outside");
    }

    @TestFactory
    Stream<DynamicTest> anInterruptDoesNotEndATransaction() {
        return everywhere(place -> {
            CompletableFuture<Boolean> interrupted = Race.start(() -> {
                Thread.currentThread().interrupt();
                insertOne(place, "interrupted before");
                Thread.interrupted();
                place.transact(tx -> {
                    Thread.currentThread().interrupt();
                    return insertParameter(tx, "interrupted within");
                });
                return Thread.interrupted();
            });

            assertThat(Race.end(interrupted)).isEqualTo(new Race.Outcome<>(true, null));
            insertOne(place, "of another thread");
            assertThat(values(place)).containsExactly("interrupted before", "interrupted within", "of another thread");
        });
    }

    @TestFactory
    Stream<DynamicTest> onlyOneOfManyGetsAUniqueKey() {
        return everywhere(place -> {
            CountDownLatch twoHaveIt = new CountDownLatch(2);
            var outcomes = Race.run(
                    THREADS,
                    i -> place.transact(tx -> {
                        Parameter mine = insertParameter(tx, "wanted");
                        twoHaveIt.countDown();
                        Race.awaitBriefly(twoHaveIt);
                        return mine;
                    }));

            assertThat(outcomes)
                    .filteredOn(outcome -> outcome.failure() == null)
                    .hasSize(1);
            assertThat(outcomes)
                    .filteredOn(outcome -> outcome.failure() != null)
                    .allSatisfy(outcome -> assertThat(outcome.failure())
                            .isInstanceOfSatisfying(
                                    SaasException.class,
                                    e -> assertThat(e.code()).isEqualTo(ErrorCodes.RECORD_DUPLICATE)));
            assertThat(values(place)).containsExactly("wanted");
        });
    }

    @TestFactory
    Stream<DynamicTest> aTransactionWaitsForAnotherThatInsertedTheSameKey() {
        return everywhere(place -> {
            AtomicReference<CompletableFuture<Parameter>> second = new AtomicReference<>();
            assertThatThrownBy(() -> inside(place, tx -> {
                        insertParameter(tx, "wanted");
                        second.set(Race.start(() -> insertOne(place, "wanted")));
                        Race.letRun(started(second));
                        assertThat(started(second)).isNotDone();
                        throw new Deliberate();
                    }))
                    .isInstanceOf(Deliberate.class);
            // The first transaction released the key, so the second one has it.
            assertThat(Race.end(started(second)).failure()).isNull();
            assertThat(values(place)).containsExactly("wanted");
        });
    }

    @TestFactory
    Stream<DynamicTest> aDeadlockIsResolvedForBothTransactions() {
        return everywhere(place -> {
            long one = insert(place, RecordTypes.PARAMETERS, new Parameter(0, "one", "0", false))
                    .id();
            long two = insert(place, RecordTypes.PARAMETERS, new Parameter(0, "two", "0", false))
                    .id();
            CountDownLatch bothHaveTheirFirst = new CountDownLatch(2);
            Race.runAll(
                    2,
                    i -> place.transact(tx -> {
                        increment(tx, i == 0 ? one : two, bothHaveTheirFirst);
                        return increment(tx, i == 0 ? two : one, bothHaveTheirFirst);
                    }));
            assertThat(values(place)).containsExactly("2", "2");
        });
    }

    @Test
    void aSequenceReturnsEachNumberOnce() {
        List<List<Long>> numbers = Race.runAll(THREADS, thread -> {
            List<Long> mine = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                mine.addAll(catalog()
                        .<List<Long>>transact(
                                tx -> List.of(tx.next(RecordTypes.TENANT_NUMBER), tx.next(RecordTypes.TENANT_NUMBER))));
            }
            return mine;
        });
        List<Long> all = numbers.stream().flatMap(List::stream).toList();

        assertThat(new HashSet<>(all)).hasSize(THREADS * 20);
        assertThat(all).allSatisfy(number -> assertThat(number).isPositive());
        assertThat(numbers).allSatisfy(mine -> assertThat(mine).isSorted());
    }

    private static void assertUndone(RecordPlace place, Throwable thrown) {
        Parameter kept = insertOne(place, "kept");
        Parameter other = insertOne(place, "other");

        assertThatThrownBy(() -> inside(place, tx -> {
                    Records<Parameter> records = tx.records(RecordTypes.PARAMETERS);
                    insertParameter(tx, "inserted");
                    records.update(kept.withValue("changed"));
                    records.delete(other.id());
                    if (thrown instanceof Error error) {
                        throw error;
                    }
                    throw (RuntimeException) thrown;
                }))
                .isSameAs(thrown);
        assertThat(all(place, RecordTypes.PARAMETERS)).containsExactly(kept, other);
    }

    /**
     * Looks before it locks: only what it reads after it has the lock counts. Then it waits a moment, so that another
     * thread that wrongly gets the lock at the same time is noticed.
     */
    private static Parameter increment(Transaction transaction, long id, CountDownLatch twoHaveIt) {
        Records<Parameter> records = transaction.records(RecordTypes.PARAMETERS);
        Optional<Parameter> before = records.find(id);
        assertThat(before).isPresent();
        Parameter now = records.lock(id).orElseThrow();
        twoHaveIt.countDown();
        Race.awaitBriefly(twoHaveIt);
        Parameter next = now.withValue(Integer.toString(Integer.parseInt(now.value()) + 1));
        records.update(next);
        return next;
    }

    private static Parameter insertOne(RecordPlace place, String value) {
        return place.transact(tx -> insertParameter(tx, value));
    }

    private static List<String> values(RecordPlace place) {
        return place.transact(tx -> tx.records(RecordTypes.PARAMETERS).list(Query.all()).stream()
                .map(Parameter::value)
                .toList());
    }

    private static <T> CompletableFuture<T> started(AtomicReference<CompletableFuture<T>> future) {
        return Objects.requireNonNull(future.get());
    }
}
