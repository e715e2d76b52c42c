// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.CreateTenant;
import dev.allotment.CreateTenant.Administrator;
import dev.allotment.Parameter;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.access.Member;
import dev.allotment.access.MemberId;
import dev.allotment.core.Consistency;
import dev.allotment.core.Fixture;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.fleet.Server;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.DatabaseTransaction;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordTypes;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A node stalls right before it drops a database, and another node finishes the operation meanwhile. */
final class StalledCompensationTest {
    private final Fixture fixture = new Fixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void doesNotDropADatabaseThatAnotherNodeHasFilledAndOpened() {
        CreateTenant wish = CreateTenant.outsidePlans("shop", new Administrator("boss", "secret"))
                .idempotencyKey("key")
                .build();
        AtomicBoolean stalled = new AtomicBoolean();
        fixture.backend.watch(step -> {
            if (step.equals("after create") && !stalled.get()) {
                spendNumbers("shop");
            } else if (step.equals("before drop") && stalled.compareAndSet(false, true)) {
                // It has just checked that the operation is still its own.
                fixture.clock.advance(OperationLeases.LEASE);
                other().operations().recover();
                inside(
                        "shop",
                        tx -> tx.records(RecordTypes.PARAMETERS).insert(new Parameter(0, "work", "done", false)));
            }
        });

        assertThatThrownBy(() -> fixture.saas.tenants().create(wish)).isInstanceOf(SaasException.class);
        fixture.backend.unwatch();

        assertThat(stalled).as("the node stalled before the drop").isTrue();
        assertThat(fixture.storage.isOpen("shop")).isTrue();
        assertThat(fixture.saas.database("shop").parameters().value("work")).contains("done");
        assertThat(fixture.saas.tenants().create(wish).tenant().state()).isEqualTo(TenantState.OPEN);
        Consistency.check(fixture.storage);
    }

    @Test
    void doesNotDropATenantThatGotItsOldNameBackMeanwhile() {
        CreateTenant wish = CreateTenant.outsidePlans("old", new Administrator("boss", "secret"))
                .build();
        AtomicBoolean taken = new AtomicBoolean();
        AtomicBoolean stalled = new AtomicBoolean();
        fixture.backend.watch(step -> {
            if (step.equals("before open") && taken.compareAndSet(false, true)) {
                fixture.clock.advance(OperationLeases.LEASE);
                Saas other = other();
                other.operations().recover();
                rename(other, "old", "new");
            } else if (step.equals("before discard") && stalled.compareAndSet(false, true)) {
                // It has read that the tenant has another name, so the database of this name must be a late copy.
                rename(other(), "new", "old");
            }
        });

        assertThatThrownBy(() -> fixture.saas.tenants().create(wish)).isInstanceOf(SaasException.class);
        fixture.backend.unwatch();

        assertThat(stalled).as("the node stalled before the drop").isTrue();
        assertThat(fixture.saas.tenants().findByName("old")).isPresent();
        assertThat(fixture.storage.isOpen("old")).isTrue();
        assertThat(fixture.saas.database("old").members().authenticate("boss", "secret", null))
                .isPresent();
        Consistency.check(fixture.storage);
    }

    private static void rename(Saas saas, String from, String to) {
        Tenant tenant = saas.tenants().findByName(from).orElseThrow();
        saas.tenants().rename(tenant.id(), to);
    }

    private Saas other() {
        return fixture.builder(fixture.storage).node("node-b").open();
    }

    /** A transaction that was rolled back after it took the numbers of the first members, as on PostgreSQL. */
    private void spendNumbers(String name) {
        inside(name, tx -> {
            Member spent = tx.records(RecordTypes.MEMBERS)
                    .insert(new Member(
                            new MemberId(0), "x", "X", null, true, false, false, "en_US", "UTC", Instant.EPOCH, null));
            tx.records(RecordTypes.MEMBERS).delete(spent.id().value());
            return spent;
        });
    }

    private void inside(String name, Function<DatabaseTransaction, Object> work) {
        Databases databases =
                fixture.storage.databases(Server.builder(Server.DEFAULT_NAME).build());
        DatabaseRef database = databases.list().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
        databases.transact(database, work);
    }
}
