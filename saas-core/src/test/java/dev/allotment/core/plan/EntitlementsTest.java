// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.plan;

import static dev.allotment.core.Refusals.assertRefusal;
import static dev.allotment.core.Refusals.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.AdoptTenant;
import dev.allotment.ConfigurationChange;
import dev.allotment.CreateTenant;
import dev.allotment.CreateTenant.Administrator;
import dev.allotment.DuplicateTenant;
import dev.allotment.Entitlement;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.Parameters;
import dev.allotment.Plan;
import dev.allotment.PlanSwitch.Change;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.ServerId;
import dev.allotment.SwapTenants;
import dev.allotment.SwitchPlan;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.access.Group;
import dev.allotment.access.Member;
import dev.allotment.access.TenantDatabase;
import dev.allotment.backup.Backup;
import dev.allotment.backup.RestoreBackup;
import dev.allotment.core.Consistency;
import dev.allotment.core.Fixture;
import dev.allotment.core.TestAddon;
import dev.allotment.fleet.Node;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredTenant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The parameters of all tenants are compared with the catalog after each test. */
final class EntitlementsTest {
    private static final String PROJECTS = Parameter.ENTITLEMENT + "projects";

    private final Fixture fixture = new Fixture(TestAddon.of("sale"));
    private final Saas saas = fixture.saas;
    private final User owner = fixture.signUp("owner@example.com");
    private final Plan plan =
            fixture.plan(Plan.builder("Gold").entitlement("api", true).entitlement("projects", 10));

    @AfterEach
    void close() {
        Consistency.check(fixture.storage);
        fixture.close();
    }

    private Tenant tenant(Plan on, String name) {
        return saas.tenants()
                .create(CreateTenant.onPlan(on).owner(owner).name(name).build())
                .tenant();
    }

    private Plan change(Map<String, Entitlement> entitlements) {
        return saas.plans()
                .update(
                        plan.id(),
                        each -> each.toBuilder().entitlements(entitlements).build());
    }

    private Map<String, String> inside(Tenant tenant) {
        Map<String, String> found = new HashMap<>();
        saas.database(saas.tenants().get(tenant.id()).name())
                .parameters()
                .list(Query.where(Filter.like(Parameter.KEY, Filter.literal(Parameter.ENTITLEMENT) + "%")))
                .forEach(each -> found.put(each.key().substring(Parameter.ENTITLEMENT.length()), each.value()));
        return found;
    }

    @Test
    void reachANewTenantAsParameters() {
        Tenant tenant = tenant(plan, "shop");

        assertThat(tenant.entitlements())
                .isEqualTo(Map.of("api", Entitlement.of(true), "projects", Entitlement.of(10)));
        assertThat(inside(tenant)).isEqualTo(Map.of("api", "true", "projects", "10"));
        assertThat(saas.plans().version(plan.id(), 1).entitlements()).isEqualTo(tenant.entitlements());
    }

    @Test
    void reachATenantThatIsMadeFromATemplateOrASpareOfOtherPlans() {
        saas.templates().build(plan.id(), List.of("sale"));
        Plan filling = saas.plans()
                .update(plan.id(), each -> each.toBuilder().spares(1).build());
        saas.maintenance().run();
        Plan other = fixture.plan(
                Plan.builder("Other").templateId(filling.templateId()).entitlement("reports", 3));

        assertThat(inside(tenant(other, "spare"))).isEqualTo(Map.of("reports", "3"));
        assertThat(inside(tenant(other, "template"))).isEqualTo(Map.of("reports", "3"));
        assertThat(inside(tenant(filling, "own"))).isEqualTo(Map.of("api", "true", "projects", "10"));
    }

