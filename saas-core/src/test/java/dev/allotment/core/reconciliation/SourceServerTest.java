// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.reconciliation;

import static dev.allotment.core.Refusals.assertRefusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.CreateTenant;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Health;
import dev.allotment.Operation;
import dev.allotment.OperationState;
import dev.allotment.Parameter;
import dev.allotment.Plan;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.backup.Backup;
import dev.allotment.backup.BackupId;
import dev.allotment.backup.RestoreBackup;
import dev.allotment.core.Fixture;
import dev.allotment.core.ManyServers;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.fleet.Server;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.testing.InterruptibleBackend;
import dev.allotment.testing.ProcessKilled;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A server that is a copy from the past has the databases of tenants, and is only read. */
final class SourceServerTest {
    private static final String URL = "past";

    private final Fixture fixture = new Fixture();
    private final ManyServers provider = new ManyServers();
    private final Saas saas =
            fixture.builder(fixture.storage).provider(provider).node("node-b").open();
    private final User owner = fixture.signUp("owner@example.com");
    private final Tenant shop = saas.tenants()
            .create(CreateTenant.onPlan(fixture.plan())
                    .owner(owner)
                    .name("shop.example.com")
                    .build())
            .tenant();
    private final Server past = saas.servers()
            .create(Server.builder("past")
                    .backend(ManyServers.NAME)
                    .settings(Map.of("url", URL))
                    .state(Server.State.SOURCE)
                    .build());
    private final List<String> steps = new ArrayList<>();

    SourceServerTest() {
        // The database of the tenant as it was, under the name that it had then.
        Databases databases = databases(URL);
        fixture.storage
                .databases(saas.servers().get(shop.serverId()))
                .transfer()
                .send(
                        new DatabaseRef(shop.name(), shop.uuid()),
                        content -> databases.transfer().receive(new DatabaseRef("old-name", shop.uuid()), content));
        provider.watch(URL, steps::add);
        saas.database(shop.name()).parameters().set("shop.setting", "present");
    }

    private Databases databases(String url) {
        return provider.at(url).databases(Server.builder(Server.DEFAULT_NAME).build());
    }

    @AfterEach
    void close() {
        saas.close();
        fixture.close();
    }

    private String restored(Backup backup, String name) {
        Tenant tenant = saas.backups()
                .restore(
                        RestoreBackup.builder(shop.id(), backup.id()).name(name).build())
                .tenant();
        return saas.database(tenant.name()).parameters().value("shop.setting").orElse("nothing");
    }

    private long operations(OperationState state) {
        return saas.operations().count(Filter.equal(Operation.STATE, state));
    }

    @Test
    void isReadAndNothingElse() {
        assertThat(past)
                .as("lost for nodes that know no sources")
                .returns(true, Server::lost)
                .returns(Server.State.SOURCE, Server::state);
        Backup backup = saas.backups().createFrom(shop.id(), past.id(), "once");
        assertThat(saas.backups().createFrom(shop.id(), past.id(), "once")).isEqualTo(backup);
        assertThat(restored(backup, "restored.example.com")).isEqualTo("nothing");
        saas.parameters().set(Parameter.RETENTION_DAYS, "7");
        saas.tenants().delete(shop.id());
        assertThat(saas.backups().createFrom(shop.id(), past.id(), null).madeBy())
                .as("of a deleted tenant")
                .isEqualTo("source");
        saas.tenants().purge(shop.id());
        saas.maintenance().run();
        assertThat(saas.reconciliation().check().findings()).isEmpty();

        assertThat(steps).filteredOn(step -> step.startsWith("before")).containsOnly("before find", "before send");
    }

    @Test
    void isReadInTheBackgroundOnceForAKey() {
        Operation started = saas.async().createBackupFrom(shop.id(), past.id(), "once");
        assertThat(saas.async().createBackupFrom(shop.id(), past.id(), "once").id())
                .isEqualTo(started.id());
        assertThat(steps).isEmpty();
        saas.maintenance().run();
        Backup backup = saas.backups().createFrom(shop.id(), past.id(), "once");
        assertThat(backup.id()).isEqualTo(new BackupId(started.uuid()));
        assertThat(restored(backup, "restored.example.com")).isEqualTo("nothing");

        Operation cancelled = saas.async().createBackupFrom(shop.id(), past.id(), null);
        saas.operations().cancel(cancelled.id());
        saas.maintenance().run();
        assertThat(saas.backups().list(shop.id())).containsExactly(backup);
    }

    @Test
    void keepsABackupFromItLikeTheOneBeforeARestore() {
        Backup backup = saas.backups().createFrom(shop.id(), past.id(), null);
        for (int day = 0; day < 7; day++) {
            fixture.clock.advance(Duration.ofDays(1));
            saas.backups().create(shop.id(), null);
        }
        assertThat(saas.backups().find(shop.id(), backup.id())).contains(backup);
        fixture.clock.advance(Duration.ofMinutes(1));
        saas.backups().create(shop.id(), null);
        assertThat(saas.backups().find(shop.id(), backup.id())).isEmpty();
    }

