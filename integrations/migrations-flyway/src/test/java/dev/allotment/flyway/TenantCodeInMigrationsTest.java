// SPDX-License-Identifier: Apache-2.0
package dev.allotment.flyway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.ConfigurationChange;
import dev.allotment.CreateTenant;
import dev.allotment.DatabaseLogin;
import dev.allotment.DuplicateTenant;
import dev.allotment.Operation;
import dev.allotment.OperationState;
import dev.allotment.Plan;
import dev.allotment.Saas;
import dev.allotment.SaasBuilder;
import dev.allotment.SaasException;
import dev.allotment.SignUp;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.backup.Backup;
import dev.allotment.backup.RestoreBackup;
import dev.allotment.fleet.Campaign;
import dev.allotment.fleet.CampaignChange;
import dev.allotment.hook.TenantSchema;
import dev.allotment.test.TenantTraps;
import java.io.OutputStream;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Code of a tenant runs with the rights of the tenant in migrations, and in what else the control plane does with a whole
 * tenant. The control plane is a superuser here, so that code which had its rights could do everything.
 */
@Tag("slow")
final class TenantCodeInMigrationsTest {
    /** One of each kind; the backend has a test with all. */
    private static final List<String> TRAPS = List.of(
            "a deferred trigger that defers itself",
            "an index on an expression",
            "a search path of the database in which the system comes last",
            "temporary views with the names of system tables",
            "names that are statements");

    private static final TenantSchema BEFORE = FlywaySchema.at("classpath:db/v1");
    private static final TenantSchema AFTER = FlywaySchema.at("classpath:db/v1", "classpath:db/notes");

    @TempDir
    private Path folder;

    private Map<String, String> server = Map.of();

    @Test
    void codeOfATenantNeverRunsAsTheControlPlane() throws Exception {
        try (PostgresCatalogs catalogs = new PostgresCatalogs()) {
            server = catalogs.next();
            Map<String, Tenant> trapped = new LinkedHashMap<>();
            try (Saas saas = builder(BEFORE).open()) {
                Plan plan = saas.plans()
                        .create(Plan.builder("Shop").dbNameTemplate("shop-%i").build());
                User owner = saas.accounts()
                        .signUp(SignUp.builder("owner@example.com", "Owner", "a password")
                                .build());
                DatabaseLogin other = login(saas, create(saas, plan, owner));
                TenantSchemaStories.run(other, "CREATE TABLE public.notes (id int, note text)");
                String victim = other.user();
                for (String trap : TRAPS) {
                    Tenant tenant = create(saas, plan, owner);
                    trapped.put(trap, tenant);
                    set(trap, login(saas, tenant), victim);
                }
            }
            String members = members();
            Map<String, Long> before = new LinkedHashMap<>();
            for (Tenant tenant : trapped.values()) {
                before.put(tenant.name(), called(tenant.name()));
            }
            try (Saas saas = builder(AFTER).open()) {
                Operation campaign = saas.campaigns()
                        .start(Campaign.of(CampaignChange.schema()).build());
                saas.maintenance().run();
                assertThat(saas.operations().get(campaign.id()).state()).isEqualTo(OperationState.DONE);
                for (Tenant tenant : trapped.values()) {
                    assertThat(called(tenant.name()))
                            .as("the migration set the trap off")
                            .isGreaterThan(before.get(tenant.name()));
                }
                assertNothingEscaped("a campaign", members);

                for (Map.Entry<String, Tenant> each : trapped.entrySet()) {
                    for (Map.Entry<String, Runnable> operation :
                            operations(saas, each.getValue()).entrySet()) {
                        attempt(operation.getKey(), each.getKey(), operation.getValue(), members);
                    }
                }
                attempt("the maintenance", "all traps", () -> saas.maintenance().run(), members);
                attempt("a check", "all traps", () -> saas.reconciliation().check(), members);
            }
        }
    }