    @Test
    void stayThoseOfTheVersionUntilTheTenantIsSwitched() {
        Tenant tenant = tenant(plan, "shop");
        Plan changed = change(Map.of("projects", Entitlement.of(20), "reports", Entitlement.of(false)));
        assertThat(changed.version()).isEqualTo(2);
        saas.tenants().sync(tenant.id());
        assertThat(inside(tenant)).isEqualTo(Map.of("api", "true", "projects", "10"));
        assertThat(inside(tenant(changed, "new"))).isEqualTo(Map.of("projects", "20", "reports", "false"));

        assertThat(saas.tenants().previewSwitch(tenant.id(), plan.id(), 0).changes())
                .contains(
                        new Change("entitlements.api", "true", "none"),
                        new Change("entitlements.projects", "10", "20"),
                        new Change("entitlements.reports", "none", "false"));
        SwitchPlan up = SwitchPlan.builder(tenant.id(), plan.id()).build();
        assertThat(saas.tenants().switchPlan(up).entitlements()).isEqualTo(changed.entitlements());
        assertThat(inside(tenant)).isEqualTo(Map.of("projects", "20", "reports", "false"));

        saas.tenants().switchPlan(up.toBuilder().version(1).build());
        assertThat(inside(tenant)).isEqualTo(Map.of("api", "true", "projects", "10"));
    }

    @Test
    void areThoseOfTheSourceInACopyAndOfTheTenantInARestoredBackup() {
        Tenant tenant = tenant(plan, "shop");
        Backup backup = saas.backups().create(tenant.id(), null);
        Tenant copy = saas.tenants()
                .duplicate(DuplicateTenant.builder(tenant.id()).name("copy").build())
                .tenant();
        assertThat(inside(copy)).isEqualTo(Map.of("api", "true", "projects", "10"));
        change(Map.of("projects", Entitlement.of(1)));
        saas.tenants().switchPlan(SwitchPlan.builder(tenant.id(), plan.id()).build());

        Tenant restored = saas.backups()
                .restore(RestoreBackup.builder(tenant.id(), backup.id())
                        .name("restored")
                        .build())
                .tenant();
        assertThat(inside(restored)).as("the backup had more").isEqualTo(Map.of("projects", "1"));
        saas.backups().restoreInPlace(tenant.id(), backup.id(), null);
        assertThat(inside(tenant)).as("the backup had more").isEqualTo(Map.of("projects", "1"));
    }

    @Test
    void cannotBeKeptByRestoringABackupDuringASwitch() {
        Tenant tenant = tenant(plan, "shop");
        Backup backup = saas.backups().create(tenant.id(), null);
        Plan silver = fixture.plan(Plan.builder("Silver").entitlement("projects", 2));
        RestoreBackup restore =
                RestoreBackup.builder(tenant.id(), backup.id()).name("restored").build();
        List<String> refused = new ArrayList<>();
        fixture.backend.watch(step -> {
            if (!step.equals("before catalog")) {
                return;
            }
            StoredTenant row = fixture.row(tenant.id());
            if (silver.id().equals(row.planId()) && row.entitlements().equals(plan.entitlements())) {
                refused.add(refusal(() -> saas.backups().restore(restore)).code());
            }
        });
        saas.tenants().switchPlan(SwitchPlan.builder(tenant.id(), silver.id()).build());
        fixture.backend.unwatch();

        assertThat(refused).isNotEmpty().containsOnly(ErrorCodes.TENANT_BUSY);
        assertThat(inside(saas.backups().restore(restore).tenant())).isEqualTo(Map.of("projects", "2"));
    }

    @Test
    void areThoseOfTheVersionAfterANodeOfAnOlderBuildHasWrittenTheTenant() {
        Tenant lost = tenant(plan, "shop");
        Tenant kept = tenant(fixture.plan(Plan.builder("Silver")), "other");
        write(lost, Map.of());
        write(kept, plan.entitlements());

        assertThat(saas.tenants().sync(lost.id()).entitlements()).isEqualTo(plan.entitlements());
        assertThat(inside(lost)).isEqualTo(Map.of("api", "true", "projects", "10"));
        assertThat(saas.tenants().sync(kept.id()).entitlements()).isEmpty();
        assertThat(inside(kept)).isEmpty();
    }

