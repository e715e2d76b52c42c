// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.reconciliation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreateTenant;
import dev.allotment.CreatedTenant;
import dev.allotment.DuplicateTenant;
import dev.allotment.ErrorCodes;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationState;
import dev.allotment.Parameter;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.access.Member;
import dev.allotment.core.Consistency;
import dev.allotment.core.Fixture;
import dev.allotment.core.Refusals;
import dev.allotment.core.Story;
import dev.allotment.fleet.Finding;
import dev.allotment.fleet.FindingCode;
import dev.allotment.fleet.ReconciliationReport;
import dev.allotment.fleet.RepairRequest;
import dev.allotment.fleet.Server;
import dev.allotment.spi.backend.DatabaseEntry;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.DelegatingDatabases;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.ReservedName;
import dev.allotment.testing.DelegatingBackend;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An operator restores an older backup of the catalog. The database servers are not restored. */
final class RestoredCatalogTest {
    private static final String VICTIM = "victim@example.com";
    private static final String EVE = "eve@example.com";

    private Fixture fixture = Story.fixture();
    private Plan plan;
    private User victim;
    private User eve;

    @BeforeEach
    void stockASpare() {
        plan = fixture.plan(Plan.builder("Stocked").dbNameTemplate("t%i").spares(1));
        fixture.saas.templates().build(plan.id(), List.of("sale"));
        victim = fixture.signUp(VICTIM);
        eve = fixture.signUp(EVE);
        for (int i = 0; fixture.saas.maintenance().run() > 0; i++) {
            assertThat(i).as("the maintenance finishes").isLessThan(10);
        }
        assertThat(Consistency.all(fixture.storage, RecordTypes.SPARES)).hasSize(1);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void aSpareThatWasClaimedSinceGoesToNobodyElse() {
        Runnable restore = fixture.storage.backUpCatalog();
        Tenant first = create(fixture.saas, victim, null);

        restore.run();
        Tenant second = create(reopened(), eve, null);

        assertThat(second.uuid()).isNotEqualTo(first.uuid());
        assertThat(second.name()).isNotEqualTo(first.name());
        assertThat(owners(first)).containsExactly(VICTIM);
        assertThat(owners(second)).containsExactly(EVE);
    }

    @Test
    void theNameOfADatabaseThatTheCatalogDoesNotKnowIsTaken() {
        Runnable restore = fixture.storage.backUpCatalog();
        Tenant first = create(fixture.saas, victim, "shop");

        restore.run();
        Saas restored = reopened();

        Refusals.assertRefusal(() -> create(restored, eve, "shop")).isEqualTo("tenant.name-taken");
        Tenant second = create(restored, eve, "other");
        assertThat(second.uuid()).isNotEqualTo(first.uuid());
        assertThat(owners(first)).containsExactly(VICTIM);
        assertThat(owners(second)).containsExactly(EVE);
        assertThat(fixture.storage.isOpen("shop")).isTrue();
    }

    @Test
    void anotherEpochStartsAndNothingOfTheTimeBeforeIsTrusted() {
        Runnable restore = fixture.storage.backUpCatalog();
        Tenant first = create(fixture.saas, victim, null);
        restore.run();

        Saas restored = reopened();

        assertThat(Consistency.all(fixture.storage, RecordTypes.SPARES)).isEmpty();
        assertThat(restored.events().list(Query.all())).extracting(Event::type).contains(EventType.CATALOG_RESTORED);
        // Only once, and the operations of the new epoch are later than those that were lost.
        restored = reopened();
        assertThat(restored.events().list(Query.where(Filter.equal(Event.TYPE, EventType.CATALOG_RESTORED))))
                .hasSize(1);
        for (int i = 0; restored.maintenance().run() > 0; i++) {
            assertThat(i).as("the maintenance finishes").isLessThan(10);
        }
        assertThat(Consistency.all(fixture.storage, RecordTypes.SPARES)).hasSize(1);
        Tenant second = create(restored, eve, null);
        assertThat(second.name()).isNotEqualTo(first.name());
        assertThat(restored.tenants().suspend(second.id()).state()).isEqualTo(TenantState.SUSPENDED);
    }

    @Test
    void aTenantThatWasRestoredSinceIsNotPurged() {
        fixture.saas.parameters().set(Parameter.RETENTION_DAYS, "7");
        Tenant tenant = create(fixture.saas, victim, "shop");
        fixture.saas.tenants().delete(tenant.id());
        Runnable restore = fixture.storage.backUpCatalog();
        fixture.saas.tenants().restore(tenant.id());
        restore.run();

        Saas restored = reopened();
        fixture.clock.advance(Duration.ofDays(30));
        restored.maintenance().run();
        Refusals.assertRefusal(() -> restored.tenants().purge(tenant.id())).isEqualTo("operation.taken-over");

        assertThat(fixture.storage.isOpen("shop")).isTrue();
        assertThat(owners(tenant)).containsExactly(VICTIM);
        restored.tenants().restore(tenant.id());
        restored.tenants().delete(tenant.id());
        assertThat(restored.tenants().purge(tenant.id()).state()).isEqualTo(TenantState.DELETED);
    }

    @Test
    void aServerThatCannotBeReadAtFirstIsReadLater() {
        Server second = fixture.saas.servers().create(Server.builder("second").build());
        Tenant shop = create(fixture.saas, victim, "shop");
        Runnable restore = fixture.storage.backUpCatalog();
        fixture.saas.tenants().suspend(shop.id());
        fixture.saas.tenants().resume(shop.id());
        fixture.saas
                .tenants()
                .duplicate(DuplicateTenant.builder(shop.id())
                        .name("copy")
                        .server(second.id())
                        .build());
        restore.run();

        AtomicBoolean unreachable = new AtomicBoolean(true);
        Saas restored = fixture.builder(new DelegatingBackend(fixture.storage) {
                    @Override
                    public Databases databases(Server server) {
                        return new DelegatingDatabases(super.databases(server)) {
                            @Override
                            public List<DatabaseEntry> inventory() {
                                if (server.name().equals("second") && unreachable.get()) {
                                    throw SaasException.unavailable(ErrorCodes.BACKEND_UNAVAILABLE, "no answer", null);
                                }
                                return super.inventory();
                            }
                        };
                    }
                })
                .open();
        restored.maintenance().run();
        assertThat(names()).contains("shop").doesNotContain("copy");
        unreachable.set(false);
        restored.maintenance().run();

        assertThat(names()).contains("shop", "copy");
        Refusals.assertRefusal(() -> create(restored, eve, "copy")).isEqualTo("tenant.name-taken");
        assertThat(restored.events().list(Query.where(Filter.equal(Event.TYPE, EventType.CATALOG_RESTORED))))
                .hasSize(1);
    }

    @Test
    void aDatabaseThatWasChangedSinceIsFoundUntilItIsRepaired() {
        Tenant changed = create(fixture.saas, victim, "shop");
        Tenant kept = create(fixture.saas, victim, "kept");
        Runnable restore = fixture.storage.backUpCatalog();
        fixture.saas.tenants().suspend(changed.id());
        restore.run();

        Saas restored = reopened();
        ReconciliationReport report = restored.reconciliation().check();
        assertThat(findings(report, FindingCode.CHANGED_SINCE_BACKUP))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.tenantId()).isEqualTo(changed.id());
                    assertThat(finding.database()).isEqualTo("shop");
                    assertThat(finding.uuid()).isEqualTo(changed.uuid());
                    assertThat(finding.automatic()).isTrue();
                    assertThat(finding.message()).contains("shop", "may be those of an older backup");
                });
        assertThat(findings(report, FindingCode.NOT_OPEN))
                .extracting(Finding::tenantId)
                .containsExactly(changed.id());

        restored.reconciliation().repair(RepairRequest.builder().build());
        assertThat(restored.reconciliation().check().findings()).isEmpty();
        assertThat(fixture.storage.isOpen("shop")).isTrue();
        assertThat(owners(kept)).containsExactly(VICTIM);
    }

    @Test
    void anOperationThatFailsAfterwardsIsUndecidedUntilItIsAbandoned() {
        Tenant shop = create(fixture.saas, victim, "shop");
        Tenant other = create(fixture.saas, victim, "other");
        fixture.backend.watch(step -> {
            if (step.equals("before drop")) {
                throw SaasException.unavailable(ErrorCodes.BACKEND_UNAVAILABLE, "no answer", null);
            }
        });
        Refusals.refusal(() -> fixture.saas.tenants().purge(shop.id()));
        Runnable restore = fixture.storage.backUpCatalog();
        fixture.saas.tenants().suspend(other.id());
        fixture.saas.tenants().resume(other.id());
        assertThat(findings(fixture.saas.reconciliation().check(), FindingCode.UNDECIDED_OPERATION))
                .as("it failed, but no older catalog was restored")
                .isEmpty();
        restore.run();

        Saas restored = fixture.builder(fixture.backend).open();
        Finding finding = findings(restored.reconciliation().check(), FindingCode.UNDECIDED_OPERATION)
                .get(0);
        Operation operation = restored.operations()
                .list(Query.where(Filter.equal(Operation.STATE, OperationState.RUNNING)))
                .get(0);
        assertThat(finding.tenantId()).isEqualTo(shop.id());
        assertThat(finding.automatic()).isFalse();
        assertThat(finding.message())
                .contains("Operation " + operation.id(), "has failed " + operation.attempts() + " times since");

        fixture.backend.unwatch();
        restored.operations().abandon(operation.id(), "looked at the database");
        assertThat(findings(restored.reconciliation().check(), FindingCode.UNDECIDED_OPERATION))
                .isEmpty();
    }

    private static List<Finding> findings(ReconciliationReport report, FindingCode code) {
        return report.findings().stream().filter(each -> each.code() == code).toList();
    }

    private List<String> names() {
        return Consistency.all(fixture.storage, RecordTypes.RESERVED_NAMES).stream()
                .map(ReservedName::name)
                .toList();
    }

    private Saas reopened() {
        return fixture.builder(fixture.storage).open();
    }

    private Tenant create(Saas saas, User owner, String name) {
        CreatedTenant created = saas.tenants()
                .create(CreateTenant.onPlan(plan).owner(owner).name(name).build());
        Story.letsIn(saas, created.tenant().name(), Objects.requireNonNull(created.signInLink()));
        return created.tenant();
    }

    private List<String> owners(Tenant tenant) {
        return fixture.storage
                .databases(Server.builder(Server.DEFAULT_NAME).build())
                .transact(
                        new dev.allotment.spi.backend.DatabaseRef(tenant.name(), tenant.uuid()),
                        tx -> tx.records(RecordTypes.MEMBERS).list(Query.all()).stream()
                                .filter(Member::owner)
                                .map(Member::login)
                                .toList());
    }
}
