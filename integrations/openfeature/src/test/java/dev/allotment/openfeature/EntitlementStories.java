// SPDX-License-Identifier: Apache-2.0
package dev.allotment.openfeature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.ConfigurationChange;
import dev.allotment.CreateTenant;
import dev.allotment.DatabaseLogin;
import dev.allotment.DuplicateTenant;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.Parameters;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.SignUp;
import dev.allotment.SwitchPlan;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.access.Group;
import dev.allotment.access.Member;
import dev.allotment.access.MemberId;
import dev.allotment.access.TenantDatabase;
import dev.allotment.backup.Backup;
import dev.allotment.backup.ImportBackup;
import dev.allotment.backup.RestoreBackup;
import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.ImmutableContext;
import dev.openfeature.sdk.OpenFeatureAPI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How entitlements reach tenants of a real database, and their application. */
abstract class EntitlementStories {
    @TempDir
    private Path backups;

    private Saas saas;
    private User owner;
    private Plan small;
    private Plan large;

    abstract String backend();

    /** The settings of a new catalog. */
    abstract Map<String, String> newCatalog() throws Exception;

    /** Ends what stores the catalog. */
    abstract void end() throws Exception;

    @BeforeEach
    final void open() throws Exception {
        saas = Saas.builder()
                .backend(backend(), newCatalog())
                .passwordIterations(1)
                .secretKeys(() -> List.of("a secret key for tests"))
                .backupFolder(backups)
                .open();
        owner = saas.accounts()
                .signUp(SignUp.builder("owner@example.com", "Owner", "a password")
                        .build());
        small = saas.plans()
                .create(Plan.builder("Small")
                        .dbNameTemplate("shop-%i")
                        .entitlement("api", true)
                        .entitlement("projects", 10)
                        .build());
        large = saas.plans()
                .create(Plan.builder("Large")
                        .dbNameTemplate("shop-%i")
                        .entitlement("projects", 3_000_000_000L)
                        .entitlement("reports", false)
                        .build());
    }

    @AfterEach
    final void close() throws Exception {
        OpenFeatureAPI.getInstance().shutdown();
        saas.close();
        end();
    }

    private Tenant create(Plan plan) {
        return saas.tenants()
                .create(CreateTenant.onPlan(plan).owner(owner).build())
                .tenant();
    }

    private Map<String, String> inside(Tenant tenant) {
        Map<String, String> found = new HashMap<>();
        saas.database(saas.tenants().get(tenant.id()).name())
                .parameters()
                .list(Query.where(Filter.like(Parameter.KEY, Filter.literal(Parameter.ENTITLEMENT) + "%")))
                .forEach(each -> found.put(each.key().substring(Parameter.ENTITLEMENT.length()), each.value()));
        return found;
    }

    private void assertSmall(Tenant tenant) {
        assertThat(inside(tenant)).isEqualTo(Map.of("api", "true", "projects", "10"));
        assertThat(saas.tenants().get(tenant.id()).entitlements()).isEqualTo(small.entitlements());
    }

    private void assertLarge(Tenant tenant) {
        assertThat(inside(tenant)).isEqualTo(Map.of("projects", "3000000000", "reports", "false"));
        assertThat(saas.tenants().get(tenant.id()).entitlements()).isEqualTo(large.entitlements());
    }

    @Test
    void reachTenantsOfEachOrigin() {
        Tenant fresh = create(small);
        assertSmall(fresh);
        assertSmall(saas.tenants()
                .duplicate(DuplicateTenant.builder(fresh.id()).name("shop-copy").build())
                .tenant());
        saas.templates().build(small.id(), List.of());
        saas.plans().update(small.id(), each -> each.toBuilder().spares(1).build());
        Plan sold = saas.plans()
                .update(
                        large.id(),
                        each -> each.toBuilder()
                                .templateId(saas.plans().get(small.id()).templateId())
                                .build());
        saas.maintenance().run();

        assertLarge(create(sold));
        assertThat(saas.templates().spares().claimed()).isEqualTo(1);
        assertLarge(create(sold));
        assertSmall(create(small));
        assertThat(saas.templates().spares().missed())
                .as("made from the template")
                .isEqualTo(2);
    }