    /** Writes a row and its database as a node that does not know entitlements leaves them. */
    private void write(Tenant tenant, Map<String, Entitlement> entitlements) {
        StoredTenant written =
                fixture.row(tenant.id()).toBuilder().entitlements(entitlements).build();
        fixture.storage.catalog().transact(tx -> {
            tx.records(RecordTypes.TENANTS).update(written);
            return null;
        });
        saas.tenants()
                .update(
                        tenant.id(),
                        each -> each.toBuilder().maxUsers(each.maxUsers() + 1).build());
    }

    @Test
    void areNotChangedWhileANodeOfAnOlderBuildIsListed() {
        Node older = fixture.storage.catalog().transact(tx -> {
            tx.records(RecordTypes.NODES).deleteAll(Filter.all());
            return tx.records(RecordTypes.NODES).insert(new Node(0, "older", "1.0", -1, fixture.clock.instant()));
        });

        assertThat(refusal(() -> change(Map.of())))
                .hasMessageContaining("older")
                .extracting("code")
                .isEqualTo(ErrorCodes.PLAN_OLDER_NODE);
        assertRefusal(() -> fixture.plan(Plan.builder("New").entitlement("api", true)))
                .isEqualTo(ErrorCodes.PLAN_OLDER_NODE);
        assertThat(saas.plans()
                        .update(plan.id(), each -> each.toBuilder().maxUsers(7).build())
                        .entitlements())
                .isEqualTo(plan.entitlements());

        fixture.storage.catalog().transact(tx -> {
            tx.records(RecordTypes.NODES).delete(older.id());
            return null;
        });
        assertThat(change(Map.of()).entitlements()).isEmpty();
    }

    @Test
    void stayWithTheTenantIfItsDatabaseIsSwapped() {
        Tenant tenant = tenant(plan, "shop");
        Tenant other = saas.tenants()
                .duplicate(DuplicateTenant.builder(tenant.id()).name("other").build())
                .tenant();
        Plan silver = fixture.plan(Plan.builder("Silver").entitlement("projects", 2));
        saas.tenants().switchPlan(SwitchPlan.builder(other.id(), silver.id()).build());

        saas.tenants()
                .swap(SwapTenants.builder(tenant.id(), other.id())
                        .neutralised(true)
                        .build());

        assertThat(inside(tenant)).isEqualTo(Map.of("api", "true", "projects", "10"));
        assertThat(inside(other)).isEqualTo(Map.of("projects", "2"));
    }

    @Test
    void areWrittenAgainIfTheDatabaseWasRestoredByOtherMeans() {
        Tenant tenant = tenant(plan, "shop");
        fixture.storage
                .databases(saas.servers().get(tenant.serverId()))
                .transact(new DatabaseRef("shop", tenant.uuid()), tx -> {
                    tx.setParameter(PROJECTS, "1000", false);
                    tx.setParameter(Parameter.ENTITLEMENT + "more", "true", false);
                    return null;
                });

        saas.tenants().sync(tenant.id());

        assertThat(inside(tenant)).isEqualTo(Map.of("api", "true", "projects", "10"));
    }

