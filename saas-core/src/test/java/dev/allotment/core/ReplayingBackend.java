// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.DatabaseLogin;
import dev.allotment.Health;
import dev.allotment.Server;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.Capability;
import dev.allotment.spi.backend.Catalog;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.DatabaseTransaction;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.Transaction;
import java.io.InputStream;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A backend on which every transaction meets a deadlock at its end, is rolled back, and is run again from the start. */
record ReplayingBackend(Backend storage) implements Backend {
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
        return new Catalog() {
            @Override
            public void migrate() {
                catalog.migrate();
            }

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
    public String dialect() {
        return storage.dialect();
    }

    @Override
    public Health health() {
        return storage.health();
    }

    @Override
    public Set<Capability> capabilities() {
        return storage.capabilities();
    }

    @Override
    public void close() {}

    private record ReplayingDatabases(Databases databases) implements Databases {
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

        @Override
        public Set<String> reservedNames() {
            return databases.reservedNames();
        }

        @Override
        public void create(DatabaseRef database) {
            databases.create(database);
        }

        @Override
        public void copy(DatabaseRef source, DatabaseRef database) {
            databases.copy(source, database);
        }

        @Override
        public void send(DatabaseRef database, Consumer<? super InputStream> receiver) {
            databases.send(database, receiver);
        }

        @Override
        public void receive(DatabaseRef database, InputStream content) {
            databases.receive(database, content);
        }

        @Override
        public void open(DatabaseRef database) {
            databases.open(database);
        }

        @Override
        public void close(DatabaseRef database) {
            databases.close(database);
        }

        @Override
        public void adopt(DatabaseRef database) {
            databases.adopt(database);
        }

        @Override
        public void release(DatabaseRef database) {
            databases.release(database);
        }

        @Override
        public void rename(DatabaseRef database, String newName) {
            databases.rename(database, newName);
        }

        @Override
        public void drop(DatabaseRef database) {
            databases.drop(database);
        }

        @Override
        public boolean exists(String name) {
            return databases.exists(name);
        }

        @Override
        public List<DatabaseRef> list() {
            return databases.list();
        }

        @Override
        public long size(DatabaseRef database) {
            return databases.size(database);
        }

        @Override
        public DatabaseLogin login(DatabaseRef database, String password) {
            return databases.login(database, password);
        }
    }
}
