// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck.memory;

import dev.allotment.ErrorCategory;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.spi.backend.Catalog;
import dev.allotment.spi.backend.DatabaseTransaction;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.RowQuota;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.tck.BackendContract;
import dev.allotment.testing.MemoryBackend;
import dev.allotment.testing.UnlockedMemory;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** Backends with defects in their transactions. */
final class TransactionVariants {
    private TransactionVariants() {}

    static List<Variant> all() {
        return List.of(
                transactions(
                        "commits failed transactions",
                        "anExceptionIsPassedOnUnchangedAndNothingIsStored",
                        () -> new CommitsAfter(Throwable.class)),
                transactions(
                        "commits failed transactions, thirty times",
                        "manyFailuresDoNotExhaustTheBackend",
                        () -> new CommitsAfter(Throwable.class)),
                transactions(
                        "commits after an Error",
                        "anErrorIsPassedOnUnchangedAndNothingIsStored",
                        () -> new CommitsAfter(Error.class)),
                transactions(
                        "commits after a SaasException",
                        "aSaasExceptionIsPassedOnUnchangedAndNothingIsStored",
                        () -> new CommitsAfter(SaasException.class)),
                transactions(
                        "wraps exceptions", "anExceptionIsPassedOnUnchangedAndNothingIsStored", WrapsExceptions::new),
                transactions("returns nothing", "aTransactionReturnsTheResultOfItsWork", ReturnsNothing::new),
                transactions("commits each statement", "uncommittedChangesAreInvisible", CommitsEachStatement::new),
                transactions("locks nothing", "aLockMakesOthersWait", LocksNothing::new),
                transactions("shares no lock", "aSharedLockKeepsOthersFromLocking", LocksNothing::new),
                transactions("loses updates", "aLockOrdersWritersSoThatNoChangeIsLost", LocksNothing::new),
                transactions("stores a unique key twice", "onlyOneOfManyGetsAUniqueKey", LocksNothing::new),
                transactions(
                        "refuses a key that another transaction may still release",
                        "aTransactionWaitsForAnotherThatInsertedTheSameKey",
                        RefusesAtOnce::new),
                transactions("returns numbers twice", "aSequenceReturnsEachNumberOnce", RepeatsNumbers::new),
                Variant.of(
                        "counts from zero", BackendContract.Records.class, "aSequenceStartsAtOne", CountsFromZero::new),
                transactions(
                        "takes any free record",
                        "theFirstFreeRecordOfAQueryIsTaken",
                        () -> new TakesFree(query -> Query.where(query.filter()).page(query.offset(), query.limit()))),
                transactions(
                        "ignores the offset of a query for a free record",
                        "theFirstFreeRecordOfAQueryIsTaken",
                        () -> new TakesFree(query -> new Query<>(query.filter(), query.order(), 0, query.limit()))),
                transactions(
                        "fails if its thread was interrupted",
                        "anInterruptDoesNotEndATransaction",
                        FailsInterrupted::new),
                transactions("clears an interrupt", "anInterruptDoesNotEndATransaction", ClearsInterrupts::new),
                transactions(
                        "has one transaction per thread", "aTransactionOfAnotherPlaceCanRunInside", NestsNothing::new),
                transactions("deadlocks", "aDeadlockIsResolvedForBothTransactions", GivesUpOnDeadlock::new),
                Variant.of(
                        "runs two configurations at once",
                        BackendContract.Configure.class,
                        "configurationsRunOneAtATime",
                        LocksNothing::new),
                Variant.of(
                        "empties the catalog when it migrates",
                        BackendContract.Schema.class,
                        "migratingAgainChangesNothing",
                        MigratesFromScratch::new));
    }

    private static Variant transactions(String what, String test, Supplier<TestHooks> hooks) {
        return Variant.of(what, BackendContract.Transactions.class, test, hooks);
    }

    private static final class CommitsAfter extends TestHooks {
        private final Class<? extends Throwable> kind;

        CommitsAfter(Class<? extends Throwable> kind) {
            this.kind = kind;
        }

        @Override
        <T> T transact(Begin begin, Function<? super DatabaseTransaction, ? extends T> work) {
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            T result = begin.run(tx -> {
                try {
                    return work.apply(tx);
                } catch (RuntimeException | Error e) {
                    if (!kind.isInstance(e)) {
                        throw e;
                    }
                    thrown.set(e);
                    return null;
                }
            });
            if (thrown.get() instanceof Error error) {
                throw error;
            }
            if (thrown.get() instanceof RuntimeException exception) {
                throw exception;
            }
            return result;
        }
    }

    private static final class WrapsExceptions extends TestHooks {
        @Override
        <T> T transact(Begin begin, Function<? super DatabaseTransaction, ? extends T> work) {
            try {
                return begin.run(work);
            } catch (SaasException e) {
                throw e;
            } catch (RuntimeException e) {
                throw SaasException.internal("backend.failed", "It failed.", e);
            }
        }
    }

    private static final class ReturnsNothing extends TestHooks {
        @Override
        <T> T transact(Begin begin, Function<? super DatabaseTransaction, ? extends T> work) {
            begin.run(work);
            return null;
        }
    }

