// SPDX-License-Identifier: Apache-2.0
package dev.allotment.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.fleet.Server;
import dev.allotment.spi.backend.ActivityReader;
import dev.allotment.spi.backend.Adoption;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.Catalog;
import dev.allotment.spi.backend.CatalogMarks;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.DelegatingDatabases;
import dev.allotment.spi.backend.FencingToken;
import dev.allotment.spi.backend.LoadMeter;
import dev.allotment.spi.backend.ReadOnlyLogins;
import dev.allotment.spi.backend.Replication;
import dev.allotment.spi.backend.ServerWatch;
import dev.allotment.spi.backend.Transfer;
import dev.allotment.spi.backend.WarmSpares;
import dev.allotment.spi.backup.BackupStore;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
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

    @Test
    void everyMethodOfAnAbilityIsPassedOn() {
        assertThatCode(() -> {
                    check(Transfer.class, Databases::transfer);
                    check(Adoption.class, Databases::adoption);
                    check(WarmSpares.class, Databases::warmSpares);
                    check(ServerWatch.class, Databases::watch);
                    check(LoadMeter.class, Databases::loadMeter);
                    check(ActivityReader.class, Databases::activityReader);
                    check(ReadOnlyLogins.class, Databases::readOnlyLogins);
                    check(CatalogMarks.class, Databases::marks);
                    check(Replication.class, Databases::replication);
                })
                .doesNotThrowAnyException();
    }

    private static <T> void check(Class<T> ability, Function<Databases, @Nullable T> accessor) {
        Forwarding.check(ability, target -> accessor.apply(new DelegatingDatabases(having(ability, target)) {}));
        Forwarding.check(
                ability,
                target -> accessor.apply(
                        interruptible(null, having(ability, target)).databases(SERVER)));
        assertThat(accessor.apply(new DelegatingDatabases(having(Object.class, "nothing")) {}))
                .as("an ability that the wrapped databases do not have")
                .isNull();
    }

    /** Returns databases that have one ability. */
    private static Databases having(Class<?> ability, Object target) {
        return (Databases) Proxy.newProxyInstance(
                Databases.class.getClassLoader(),
                new Class<?>[] {Databases.class},
                (proxy, method, arguments) -> method.getReturnType() == ability ? target : null);
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
                    public void copy(DatabaseRef source, DatabaseRef database) {
                        super.copy(database, source);
                    }
                }))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("[copy[DatabaseRef, DatabaseRef]]");
    }

    /** The protection against copies of the catalog depends on it. */
    @Test
    void theMarkOfAServerPassesWrappers() {
        String[] mark = new String[1];
        Databases marked = new DelegatingDatabases(MemoryBackend.create().databases(SERVER)) {
            @Override
            public CatalogMarks marks() {
                return this;
            }

            @Override
            public @Nullable String mark() {
                return mark[0];
            }

            @Override
            public void setMark(String text) {
                mark[0] = text;
            }
        };
        new DelegatingDatabases(marked) {}.marks().setMark("1 here");
        assertThat(interruptible(null, marked).databases(SERVER).marks().mark()).isEqualTo("1 here");
        interruptible(null, marked).databases(SERVER).marks().setMark("2 there");
        assertThat(new DelegatingDatabases(marked) {}.marks().mark()).isEqualTo("2 there");
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
