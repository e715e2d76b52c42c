// SPDX-License-Identifier: Apache-2.0
package dev.allotment.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreateTenant;
import dev.allotment.CreatedTenant;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.SignUp;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.fleet.Finding;
import dev.allotment.fleet.Server;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import java.sql.Connection;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The catalog is restored to each state that it had during an operation, after that operation and others have finished.
 * The database servers are not restored. The states are restored one after the other, the latest first, so the servers
 * also have what customers did after earlier restores.
 */
abstract class RestoredCatalogContract {
    private static final String EVE = "eve@example.com";
    private static final long LONGER_THAN_A_LEASE = 60;
    private static final long LONGER_THAN_ANY_RETENTION = 40L * 24 * 3600;

    /** How many states are restored for each operation, at most. */
    private static final int STATES = KillContract.number("allotment.restore.states", 2);

    /** After how many of the changes that an operation makes on a server a node dies, at most. */
    private static final int CHANGES = STATES == 2 ? 1 : Integer.MAX_VALUE;

    private static final Pattern CHANGE = Pattern.compile(
            "after (create|copy|rename|claim|drop|discard|open|close|configure|adopt|release|receive|send)");

    private final ShiftedClock clock = new ShiftedClock();
    private final List<Ground> grounds = new ArrayList<>();
    /** The databases of customers, which nothing may drop or give to others, and the logins of their owners. */
    private final Map<UUID, List<String>> live = new HashMap<>();

    abstract Ground ground(String server);

    /** Returns all operations, or these if the run is short. */
    static Stream<LifeStep> operations(LifeStep... some) {
        return Stream.of(STATES == 2 ? some : LifeStep.values());
    }

    @ParameterizedTest
    @MethodSource("operations")
    void noDatabaseIsLostOrGoesToAnotherTenant(LifeStep operation, TestReporter reporter) throws Exception {
        String state = "";
        try {
            Ground first = ground(Server.DEFAULT_NAME);
            grounds.add(first);
            if (!operation.isPossible(first)) {
                return;
            }
            if (operation.needsSecondServer()) {
                grounds.add(ground("second"));
            }
            Map<String, Runnable> backups = act(operation);
            List<String> states = new ArrayList<>(backups.keySet());
            reporter.publishEntry(operation + " has states", Integer.toString(states.size()));
            assertThat(states).hasSizeGreaterThan(1);
            for (int at : chosen(states.size())) {
                state = states.get(at);
                Objects.requireNonNull(backups.get(state)).run();
                clock.advance(LONGER_THAN_A_LEASE);
                useRestored();
            }
        } catch (Exception | AssertionError e) {
            throw new AssertionError("restored to " + state + ": " + e.getMessage(), e);
        } finally {
            grounds.forEach(Ground::close);
        }
    }

    /** A node dies after a change of a server, and then a catalog from before the operation is restored. */
    @ParameterizedTest
    @MethodSource("killed")
    void noDatabaseIsLostAfterANodeHasDiedInTheMiddle(LifeStep operation) throws Exception {
        boolean died = true;
        for (int change = 0; died && change < CHANGES; change++) {
            try {
                Ground first = ground(Server.DEFAULT_NAME + change);
                grounds.add(first);
                if (!operation.isPossible(first)) {
                    return;
                }
                if (operation.needsSecondServer()) {
                    grounds.add(ground("second" + change));
                }
                Runnable restore = () -> {};
                try (WatchedBackend backend = WatchedBackend.open(first);
                        Saas saas = open(backend)) {
                    Runnable act = prepare(saas, operation);
                    restore = first.backUpCatalog();
                    died = diesAfter(change, backend, act);
                    remember(saas);
                }
                assertNothingIsLost();
                restore.run();
                clock.advance(LONGER_THAN_A_LEASE);
                useRestored();
            } catch (Exception | AssertionError e) {
                throw new AssertionError("died after change " + change + ": " + e.getMessage(), e);
            } finally {
                grounds.forEach(Ground::close);
                grounds.clear();
                live.clear();
            }
        }
    }

    /** Returns whether the operation got to this change, so that the node died. */
    private static boolean diesAfter(int change, WatchedBackend backend, Runnable act) {
        AtomicInteger changes = new AtomicInteger();
        AtomicBoolean dead = new AtomicBoolean();
        backend.watch(step -> {
            dead.compareAndSet(false, CHANGE.matcher(step).matches() && changes.getAndIncrement() == change);
            if (dead.get()) {
                throw new Died();
            }
        });
        try {
            act.run();
        } catch (Died e) {
            assertThat(dead).isTrue();
        } finally {
            backend.watch(step -> {});
        }
        return dead.get();
    }