    /** Each call on records is a separate transaction. */
    private static final class CommitsEachStatement extends TestHooks {
        @Override
        <T> T transact(Begin begin, Function<? super DatabaseTransaction, ? extends T> work) {
            return work.apply(new DatabaseTransaction() {
                @Override
                public <R extends Record> Records<R> records(RecordType<R> type) {
                    return new DelegatingRecords<>(null) {
                        @Override
                        public R insert(R record) {
                            return begin.run(tx -> tx.records(type).insert(record));
                        }

                        @Override
                        public void update(R record) {
                            begin.<Object>run(tx -> {
                                tx.records(type).update(record);
                                return null;
                            });
                        }

                        @Override
                        public boolean delete(long id) {
                            return begin.<Boolean>run(tx -> tx.records(type).delete(id));
                        }

                        @Override
                        public List<R> list(Query<? super R> query) {
                            return begin.run(tx -> tx.records(type).list(query));
                        }
                    };
                }

                @Override
                public long next(String sequence) {
                    return begin.<Long>run(tx -> tx.next(sequence));
                }

                @Override
                public void deferDurability() {
                    begin.<Object>run(tx -> {
                        tx.deferDurability();
                        return null;
                    });
                }

                @Override
                public void enforce(List<RowQuota> quotas) {
                    begin.<Object>run(tx -> {
                        tx.enforce(quotas);
                        return null;
                    });
                }

                @Override
                public OptionalLong count(RowQuota quota) {
                    return begin.run(tx -> tx.count(quota));
                }

                @Override
                public OptionalLong estimatedRows(String table) {
                    return begin.run(tx -> tx.estimatedRows(table));
                }

                @Override
                public void run(String script) {
                    begin.<Object>run(tx -> {
                        tx.run(script);
                        return null;
                    });
                }
            });
        }
    }

    /** Transactions overlap, and the last one to commit wins. */
    private static final class LocksNothing extends TestHooks {
        @Override
        MemoryBackend newBackend() {
            return UnlockedMemory.open();
        }
    }

    /** Refuses a key at once if another transaction is open, instead of waiting for its result. */
    private static final class RefusesAtOnce extends TestHooks {
        private final ReentrantLock busy = new ReentrantLock();

        @Override
        <T> T transact(Begin begin, Function<? super DatabaseTransaction, ? extends T> work) {
            if (!busy.tryLock()) {
                throw new SaasException(
                        ErrorCategory.CONFLICT, "record.duplicate", "The key may be taken.", Map.of(), false, null);
            }
            try {
                return begin.run(work);
            } finally {
                busy.unlock();
            }
        }
    }

    private static final class TakesFree extends TestHooks {
        private final UnaryOperator<Query<?>> change;

        TakesFree(UnaryOperator<Query<?>> change) {
            this.change = change;
        }

        @Override
        <R extends Record> Records<R> records(Transaction transaction, RecordType<R> type) {
            return new DelegatingRecords<>(transaction.records(type)) {
                @Override
                @SuppressWarnings("unchecked") // the filter stays the same
                public Optional<R> lockFree(Query<? super R> query) {
                    return super.lockFree((Query<? super R>) change.apply(query));
                }
            };
        }
    }

    private static final class FailsInterrupted extends TestHooks {
        @Override
        <T> T transact(Begin begin, Function<? super DatabaseTransaction, ? extends T> work) {
            T result = begin.run(work);
            if (Thread.currentThread().isInterrupted()) {
                throw SaasException.unavailable("backend.unavailable", "It was interrupted.", null);
            }
            return result;
        }
    }

    private static final class ClearsInterrupts extends TestHooks {
        @Override
        <T> T transact(Begin begin, Function<? super DatabaseTransaction, ? extends T> work) {
            T result = begin.run(work);
            Thread.interrupted();
            return result;
        }
    }

    private static final class NestsNothing extends TestHooks {
        private final ThreadLocal<Boolean> within = ThreadLocal.withInitial(() -> false);

        @Override
        <T> T transact(Begin begin, Function<? super DatabaseTransaction, ? extends T> work) {
            if (within.get()) {
                throw SaasException.internal("backend.failed", "A transaction is open already.", null);
            }
            within.set(true);
            try {
                return begin.run(work);
            } finally {
                within.set(false);
            }
        }
    }

    private static final class RepeatsNumbers extends TestHooks {
        @Override
        long next(Transaction transaction, String sequence) {
            return (transaction.next(sequence) + 1) / 2;
        }
    }

    private static final class CountsFromZero extends TestHooks {
        @Override
        long next(Transaction transaction, String sequence) {
            return transaction.next(sequence) - 1;
        }
    }

    /** Behaves like a database that finds a deadlock, and does not run the failed transaction again. */
    private static final class GivesUpOnDeadlock extends TestHooks {
        private final Set<Thread> locked = ConcurrentHashMap.newKeySet();

        @Override
        <R extends Record> Records<R> records(Transaction transaction, RecordType<R> type) {
            return new DelegatingRecords<>(transaction.records(type)) {
                @Override
                public Optional<R> lock(long id) {
                    if (!locked.add(Thread.currentThread())) {
                        throw SaasException.unavailable("backend.unavailable", "Deadlock found.", null);
                    }
                    return super.lock(id);
                }
            };
        }
    }

    private static final class MigratesFromScratch extends TestHooks {
        @Override
        void migrate(Catalog catalog) {
            catalog.transact(tx -> {
                RecordTypes.catalog().forEach(type -> empty(tx, type));
                return null;
            });
        }

        private static <R extends Record> void empty(Transaction transaction, RecordType<R> type) {
            Records<R> records = transaction.records(type);
            records.list(Query.all()).forEach(record -> records.delete(type.id(record)));
        }
    }
}
