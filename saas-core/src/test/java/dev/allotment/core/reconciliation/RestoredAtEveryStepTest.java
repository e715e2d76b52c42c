// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.reconciliation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreateTenant;
import dev.allotment.Filter;
import dev.allotment.OperationState;
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
import dev.allotment.core.Points;
import dev.allotment.core.Story;
import dev.allotment.core.Story.Request;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.fleet.Server;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredTenant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The catalog is restored to the moment of each step of each operation, after the operation has finished and others
 * have followed.
 */
@Execution(ExecutionMode.CONCURRENT)
@Tag("slow")
final class RestoredAtEveryStepTest {
    static Stream<Arguments> cases() {
        Stream<Arguments> all = Stream.of(Story.values()).map(story -> Arguments.of(story, true));
        return Stream.concat(all, Story.some().stream().map(story -> Arguments.of(story, false)));
    }

    @ParameterizedTest(name = "{0}, followed by others: {1}")
    @MethodSource("cases")
    void noDatabaseIsLostOrGoesToAnotherTenant(Story story, boolean followed) {
        boolean reached = true;
        for (int step = Points.first(story); reached; step += Points.STRIDE) {
            try (Fixture fixture = Story.fixture()) {
                Request request = story.begin(fixture);
                User eve = fixture.signUp("eve@example.com");
                AtomicReference<Runnable> restore = new AtomicReference<>(() -> {});
                reached = act(fixture, request, step, restore);
                if (followed) {
                    follow(fixture.saas);
                }
                Map<DatabaseRef, List<String>> before = owners(fixture);

                restore.get().run();
                fixture.clock.advance(OperationLeases.LEASE);
                Saas restored = fixture.builder(fixture.storage).open();
                settle(restored);
                Set<UUID> eves = createForEve(restored, eve, before.keySet());

                check(fixture, before, eves);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("restored to step " + step + ": " + e.getMessage(), e);
            }
        }
    }

    private static boolean act(Fixture fixture, Request request, int wanted, AtomicReference<Runnable> restore) {
        AtomicInteger step = new AtomicInteger();
        fixture.backend.watch(passed -> {
            if (step.getAndIncrement() == wanted) {
                restore.set(fixture.storage.backUpCatalog());
            }
        });
        request.act().accept(fixture.saas);
        fixture.backend.unwatch();
        return step.get() > wanted;
    }

    private static void follow(Saas saas) {
        for (Tenant tenant : saas.tenants().list(Query.where(Filter.equal(Tenant.STATE, TenantState.OPEN)))) {
            saas.tenants().suspend(tenant.id());
            saas.tenants().resume(tenant.id());
        }
    }

    private static void settle(Saas saas) {
        for (int i = 0; saas.maintenance().run() > 0; i++) {
            assertThat(i).as("the maintenance finishes").isLessThan(20);
        }
        assertThat(saas.operations().recover()).as("nothing is left to recover").isZero();
        assertThat(saas.operations().count(Filter.equal(dev.allotment.Operation.STATE, OperationState.RUNNING)))
                .as("operations left running")
                .isZero();
    }

    /** Takes every spare, a number of every plan, and the names that others have. */
    private static Set<UUID> createForEve(Saas saas, User eve, Set<DatabaseRef> others) {
        Set<UUID> made = new HashSet<>();
        int number = 0;
        for (Plan plan : saas.plans().list(Query.all())) {
            List<String> names =
                    new ArrayList<>(others.stream().map(DatabaseRef::name).toList());
            names.add(plan.dbNameTemplate() == null ? "eve-" + ++number : null);
            names.add("eve-" + ++number);
            for (String name : names) {
                try {
                    made.add(saas.tenants()
                            .create(CreateTenant.onPlan(plan)
                                    .owner(eve)
                                    .name(name)
                                    .build())
                            .tenant()
                            .uuid());
                } catch (SaasException e) {
                    // A plan may allow one database only, and its template may be gone.
                    assertThat(e.code()).isIn("plan.limit-reached", "template.not-ready", "tenant.name-taken");
                }
            }
        }
        return made;
    }

    private static void check(Fixture fixture, Map<DatabaseRef, List<String>> before, Set<UUID> eves) {
        Map<UUID, List<String>> after = new HashMap<>();
        owners(fixture).forEach((database, owners) -> after.put(database.uuid(), owners));
        before.forEach((database, owners) -> {
            assertThat(eves).as("a database is handed out again").doesNotContain(database.uuid());
            assertThat(after.get(database.uuid()))
                    .as("the owner in database %s", database.name())
                    .isEqualTo(owners);
        });
        List<UUID> tenants = new ArrayList<>();
        for (StoredTenant tenant : Consistency.all(fixture.storage, RecordTypes.TENANTS)) {
            if (tenant.state().hasDatabase()) {
                tenants.add(tenant.uuid());
            }
        }
        assertThat(tenants).as("no two tenants share a database").doesNotHaveDuplicates();
        eves.forEach(uuid -> assertThat(after.get(uuid)).containsExactly("eve@example.com"));
    }

    /** The databases that have an owner, and so are those of tenants. */
    private static Map<DatabaseRef, List<String>> owners(Fixture fixture) {
        Map<DatabaseRef, List<String>> owners = new HashMap<>();
        for (Server server : Consistency.all(fixture.storage, RecordTypes.SERVERS)) {
            Databases databases = fixture.storage.databases(server);
            for (DatabaseRef database : databases.list()) {
                List<String> logins = databases.transact(
                        database,
                        tx -> tx.records(RecordTypes.MEMBERS).list(Query.all()).stream()
                                .filter(Member::owner)
                                .map(Member::login)
                                .toList());
                if (!logins.isEmpty()) {
                    owners.put(database, logins);
                }
            }
        }
        return owners;
    }
}
