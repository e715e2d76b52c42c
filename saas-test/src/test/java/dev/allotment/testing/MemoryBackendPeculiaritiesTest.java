// SPDX-License-Identifier: Apache-2.0
package dev.allotment.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.ErrorCodes;
import dev.allotment.Parameter;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.fleet.Server;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.BackendProvider;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Tests what the memory backend does beyond the SPI, and what it does not support. */
class MemoryBackendPeculiaritiesTest {
    private static final DatabaseRef SHOP = new DatabaseRef("shop.example", new UUID(1, 1));

    private final MemoryBackend backend = MemoryBackend.create();
    private final Databases databases = backend.databases(server(Server.DEFAULT_NAME));

    @Test
    void serviceLoaderFindsItByName() {
        assertThat(ServiceLoader.load(BackendProvider.class))
                .extracting(BackendProvider::name)
                .contains("memory");
    }

    @Test
    void scriptsAreRecordedAndCopied() {
        databases.create(SHOP);
        databases.configure(SHOP, tx -> {
            tx.run("create table one");
            tx.run("create table two");
            return null;
        });
        databases.copy(SHOP, new DatabaseRef("copy.example", new UUID(1, 2)));

        assertThat(backend.scripts("shop.example")).containsExactly("create table one", "create table two");
        assertThat(backend.scripts("copy.example")).containsExactly("create table one", "create table two");
    }

    @Test
    void aScriptThatStartsWithFailFailsAndNothingIsStored() {
        databases.create(SHOP);

        assertThatThrownBy(() -> databases.configure(SHOP, tx -> {
                    tx.run("create table one");
                    tx.run("\n fail, please");
                    return null;
                }))
                .isInstanceOfSatisfying(
                        SaasException.class, e -> assertThat(e.code()).isEqualTo(ErrorCodes.ADDON_FAILED));
        assertThat(backend.scripts("shop.example")).isEmpty();
    }

    @Test
    void aScriptThatOnlyMentionsFailureRuns() {
        databases.create(SHOP);
        databases.configure(SHOP, tx -> {
            tx.run("failure is no option; fail");
            return null;
        });
        assertThat(backend.scripts("shop.example")).hasSize(1);
    }

    @Test
    void aTransactionInsideAnotherOneIsRefused() {
        assertRefused(
                () -> backend.catalog().transact(outer -> backend.catalog().transact(inner -> 1)));
        databases.create(SHOP);
        assertRefused(() -> databases.transact(SHOP, outer -> databases.configure(SHOP, inner -> 1)));
        assertRefused(() -> databases.transact(SHOP, outer -> {
            databases.drop(SHOP);
            return null;
        }));
        assertThat(databases.exists(SHOP.name())).isTrue();
    }

    @Test
    void aTransactionOnAnotherPlaceInsideOneIsAllowed() {
        databases.create(SHOP);
        assertThat(backend.catalog().<Integer>transact(outer -> databases.transact(SHOP, inner -> 1)))
                .isEqualTo(1);
    }

    @Test
    void aTransactionThatContinuesAfterADuplicateStoresNothing() {
        Parameter parameter = new Parameter(0, "key", "value", false);
        assertRefused(() -> backend.catalog().transact(tx -> {
            tx.records(RecordTypes.PARAMETERS).insert(parameter);
            assertThatThrownBy(() -> tx.records(RecordTypes.PARAMETERS).insert(parameter))
                    .isInstanceOf(SaasException.class);
            return null;
        }));
        assertThat(backend.catalog()
                        .<Boolean>transact(
                                tx -> tx.records(RecordTypes.PARAMETERS).find(1).isPresent()))
                .isFalse();
    }

    @Test
    void aTransactionCannotBeUsedAfterItFinished() {
        AtomicReference<Transaction> kept = new AtomicReference<>();
        backend.catalog().transact(tx -> {
            kept.set(tx);
            return null;
        });
        assertRefused(() -> kept.get().records(RecordTypes.PARAMETERS).find(1));
    }

    @Test
    void theStateAndTheSizeCanBeReadAndSet() {
        databases.create(SHOP);
        assertThat(backend.isOpen(SHOP.name())).isFalse();
        databases.open(SHOP);
        assertThat(backend.isOpen(SHOP.name())).isTrue();
        backend.setSize(SHOP.name(), 7_000_000);
        assertThat(databases.size(SHOP)).isEqualTo(7_000_000);
    }

    @Test
    void serversAreSeparate() {
        Backend two = new MemoryBackendProvider().open(Settings.of(Map.of("servers", "second")));
        two.databases(server("second")).create(SHOP);
        assertThat(two.databases(server("second")).exists(SHOP.name())).isTrue();
        assertThat(two.databases(server(Server.DEFAULT_NAME)).exists(SHOP.name()))
                .isFalse();
    }

    private static void assertRefused(Runnable call) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        SaasException.class, e -> assertThat(e.code()).isEqualTo(ErrorCodes.BACKEND_FAILED));
    }

    private static Server server(String name) {
        return Server.builder(name).id(new ServerId(1)).sequence(1).build();
    }
}