    /** Is not caught by what handles failures. */
    private static final class Died extends Error {
        private static final long serialVersionUID = 1L;
    }

    private Runnable prepare(Saas saas, LifeStep operation) throws Exception {
        Victim.prepare(saas, 1);
        saas.accounts().signUp(SignUp.builder(EVE, "Eve", "a password of eve").build());
        return operation.prepare(saas, grounds);
    }

    /** The latest first. A short run takes the first state, and some of the others. */
    private static List<Integer> chosen(int states) {
        List<Integer> chosen = new ArrayList<>();
        int stride = Math.max(1, (states - 1) / Math.max(1, STATES - 1));
        for (int at = states - 1; at > 0; at -= stride) {
            chosen.add(at);
        }
        chosen.add(0);
        return chosen;
    }

    /** Executes an operation, and returns a backup of each state that the catalog had. */
    private Map<String, Runnable> act(LifeStep operation) throws Exception {
        Map<String, Runnable> backups = new LinkedHashMap<>();
        try (WatchedBackend backend = WatchedBackend.open(grounds.get(0))) {
            try (Saas saas = open(backend)) {
                Runnable act = prepare(saas, operation);
                Set<String> contents = new HashSet<>();
                WatchedBackend.Watcher watcher = step -> {
                    if (contents.add(contents(backend))) {
                        backups.put(backups.size() + " " + step, grounds.get(0).backUpCatalog());
                    }
                };
                watcher.pass("before all");
                backend.watch(watcher);
                act.run();
                backend.watch(step -> {});
                for (Tenant tenant : saas.tenants().list(Query.where(Filter.equal(Tenant.STATE, TenantState.OPEN)))) {
                    saas.tenants().suspend(tenant.id());
                    saas.tenants().resume(tenant.id());
                }
                remember(saas);
            }
        }
        assertNothingIsLost();
        return backups;
    }

    private static String contents(WatchedBackend backend) {
        return backend.catalog().transact(tx -> {
            StringBuilder all = new StringBuilder();
            for (RecordType<?> type : RecordTypes.catalog()) {
                all.append(rows(tx, type)).append('\n');
            }
            return all.toString();
        });
    }

    private static <T extends Record> String rows(Transaction tx, RecordType<T> type) {
        return tx.records(type).list(Query.all()).toString();
    }

    private Saas open(WatchedBackend backend) {
        return Saas.builder()
                .backend(backend)
                .node("node")
                .clock(clock.withZone(ZoneOffset.UTC))
                .passwordIterations(1)
                .secretKey("a secret key for tests")
                .administrator("admin", "admin")
                .open();
    }

    /**
     * Remembers the databases of customers, except one that its customer has begun to delete. Their owners are read when
     * the control plane is closed.
     */
    private void remember(Saas saas) {
        List<TenantId> leaving = saas
                .operations()
                .list(Query.where(Filter.and(
                        Filter.equal(Operation.STATE, OperationState.RUNNING),
                        Filter.equal(Operation.KIND, OperationKind.DELETE_TENANT))))
                .stream()
                .map(Operation::tenantId)
                .toList();
        saas.tenants().list(Query.all()).stream()
                .filter(tenant -> tenant.state() == TenantState.OPEN || tenant.state() == TenantState.SUSPENDED)
                .filter(tenant -> !leaving.contains(tenant.id()))
                .forEach(tenant -> live.putIfAbsent(tenant.uuid(), List.of()));
    }

    /** Opens the restored catalog, and works with it. */
    private void useRestored() throws Exception {
        try (WatchedBackend backend = WatchedBackend.open(grounds.get(0));
                Saas saas = open(backend)) {
            settle(saas);
            assertDifferencesAreReported(saas);
            createForEve(saas);
            assertThat(saas.tenants().list(Query.all()))
                    .filteredOn(tenant -> tenant.state().hasDatabase())
                    .extracting(Tenant::uuid)
                    .as("no two tenants share a database")
                    .doesNotHaveDuplicates();
            clock.advance(LONGER_THAN_ANY_RETENTION);
            settle(saas);
        }
        assertNothingIsLost();
    }

