// SPDX-License-Identifier: Apache-2.0
package dev.allotment.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreateTenant;
import dev.allotment.ErrorCodes;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.SignUp;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.UserId;
import dev.allotment.fleet.Finding;
import dev.allotment.fleet.FindingCode;
import dev.allotment.fleet.RepairRequest;
import dev.allotment.fleet.Server;
import java.sql.Connection;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A database server is restored to an earlier time. The catalog is on another one, and is newer. */
abstract class RestoredServerContract {
    private static final String EVE = "eve@example.com";
    private static final long LONGER_THAN_ANY_RETENTION = 40L * 24 * 3600;

    private final ShiftedClock clock = new ShiftedClock();

    abstract Ground ground(String server);

    /** Copies the files of a server that nothing uses. Returns an action that puts them back. */
    abstract ThrowingRunnable backUp(Ground ground) throws Exception;

    interface ThrowingRunnable {
        void run() throws Exception;
    }

    @Test
    void noTenantGetsAnotherDatabaseAndWhatDiffersIsReported() throws Exception {
        try (Ground catalog = ground(Server.DEFAULT_NAME);
                Ground second = ground("second")) {
            ThrowingRunnable restore;
            TenantId renamed;
            TenantId deleted;
            TenantId suspended;
            try (Saas saas = open(catalog)) {
                prepare(saas, second);
                renamed = create(saas, Victim.EMPTY, "renamed-before", Victim.OWNER);
                deleted = create(saas, Victim.EMPTY, "deleted", Victim.OWNER);
                suspended = create(saas, Victim.EMPTY, "suspended", Victim.OWNER);
            }
            restore = backUp(second);
            TenantId claimed;
            TenantId made;
            try (Saas saas = open(catalog)) {
                claimed = create(saas, Victim.FROM_TEMPLATE, "claimed", Victim.OWNER);
                made = create(saas, Victim.EMPTY, "made", Victim.OWNER);
                saas.tenants().rename(renamed, "renamed-after");
                saas.tenants().suspend(suspended);
                saas.tenants().purge(deleted);
            }

            restore.run();

            Map<UUID, String> before = databases(second);
            Set<UUID> eves = new HashSet<>();
            try (Saas saas = open(catalog)) {
                settle(saas);
                List<Finding> found = saas.reconciliation().check().findings();
                assertFound(found, uuid(saas, made), FindingCode.MISSING);
                assertFound(found, uuid(saas, claimed), FindingCode.WRONG_NAME);
                assertFound(found, uuid(saas, renamed), FindingCode.WRONG_NAME);
                assertFound(found, uuid(saas, suspended), FindingCode.NOT_CLOSED);
                assertFound(found, uuid(saas, deleted), FindingCode.RETURNED);

                for (Plan plan : saas.plans().list(Query.all())) {
                    eves.add(uuid(saas, create(saas, plan.name(), null, EVE)));
                }
                for (String name : List.of("renamed-before", "claimed", "made")) {
                    assertThat(refusal(() -> create(saas, Victim.EMPTY, name, EVE)))
                            .isEqualTo(ErrorCodes.TENANT_NAME_TAKEN);
                }
                assertThat(eves).doesNotContainAnyElementsOf(before.keySet());
                clock.advance(LONGER_THAN_ANY_RETENTION);
                settle(saas);
                saas.reconciliation().repair(RepairRequest.builder().build());
                settle(saas);
                assertThat(saas.tenants().get(suspended).state()).isEqualTo(TenantState.SUSPENDED);
            }
            Map<UUID, String> after = databases(second);
            assertThat(after.keySet()).as("no database is dropped").containsAll(before.keySet());
            assertThat(second.letIn()).doesNotContain(after.get(uuidOf(before, "suspended")));
            assertOwners(second, eves);
        }
    }

    private static void assertFound(List<Finding> findings, UUID database, FindingCode code) {
        assertThat(findings)
                .filteredOn(each -> database.equals(each.uuid()))
                .extracting(Finding::code)
                .contains(code);
    }

    private static UUID uuidOf(Map<UUID, String> databases, String name) {
        return databases.entrySet().stream()
                .filter(each -> each.getValue().equals(name))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow();
    }

    /** Each of them has its own owner, and only these are hers. */
    private static void assertOwners(Ground ground, Set<UUID> eves) throws Exception {
        for (Map.Entry<String, UUID> each : ground.databases().entrySet()) {
            if (!each.getKey().startsWith("template-") && !each.getKey().startsWith("spare-")) {
                try (Connection database = ground.database(each.getKey(), each.getValue())) {
                    assertThat(Rows.column(database, "SELECT login FROM allotment.members WHERE login = '" + EVE + "'"))
                            .as("members of %s", each.getKey())
                            .hasSize(eves.contains(each.getValue()) ? 1 : 0);
                }
            }
        }
    }

    private Saas open(Ground catalog) {
        return Saas.builder()
                .backend(catalog.backend(), catalog.settings())
                .node("node")
                .clock(clock.withZone(ZoneOffset.UTC))
                .passwordIterations(1)
                .secretKey("a secret key for tests")
                .administrator("admin", "admin")
                .open();
    }

    /** All tenants are created on the second server. */
    private static void prepare(Saas saas, Ground second) {
        saas.servers()
                .create(Server.builder(second.server())
                        .backend(second.backend())
                        .settings(second.settings())
                        .build());
        saas.servers()
                .update(new ServerId(1), each -> each.toBuilder().draining(true).build());
        Victim.prepare(saas, 1);
        saas.accounts().signUp(SignUp.builder(EVE, "Eve", "a password of eve").build());
    }

    private static TenantId create(Saas saas, String plan, String name, String owner) {
        UserId account = saas.accounts().list(Query.all()).stream()
                .filter(user -> user.login().equals(owner))
                .findFirst()
                .orElseThrow()
                .id();
        Plan on = saas.plans().list(Query.all()).stream()
                .filter(each -> each.name().equals(plan))
                .findFirst()
                .orElseThrow();
        var created = saas.tenants()
                .create(CreateTenant.onPlan(on).owner(account).name(name).build());
        Tenant tenant = created.tenant();
        assertThat(saas.access()
                        .redeem(
                                tenant.name(),
                                Objects.requireNonNull(created.signInLink()).token()))
                .isPresent();
        return tenant.id();
    }

    private static String refusal(Runnable call) {
        try {
            call.run();
            return "done";
        } catch (SaasException e) {
            return e.code();
        }
    }

    private static UUID uuid(Saas saas, TenantId tenant) {
        return saas.tenants().get(tenant).uuid();
    }

    private static Map<UUID, String> databases(Ground ground) throws Exception {
        Map<UUID, String> found = new HashMap<>();
        ground.databases().forEach((name, uuid) -> found.put(uuid, name));
        return found;
    }

    private static void settle(Saas saas) {
        for (int run = 0; saas.maintenance().run() > 0; run++) {
            assertThat(run).as("the maintenance finishes").isLessThan(50);
        }
    }
}