    @Test
    void areNotChangedByMembersConfigurationsAndUpdates() {
        Tenant tenant = tenant(plan, "shop");
        saas.configuration()
                .apply(
                        tenant.id(),
                        ConfigurationChange.builder().grantOwner(Group.SYSTEM).build());
        TenantDatabase database = saas.database("shop");
        Member member = database.members()
                .list(Query.where(Filter.equal(Member.OWNER, true)))
                .get(0);
        Parameters own = database.actingAs(member.id()).parameters();
        assertThat(own.value(PROJECTS)).as("members see them").contains("10");
        long id = own.list(Query.where(Filter.equal(Parameter.KEY, PROJECTS)))
                .get(0)
                .id();
        own.set("harmless", "1");
        long harmless = own.list(Query.where(Filter.equal(Parameter.KEY, "harmless")))
                .get(0)
                .id();

        assertRefusal(() -> own.set(PROJECTS, "99")).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertRefusal(() -> own.set(PROJECTS, null)).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertRefusal(() -> own.set(Parameter.ENTITLEMENT + "reports", "true"))
                .isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertRefusal(() -> own.replace(id, PROJECTS, "99")).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertRefusal(() -> own.replace(id, "mine", "99")).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertRefusal(() -> own.replace(harmless, Parameter.ENTITLEMENT + "reports", "true"))
                .isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertRefusal(() -> database.parameters().set(PROJECTS, "99")).isEqualTo(ErrorCodes.CONFIGURATION_INVALID);
        assertThat(refusal(() -> saas.configuration()
                        .apply(
                                tenant.id(),
                                ConfigurationChange.builder()
                                        .parameter(PROJECTS, "99")
                                        .build())))
                .hasMessageContainingAll(PROJECTS, "entitlement", "Change the plan")
                .extracting("code")
                .isEqualTo(ErrorCodes.CONFIGURATION_INVALID);
        assertRefusal(() -> saas.tenants()
                        .update(
                                tenant.id(),
                                each -> each.toBuilder().entitlements(Map.of()).build()))
                .isEqualTo(ErrorCodes.CONFIGURATION_INVALID);
        assertThat(inside(tenant)).isEqualTo(Map.of("api", "true", "projects", "10"));
    }

    @Test
    void reachADatabaseThatIsAdopted() {
        fixture.storage.putForeign("legacy");

        Tenant adopted = saas.tenants()
                .adopt(AdoptTenant.builder(new ServerId(1), "legacy", plan.id())
                        .owner(owner.id())
                        .build())
                .tenant();

        assertThat(adopted.entitlements()).isEqualTo(plan.entitlements());
        assertThat(inside(adopted)).isEqualTo(Map.of("api", "true", "projects", "10"));
    }

    @Test
    void areNoneOutsidePlans() {
        Tenant lone = saas.tenants()
                .create(CreateTenant.outsidePlans("lone", new Administrator("boss", "secret"))
                        .build())
                .tenant();

        assertThat(lone.entitlements()).isEmpty();
        assertThat(inside(lone)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "API", "a b", "-a", ".a", "a=b", "ä"})
    void haveNamesOfLettersAndDigits(String name) {
        assertThat(refusal(() -> fixture.plan(Plan.builder("Bad").entitlement(name, true))))
                .hasMessageContainingAll("entitlements", "lowercase")
                .extracting("code")
                .isEqualTo(ErrorCodes.PLAN_INVALID);
    }

    @Test
    void areBounded() {
        Map<String, Entitlement> many = IntStream.range(0, 51)
                .boxed()
                .collect(Collectors.toMap(each -> "e" + each, each -> Entitlement.of(each)));
        assertRefusal(() -> fixture.plan(Plan.builder("Many").entitlements(many)))
                .isEqualTo(ErrorCodes.PLAN_INVALID);
        assertRefusal(() -> fixture.plan(Plan.builder("Long").entitlement("x".repeat(65), true)))
                .isEqualTo(ErrorCodes.PLAN_INVALID);
        assertRefusal(() -> fixture.plan(Plan.builder("Large").entitlement("x", Long.MAX_VALUE)))
                .isEqualTo(ErrorCodes.PLAN_INVALID);
        assertRefusal(() -> Entitlement.parse("yes")).isEqualTo(ErrorCodes.CONFIGURATION_INVALID);
        Plan largest = fixture.plan(Plan.builder("Fine").entitlement("x".repeat(64), -999_999_999_999_999_999L));
        assertThat(tenant(largest, "shop").entitlements().values())
                .extracting(each -> each.number().orElseThrow())
                .containsExactly(-999_999_999_999_999_999L);
    }
}