    /** Each difference between the catalog and the servers is reported, whether or not it can be repaired. */
    private void assertDifferencesAreReported(Saas saas) throws Exception {
        Map<UUID, String> there = databases();
        Map<UUID, Tenant> recorded = new HashMap<>();
        saas.tenants().list(Query.all()).stream()
                .filter(tenant -> tenant.state().hasDatabase())
                .forEach(tenant -> recorded.put(tenant.uuid(), tenant));
        Set<UUID> reported = new HashSet<>();
        saas.reconciliation().check().findings().stream().map(Finding::uuid).forEach(reported::add);
        for (UUID uuid : live.keySet()) {
            Tenant tenant = recorded.get(uuid);
            if (tenant == null || !tenant.name().equals(there.get(uuid))) {
                assertThat(reported)
                        .as("what is wrong about database %s", there.get(uuid))
                        .contains(uuid);
            }
        }
        recorded.forEach((uuid, tenant) -> {
            if (!there.containsKey(uuid)) {
                assertThat(reported)
                        .as("that %s has no database", tenant.name())
                        .contains(uuid);
            }
        });
    }

    /** Takes a database of each plan, and tries to take the names that others have. */
    private void createForEve(Saas saas) throws Exception {
        User eve = saas.accounts().list(Query.all()).stream()
                .filter(user -> user.login().equals(EVE))
                .findFirst()
                .orElseThrow();
        Map<UUID, String> there = databases();
        there.keySet().retainAll(live.keySet());
        Set<String> taken = Set.copyOf(there.values());
        for (Plan plan : saas.plans().list(Query.all())) {
            List<@Nullable String> names = new ArrayList<>(taken);
            names.add(null);
            for (String name : names) {
                try {
                    CreatedTenant made = saas.tenants()
                            .create(CreateTenant.onPlan(plan)
                                    .owner(eve)
                                    .name(name)
                                    .build());
                    assertThat(taken)
                            .as("names that are in use")
                            .doesNotContain(made.tenant().name());
                    assertThat(live)
                            .as("databases of others")
                            .doesNotContainKey(made.tenant().uuid());
                    assertThat(saas.access()
                                    .redeem(
                                            made.tenant().name(),
                                            Objects.requireNonNull(made.signInLink())
                                                    .token()))
                            .isPresent();
                    live.put(made.tenant().uuid(), List.of(EVE));
                } catch (SaasException e) {
                    assertThat(e.code())
                            .as(e.getMessage())
                            .isIn(
                                    ErrorCodes.TENANT_NAME_TAKEN,
                                    ErrorCodes.TENANT_NAME_INVALID,
                                    ErrorCodes.TEMPLATE_NOT_READY);
                    assertThat(name != null || e.code().equals(ErrorCodes.TEMPLATE_NOT_READY))
                            .as("a generated name is free")
                            .isTrue();
                }
            }
        }
    }

    /** The databases of customers are still there, each with the owner that it had. */
    private void assertNothingIsLost() throws Exception {
        Map<UUID, List<String>> owners = new HashMap<>();
        for (Ground ground : grounds) {
            for (Map.Entry<String, UUID> each : ground.databases().entrySet()) {
                if (live.containsKey(each.getValue())) {
                    try (Connection database = ground.database(each.getKey(), each.getValue())) {
                        owners.put(
                                each.getValue(),
                                Rows.column(database, "SELECT login FROM allotment.members WHERE owner"));
                    }
                }
            }
        }
        live.replaceAll((uuid, owner) -> owner.isEmpty() ? owners.getOrDefault(uuid, owner) : owner);
        assertThat(owners).as("the owners of all databases of customers").isEqualTo(live);
        assertThat(live.values()).allSatisfy(logins -> assertThat(logins).hasSize(1));
    }

    /** The names of all databases by identity. */
    private Map<UUID, String> databases() throws Exception {
        Map<UUID, String> found = new HashMap<>();
        for (Ground ground : grounds) {
            ground.databases().forEach((name, uuid) -> found.put(uuid, name));
        }
        return found;
    }

    private static void settle(Saas saas) {
        for (int run = 0; saas.maintenance().run() > 0; run++) {
            assertThat(run).as("the maintenance finishes").isLessThan(50);
        }
        assertThat(saas.operations().recover()).as("nothing is left to recover").isZero();
        assertThat(saas.operations().list(Query.where(Filter.equal(Operation.STATE, OperationState.RUNNING))))
                .as("operations left running")
                .isEmpty();
    }
}
