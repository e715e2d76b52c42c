// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.fleet.Server;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.Catalog;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.DatabaseTransaction;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.DelegatingDatabases;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.testing.DelegatingBackend;
import dev.allotment.testing.DelegatingCatalog;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A backend on which every transaction has a deadlock at its commit, is rolled back, and runs again from the start.
 */
public final class ReplayingBackend extends DelegatingBackend {
    private final Backend storage;

    public ReplayingBackend(Backend storage) {
        super(storage);
        this.storage = storage;
    }

    private static final class Deadlock extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Deadlock(String lost) {
            super("Rolled back: " + lost);
        }
    }

    private interface Place<X> {
        <T extends @Nullable Object> T run(Function<? super X, ? extends T> work);
    }

    private static <X, T extends @Nullable Object> T replay(Place<X> place, Function<? super X, ? extends T> work) {
        try {
            place.run(transaction -> {
                T lost = work.apply(transaction);
                throw new Deadlock(String.valueOf(lost));
            });
        } catch (Deadlock expected) {
            return place.run(work);
        }
        throw new IllegalStateException("The deadlock was swallowed");
    }

    @Override
    public Catalog catalog() {
        Catalog catalog = storage.catalog();
        return new DelegatingCatalog(catalog) {
            @Override
            public <T extends @Nullable Object> T transact(Function<? super Transaction, ? extends T> work) {
                return replay(catalog::transact, work);
            }
        };
    }

    @Override
    public Databases databases(Server server) {
        return new ReplayingDatabases(storage.databases(server));
    }

    @Override
    public void close() {}

    private static final class ReplayingDatabases extends DelegatingDatabases {
        private final Databases databases;

        ReplayingDatabases(Databases databases) {
            super(databases);
            this.databases = databases;
        }

        @Override
        public <T extends @Nullable Object> T transact(
                DatabaseRef database, Function<? super DatabaseTransaction, ? extends T> work) {
            return replay(
                    new Place<DatabaseTransaction>() {
                        @Override
                        public <R extends @Nullable Object> R run(
                                Function<? super DatabaseTransaction, ? extends R> each) {
                            return databases.transact(database, each);
                        }
                    },
                    work);
        }

        @Override
        public <T extends @Nullable Object> T configure(
                DatabaseRef database, Function<? super DatabaseTransaction, ? extends T> work) {
            return replay(
                    new Place<DatabaseTransaction>() {
                        @Override
                        public <R extends @Nullable Object> R run(
                                Function<? super DatabaseTransaction, ? extends R> each) {
                            return databases.configure(database, each);
                        }
                    },
                    work);
        }
    }
}