    private Map<String, Runnable> operations(Saas saas, Tenant tenant) {
        Map<String, Runnable> operations = new LinkedHashMap<>();
        operations.put(
                "a record quota",
                () -> saas.configuration()
                        .apply(
                                tenant.id(),
                                ConfigurationChange.builder()
                                        .recordQuota("notes", 1000)
                                        .build()));
        operations.put("a migration with a record quota", () -> saas.tenants().migrate(tenant.id()));
        operations.put("an export", () -> saas.exports().write(tenant.id(), OutputStream.nullOutputStream()));
        operations.put("a backup with its restore", () -> {
            Backup backup = saas.backups().create(tenant.id(), null);
            saas.backups()
                    .restore(RestoreBackup.builder(tenant.id(), backup.id()).build());
        });
        operations.put("a drill", () -> saas.backups().drill(tenant.id(), null));
        operations.put(
                "a dump with its restore",
                () -> saas.dumps()
                        .restore("dump-of-" + tenant.name(), saas.dumps().create(tenant.id(), 1 << 24), true));
        operations.put(
                "a duplicate",
                () -> saas.tenants()
                        .duplicate(DuplicateTenant.builder(tenant.id()).build()));
        operations.put("a suspension", () -> {
            saas.tenants().suspend(tenant.id());
            saas.tenants().resume(tenant.id());
        });
        return operations;
    }

    /** The traps may forbid an operation. */
    private void attempt(String what, String trap, Runnable operation, String members) {
        String outcome = "done";
        try {
            operation.run();
        } catch (SaasException e) {
            outcome = e.code() + " " + e.getMessage();
        }
        assertNothingEscaped(what + " with " + trap + " (" + outcome + ")", members);
    }

    private void assertNothingEscaped(String what, String members) {
        for (String database : values("postgres", "SELECT datname FROM pg_database WHERE datallowconn")) {
            if (values(database, "SELECT to_regclass('public.escaped') IS NOT NULL")
                    .contains("t")) {
                assertThat(values(database, "SELECT is_called FROM public.escaped"))
                        .as("code in %s escaped during %s", database, what)
                        .containsExactly("f");
            }
        }
        assertThat(members()).as("members of roles after %s", what).isEqualTo(members);
    }

    private String members() {
        return String.valueOf(
                values(
                        "postgres",
                        "SELECT concat_ws(' ', roleid::regrole, member::regrole) FROM pg_auth_members"
                                + " WHERE member <> 'postgres'::regrole"
                                + " AND NOT starts_with(CAST(CAST(member AS regrole) AS text), 'allotment_session_') ORDER BY 1"));
    }

    private long called(String database) {
        return Long.parseLong(
                values(database, "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM public.called")
                        .get(0));
    }

    private SaasBuilder builder(TenantSchema schema) {
        return Saas.builder()
                .backend("postgres", server)
                .passwordIterations(1)
                .secretKey("a secret key for tests")
                .backupFolder(folder)
                .tenantSchema(schema);
    }

    private static Tenant create(Saas saas, Plan plan, User owner) {
        return saas.tenants()
                .create(CreateTenant.onPlan(plan).owner(owner).build())
                .tenant();
    }

    private static DatabaseLogin login(Saas saas, Tenant tenant) {
        return saas.database(tenant.name()).login();
    }

    private static void set(String trap, DatabaseLogin login, String victim) throws SQLException {
        try (Connection connection = DriverManager.getConnection(login.url(), login.user(), login.password());
                Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            for (String statements : List.of(
                    TenantTraps.WITNESS,
                    Objects.requireNonNull(TenantTraps.all().get(trap), trap))) {
                statement.execute(statements.replace(":victim", victim).replace(":me", login.user()));
            }
        }
    }

    /** Asks as a superuser, with nothing of the tenant in the search path. */
    private List<String> values(String database, String sql) {
        String url = server.getOrDefault("url", "").replaceFirst("/[^/]*$", "/" + database);
        try (Connection connection = DriverManager.getConnection(url, "postgres", "postgres");
                Statement statement = connection.createStatement()) {
            statement.execute("SET search_path = ''");
            List<String> values = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery(sql)) {
                while (rows.next()) {
                    values.add(rows.getString(1));
                }
            }
            return values;
        } catch (SQLException e) {
            throw new IllegalStateException("Querying " + database + " failed", e);
        }
    }
}