    @Test
    void followAMoveToAnotherPlanAndBack() {
        Tenant tenant = create(small);

        saas.tenants().switchPlan(SwitchPlan.builder(tenant.id(), large.id()).build());
        assertLarge(tenant);

        saas.plans()
                .update(
                        small.id(),
                        each -> each.toBuilder().entitlement("projects", 11).build());
        saas.tenants()
                .switchPlan(
                        SwitchPlan.builder(tenant.id(), small.id()).version(1).build());
        assertSmall(tenant);
    }

    @Test
    void areNotThoseOfARestoredBackup() {
        Tenant tenant = create(small);
        Backup backup = saas.backups().create(tenant.id(), null);
        saas.tenants().switchPlan(SwitchPlan.builder(tenant.id(), large.id()).build());

        saas.backups().restoreInPlace(tenant.id(), backup.id(), null);
        assertLarge(tenant);
        assertLarge(saas.backups()
                .restore(RestoreBackup.builder(tenant.id(), backup.id())
                        .name("shop-restored")
                        .build())
                .tenant());
    }

    @Test
    void areThoseOfThePlanThatABackupIsImportedOn() {
        Tenant tenant = create(small);
        Backup backup = saas.backups().create(tenant.id(), null);

        assertLarge(saas.backups()
                .importBackup(
                        ImportBackup.builder(tenant.uuid(), backup.id(), large.id(), owner.id())
                                .build(),
                        backups,
                        List.of("a secret key for tests"))
                .tenant());
        assertSmall(tenant);
    }

    @Test
    void areOutOfReachOfMembersAndOfTheApplication() {
        Tenant tenant = create(small);
        saas.configuration()
                .apply(
                        tenant.id(),
                        ConfigurationChange.builder().grantOwner(Group.SYSTEM).build());
        TenantDatabase database = saas.database(tenant.name());
        MemberId member = database.members()
                .list(Query.where(Filter.equal(Member.OWNER, true)))
                .get(0)
                .id();
        Parameters own = database.actingAs(member).parameters();
        assertThatThrownBy(() -> own.set(Parameter.ENTITLEMENT + "projects", "99"))
                .isInstanceOfSatisfying(
                        SaasException.class,
                        refused -> assertThat(refused.code()).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED));
        DatabaseLogin login = database.login();
        for (String sql : List.of(
                "update allotment.parameters set \"value\" = '99'",
                "delete from allotment.parameters",
                "insert into allotment.parameters (\"key\", \"value\", hidden) values ('" + Parameter.ENTITLEMENT
                        + "more', 'true', false)")) {
            assertThatThrownBy(() -> run(login, sql)).as(sql).isInstanceOf(SQLException.class);
        }
        assertSmall(tenant);
    }

    private static void run(DatabaseLogin login, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(login.url(), login.user(), login.password());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void areFlagsOfTheApplication() {
        Tenant one = create(small);
        Tenant other = create(large);
        OpenFeatureAPI.getInstance().setProviderAndWait(EntitlementProvider.of(saas));
        Client flags = OpenFeatureAPI.getInstance().getClient();

        ImmutableContext here = new ImmutableContext(one.name());
        ImmutableContext there = new ImmutableContext(other.name());
        assertThat(flags.getBooleanValue("api", false, here)).isTrue();
        assertThat(flags.getBooleanValue("api", false, there)).isFalse();
        assertThat(flags.getIntegerValue("projects", 1, here)).isEqualTo(10);
        assertThat(flags.getDoubleValue("projects", 1.0, there)).isEqualTo(3e9);
        assertThat(flags.getBooleanValue("reports", true, there)).isFalse();
    }
}
