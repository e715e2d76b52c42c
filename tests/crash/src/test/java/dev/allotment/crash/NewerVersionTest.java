// SPDX-License-Identifier: Apache-2.0
package dev.allotment.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.ErrorCodes;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Operation;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.SignUp;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.fleet.Server;
import dev.allotment.hook.SaasListener;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A newer version has stored tenants, operations and events that this version does not know. */
final class NewerVersionTest {
    @TempDir
    static Path folder;

    private static PostgresGround ground;

    private final List<EventType> delivered = new CopyOnWriteArrayList<>();
    private Saas saas;
    private TenantId known;
    private TenantId unknown;

    @BeforeAll
    static void start() {
        ground = new PostgresGround(Server.DEFAULT_NAME, folder.resolve("data"));
        try (Saas first = open(new ArrayList<>())) {
            first.accounts()
                    .signUp(SignUp.builder(Victim.OWNER, "Owner", "a password of the owner")
                            .build());
        }
    }

    @AfterAll
    static void stop() {
        ground.close();
    }

    @BeforeEach
    void createTenants() {
        saas = open(delivered);
        Plan plan = saas.plans()
                .create(Plan.builder("plan").dbNameTemplate("shop-%i.example").build());
        known = create(plan);
        unknown = create(plan);
    }

    @AfterEach
    void close() {
        saas.close();
    }

    @Test
    void itsTenantsAreLeftOutOfListsAndCannotBeReadHere() throws SQLException {
        execute("UPDATE allotment.tenants SET state = 'FROZEN' WHERE id = " + unknown);

        assertThat(saas.tenants().list(Query.all()))
                .extracting(Tenant::id)
                .contains(known)
                .doesNotContain(unknown);
        assertNewer(() -> saas.tenants().get(unknown));
        saas.tenants().suspend(known);
        assertThat(saas.maintenance().run()).isNotNegative();
    }

    @Test
    void itsOperationsAreLeftToItsNodesAndOthersAreRecovered() throws SQLException {
        saas.tenants().suspend(known);
        saas.close();
        // The state of operations whose node was killed.
        for (String values : List.of(
                "'FREEZE_TENANT', '', " + unknown,
                "'SUSPEND_TENANT', 'frozen', " + unknown,
                "'SUSPEND_TENANT', '', " + known)) {
            execute(
                    "UPDATE allotment.operations SET state = 'RUNNING', lease_until = 'epoch', (kind, step, tenant_id) = ("
                            + values + ") WHERE id = (SELECT max(id) FROM allotment.operations WHERE state = 'DONE')");
        }
        saas = open(delivered);

        saas.maintenance().run();

        assertThat(rows(
                        "SELECT kind || ' ' || step || ' ' || fencing_token || ' ' || attempts FROM allotment.operations"
                                + " WHERE state = 'RUNNING' ORDER BY 1"))
                .containsExactly("FREEZE_TENANT  1 0", "SUSPEND_TENANT frozen 1 0");
        assertThat(saas.operations().list(Query.all()))
                .extracting(Operation::tenantId)
                .contains(known);
        assertThatThrownBy(() -> saas.tenants().suspend(unknown))
                .isInstanceOfSatisfying(
                        SaasException.class, e -> assertThat(e.code()).isEqualTo(ErrorCodes.TENANT_BUSY));
    }

    @Test
    void itsEventsAreLeftToItsNodesAndOthersAreDelivered() throws SQLException {
        saas.tenants().suspend(unknown);
        execute("UPDATE allotment.events SET type = 'TENANT_FROZEN' WHERE type = 'TENANT_SUSPENDED' AND tenant_id = "
                + unknown);
        saas.tenants().suspend(known);

        saas.maintenance().run();

        assertThat(delivered).contains(EventType.TENANT_CREATED, EventType.TENANT_SUSPENDED);
        assertThat(rows("SELECT e.type || ' ' || d.attempts FROM allotment.deliveries d"
                        + " JOIN allotment.events e ON e.id = d.event_id"))
                .containsExactly("TENANT_FROZEN 0");
        assertThat(saas.events().list(Query.all()))
                .extracting(Event::type)
                .contains(EventType.TENANT_SUSPENDED)
                .doesNotContainNull();
    }

    private static Saas open(List<EventType> delivered) {
        return Saas.builder()
                .backend(ground.backend(), ground.settings())
                .node("this")
                .passwordIterations(1)
                .administrator("admin", "admin")
                .listener(new SaasListener() {
                    @Override
                    public String name() {
                        return "outside";
                    }

                    @Override
                    public void on(Event event) {
                        delivered.add(event.type());
                    }
                })
                .open();
    }

    private TenantId create(Plan plan) {
        return saas.tenants()
                .create(Victim.creation(
                        saas, UUID.randomUUID().toString(), plan.id().toString(), "-"))
                .tenant()
                .id();
    }

    private static void assertNewer(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        SaasException.class, e -> assertThat(e.code()).isEqualTo(ErrorCodes.RECORD_NEWER));
    }

    private void execute(String sql) throws SQLException {
        try (Connection catalog = ground.catalog();
                Statement statement = catalog.createStatement()) {
            statement.execute(sql);
        }
    }

    private List<String> rows(String sql) throws SQLException {
        try (Connection catalog = ground.catalog()) {
            return Rows.column(catalog, sql);
        }
    }
}