    @Test
    void isOnlyForAdministrators() {
        assertRefusal(() -> saas.actingAs(owner.id()).backups().createFrom(shop.id(), past.id(), null))
                .isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertRefusal(() -> saas.actingAs(owner.id()).async().createBackupFrom(shop.id(), past.id(), null))
                .isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertThat(steps).isEmpty();
    }

    @Test
    void staysRegisteredWhileItIsRead() {
        List<String> refused = new ArrayList<>();
        provider.watch(URL, step -> {
            if (step.equals("before send")) {
                for (Runnable change : List.<Runnable>of(
                        () -> saas.servers().delete(past.id()),
                        () -> saas.servers()
                                .update(
                                        past.id(),
                                        each -> each.toBuilder()
                                                .settings(Map.of("url", "another"))
                                                .build()))) {
                    try {
                        change.run();
                    } catch (SaasException e) {
                        refused.add(e.code());
                    }
                }
            }
        });

        saas.backups().createFrom(shop.id(), past.id(), null);

        assertThat(refused).containsExactly(ErrorCodes.SERVER_IN_USE, ErrorCodes.SERVER_IN_USE);
        saas.servers().delete(past.id());
        assertRefusal(() -> saas.backups().createFrom(shop.id(), past.id(), null))
                .isEqualTo(ErrorCodes.RECORD_MISSING);
    }

    @Test
    void leavesNothingIfTheSourceFails() {
        provider.watch(URL, step -> {
            if (step.equals("after send")) {
                throw SaasException.unavailable(ErrorCodes.BACKEND_UNAVAILABLE, "unreachable", null);
            }
        });

        assertRefusal(() -> saas.backups().createFrom(shop.id(), past.id(), null))
                .isEqualTo(ErrorCodes.BACKEND_UNAVAILABLE);

        assertThat(saas.backups().list(shop.id())).isEmpty();
        assertThat(fixture.backups.list(shop.uuid() + "/")).as("only the key").hasSize(1);
        assertThat(operations(OperationState.RUNNING)).isZero();
    }

    /** The source is what the operation works on, not the server of the tenant, which may be the one that is down. */
    @Test
    void anotherNodeReadsItWhileTheServerOfTheTenantIsDown() {
        Server near = saas.servers()
                .create(Server.builder("near")
                        .backend(ManyServers.NAME)
                        .settings(Map.of("url", "near"))
                        .build());
        Plan plan = saas.plans().create(Plan.builder("Near").serverId(near.id()).build());
        Tenant tenant = saas.tenants()
                .create(CreateTenant.onPlan(plan)
                        .owner(owner)
                        .name("near.example.com")
                        .build())
                .tenant();
        DatabaseRef database = new DatabaseRef(tenant.name(), tenant.uuid());
        databases("near")
                .transfer()
                .send(database, content -> databases(URL).transfer().receive(database, content));
        InterruptibleBackend process = InterruptibleBackend.over(fixture.storage);
        provider.watch(URL, step -> {
            if (step.equals("after send")) {
                process.killAfter(0);
            }
        });
        Saas victim = fixture.builder(process).provider(provider).node("victim").open();
        assertThatThrownBy(() -> victim.backups().createFrom(tenant.id(), past.id(), null))
                .isInstanceOf(ProcessKilled.class);
        provider.watch(URL, step -> {});
        fixture.clock.advance(OperationLeases.LEASE.plusSeconds(1));

        provider.fail(URL, Health.down("The source is down."));
        saas.servers().status(past.id());
        saas.maintenance().run();
        assertThat(operations(OperationState.RUNNING))
                .as("waits for the source")
                .isOne();

        provider.fail(URL, Health.healthy());
        saas.servers().status(past.id());
        provider.fail("near", Health.down("The server of the tenant is down."));
        saas.servers().status(near.id());
        saas.maintenance().run();
        assertThat(operations(OperationState.RUNNING)).isZero();
        assertThat(saas.backups().list(tenant.id())).hasSize(1);
    }

    @Test
    void anotherNodeReadsItAgainWhereverTheFirstOneDies() {
        boolean killed = true;
        for (int points = 0; killed; points++) {
            InterruptibleBackend process = InterruptibleBackend.over(fixture.storage);
            Saas victim =
                    fixture.builder(process).provider(provider).node("victim").open();
            process.killAfter(points);
            killed = false;
            try {
                victim.backups().createFrom(shop.id(), past.id(), null);
            } catch (ProcessKilled e) {
                killed = true;
            }
            boolean started = operations(OperationState.RUNNING) > 0;
            fixture.clock.advance(OperationLeases.LEASE.plusSeconds(1));
            saas.operations().recover();
            assertThat(operations(OperationState.RUNNING)).isZero();
            assertThat(saas.backups().list(shop.id())).hasSizeBetween(started || !killed ? 1 : 0, 1);
            for (Backup backup : saas.backups().list(shop.id())) {
                assertThat(restored(backup, "restored-" + points + ".example.com"))
                        .isEqualTo("nothing");
                saas.backups().delete(shop.id(), backup.id());
            }
        }
    }
}
