// SPDX-License-Identifier: Apache-2.0
package dev.allotment.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.Server;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.Catalog;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.FencingToken;
import dev.allotment.spi.backend.Replication;
import dev.allotment.spi.backup.BackupStore;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ForwardingTest {
    private static final Server SERVER = Server.builder(Server.DEFAULT_NAME).build();

    @Test
    void everyMethodOfADelegatingClassIsPassedOn() {
        assertThatCode(() -> {
                    Forwarding.check(Backend.class, backend -> new DelegatingBackend(backend) {});
                    Forwarding.check(Catalog.class, catalog -> new DelegatingCatalog(catalog) {});
                    Forwarding.check(Databases.class, databases -> new DelegatingDatabases(databases) {});
                })
                .doesNotThrowAnyException();
    }

    @Test
    void everyMethodOfAnInterruptibleStorageIsPassedOn() {
        assertThatCode(() -> {
                    Forwarding.check(Backend.class, InterruptibleBackend::over, "close");
                    Forwarding.check(
                            Catalog.class,
                            catalog -> interruptible(catalog, null).catalog());
                    Forwarding.check(
                            Databases.class,
                            databases -> interruptible(null, databases).databases(SERVER));
                    Forwarding.check(
                            BackupStore.class,
                            store -> InterruptibleBackend.over(MemoryBackend.create())
                                    .store(store));
                })
                .doesNotThrowAnyException();
    }

    private static InterruptibleBackend interruptible(@Nullable Catalog catalog, @Nullable Databases databases) {
        return InterruptibleBackend.over(new DelegatingBackend(MemoryBackend.create()) {
            @Override
            public Catalog catalog() {
                return catalog == null ? super.catalog() : catalog;
            }

            @Override
            public Databases databases(Server server) {
                return databases == null ? super.databases(server) : databases;
            }
        });
    }

    @Test
    void everyMethodOfAWrappedObjectIsPassedOn() {
        assertThatCode(() -> Forwarding.check(
                        Replication.class,
                        replication -> Wrapped.of(
                                Replication.class, replication, (method, arguments, next) -> next.call(arguments))))
                .doesNotThrowAnyException();
    }

    @Test
    void aForgottenMethodAndExchangedArgumentsAreFound() {
        assertThatThrownBy(() -> Forwarding.check(Catalog.class, catalog -> new DelegatingCatalog(catalog) {
                    @Override
                    public @Nullable String place() {
                        return null;
                    }
                }))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("[place[]]");
        assertThatThrownBy(() -> Forwarding.check(Databases.class, databases -> new DelegatingDatabases(databases) {
                    @Override
                    public void exchange(DatabaseRef database, DatabaseRef other) {
                        super.exchange(other, database);
                    }
                }))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("[exchange[DatabaseRef, DatabaseRef]]");
    }

    /** The protection against copies of the catalog depends on it. */
    @Test
    void theMarkOfAServerPassesWrappers() {
        String[] mark = new String[1];
        Databases marked = new DelegatingDatabases(MemoryBackend.create().databases(SERVER)) {
            @Override
            public @Nullable String mark() {
                return mark[0];
            }

            @Override
            public void setMark(String text) {
                mark[0] = text;
            }
        };
        new DelegatingDatabases(marked) {}.setMark("1 here");
        assertThat(interruptible(null, marked).databases(SERVER).mark()).isEqualTo("1 here");
        interruptible(null, marked).databases(SERVER).setMark("2 there");
        assertThat(new DelegatingDatabases(marked) {}.mark()).isEqualTo("2 there");
    }

    @Test
    void aViewForAnOperationCanBeWrapped() {
        MemoryBackend memory = MemoryBackend.create();
        List<String> created = new java.util.ArrayList<>();
        class Noting extends DelegatingDatabases {
            Noting(Databases databases) {
                super(databases);
            }

            @Override
            protected Databases view(Databases fenced) {
                return new Noting(fenced);
            }

            @Override
            public void create(DatabaseRef database) {
                created.add(database.name());
                super.create(database);
            }
        }

        new Noting(memory.databases(SERVER))
                .fencedBy(new FencingToken(1, 1, new UUID(1, 1), 1))
                .create(new DatabaseRef("shop.example", new UUID(1, 2)));

        assertThat(created).containsExactly("shop.example");
    }
}
