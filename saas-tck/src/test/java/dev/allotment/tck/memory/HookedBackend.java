// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck.memory;

import dev.allotment.fleet.Server;
import dev.allotment.spi.backend.Capability;
import dev.allotment.spi.backend.Catalog;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.DatabaseTransaction;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.DelegatingDatabases;
import dev.allotment.spi.backend.PoolUse;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.testing.DelegatingBackend;
import dev.allotment.testing.DelegatingCatalog;
import dev.allotment.testing.DelegatingTransaction;
import dev.allotment.testing.MemoryBackend;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** A memory backend that passes all calls through {@link TestHooks}. */
class HookedBackend extends DelegatingBackend {
    private final MemoryBackend sound;
    private final TestHooks hooks;

    HookedBackend(TestHooks hooks) {
        this(hooks.newBackend(), hooks);
    }

    private HookedBackend(MemoryBackend sound, TestHooks hooks) {
        super(sound);
        this.sound = sound;
        this.hooks = hooks;
    }

    MemoryBackend sound() {
        return sound;
    }

    @Override
    public Catalog catalog() {
        Catalog catalog = sound.catalog();
        return new DelegatingCatalog(catalog) {
            @Override
            public void migrate() {
                hooks.migrate(catalog);
            }

            @Override
            public <T> T transact(Function<? super Transaction, ? extends T> work) {
                TestHooks.Begin begin = new TestHooks.Begin() {
                    @Override
                    public <U> U run(Function<? super DatabaseTransaction, ? extends U> hooked) {
                        return catalog.transact(tx -> hooked.apply(new HookedTransaction(tx)));
                    }
                };
                return hooks.transact(begin, work);
            }
        };
    }

    @Override
    public Databases databases(Server server) {
        return hooks.databases(new HookedDatabases(sound.databases(server)));
    }

    @Override
    public Set<Capability> capabilities() {
        return hooks.capabilities(sound.capabilities());
    }

    @Override
    public List<PoolUse> pools() {
        return hooks.pools();
    }

    @Override
    public void close() {
        hooks.close(sound);
    }

    private final class HookedDatabases extends DelegatingDatabases {
        private final Databases databases;

        HookedDatabases(Databases databases) {
            super(databases);
            this.databases = databases;
        }

        @Override
        protected Databases view(Databases fenced) {
            return hooks.databases(new HookedDatabases(fenced));
        }

        @Override
        public <T> T transact(DatabaseRef database, Function<? super DatabaseTransaction, ? extends T> work) {
            TestHooks.Begin begin = new TestHooks.Begin() {
                @Override
                public <U> U run(Function<? super DatabaseTransaction, ? extends U> hooked) {
                    return databases.transact(database, tx -> hooked.apply(new HookedTransaction(tx)));
                }
            };
            return hooks.transact(begin, work);
        }

        @Override
        public <T> T configure(DatabaseRef database, Function<? super DatabaseTransaction, ? extends T> work) {
            TestHooks.Begin begin = new TestHooks.Begin() {
                @Override
                public <U> U run(Function<? super DatabaseTransaction, ? extends U> hooked) {
                    return databases.configure(database, tx -> hooked.apply(new HookedTransaction(tx)));
                }
            };
            return hooks.transact(begin, work);
        }
    }

    private final class HookedTransaction extends DelegatingTransaction {
        private final DatabaseTransaction transaction;

        /** A transaction of the catalog in memory is one of a database, too. */
        HookedTransaction(Transaction transaction) {
            super((DatabaseTransaction) transaction);
            this.transaction = (DatabaseTransaction) transaction;
        }

        @Override
        public <R extends Record> Records<R> records(RecordType<R> type) {
            return hooks.records(transaction, type);
        }

        @Override
        public long next(String sequence) {
            return hooks.next(transaction, sequence);
        }
    }
}
