// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import static dev.allotment.core.Refusals.assertRefusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.ConfigurationChange;
import dev.allotment.CreateTenant;
import dev.allotment.CreateTenant.Administrator;
import dev.allotment.DuplicateTenant;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationId;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.Parameter;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.RecordField;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.access.Member;
import dev.allotment.access.MemberId;
import dev.allotment.core.internal.addon.AddonRegistry;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.core.internal.operation.Saga;
import dev.allotment.fleet.Campaign;
import dev.allotment.fleet.CampaignChange;
import dev.allotment.hook.Addon;
import dev.allotment.spi.backend.Catalog;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.testing.DelegatingBackend;
import dev.allotment.testing.DelegatingCatalog;
import dev.allotment.testing.InterruptibleBackend;
import dev.allotment.testing.ProcessKilled;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class SagaRecoveryTest {
    /** The kinds that a starting node finishes although a step of theirs may run long, and why it may. */
    private static final Map<OperationKind, String> SHORT_ENOUGH = Map.of(
            OperationKind.CREATE_TENANT, "copies a template or takes a spare, and its migrations run on few rows",
            OperationKind.ADOPT_TENANT, "copies nothing, and an operator waits for it",
            OperationKind.SWITCH_PLAN, "copies nothing, and runs the scripts of the add-ons of one plan",
            OperationKind.CONFIGURE_TENANT, "changes the rows of one tenant; with a backup before it, it is left",
            OperationKind.DELETE_TENANT, "its tenant is in use no more, and most have a backup or none",
            OperationKind.REPAIR, "copies nothing, and starts short operations",
            OperationKind.BUILD_TEMPLATE, "makes a small database, which new tenants wait for",
            OperationKind.ADOPT_TEMPLATE, "copies nothing, and its database has few rows");

    /** What the steps of an operation need to know, whether they may run long. */
    private static final Map<OperationKind, Map<String, String>> LEAST_INPUT = Map.of(
            OperationKind.CREATE_TENANT, Map.of("origin", "empty"),
            OperationKind.DUPLICATE_TENANT,
                    Map.of("origin", "copy", "sourceName", "shop", "sourceUuid", "0-0-0-0-1", "sourceServer", "1"),
            OperationKind.RESTORE_BACKUP, Map.of("origin", "dump", "sourceUuid", "0-0-0-0-1"));

    private final Fixture fixture = Story.fixture();
    private final Saas saas = fixture.saas;
    private final Plan plan = fixture.plan();
    private final User owner = fixture.signUp("owner@example.com");
    private final CreateTenant wish =
            CreateTenant.onPlan(plan).owner(owner).name("shop").build();

    @AfterEach
    void close() {
        Consistency.check(fixture.storage);
        fixture.close();
    }

    private List<Operation> running() {
        return saas.operations().list(Query.where(Filter.equal(Operation.STATE, OperationState.RUNNING)));
    }

    private Saas other() {
        return fixture.builder(fixture.storage).node("node-b").open();
    }

    private Databases databases() {
        return fixture.storage.databases(saas.servers().get(new ServerId(1)));
    }

    /** Kills the process "node-a" after it has started an operation. */
    private void killWhileCreating() {
        InterruptibleBackend process = InterruptibleBackend.over(fixture.storage);
        Saas victim = fixture.builder(process).open();
        process.killAfter(4);
        try {
            victim.tenants().create(wish);
            throw new AssertionError("it lives");
        } catch (ProcessKilled expected) {
            assertThat(running()).hasSize(1);
        }
    }

    @Test
    void recordsKindStepsAndResult() {
        fixture.backend.once(
                "before open",
                () -> assertThat(running()).singleElement().satisfies(operation -> {
                    assertThat(operation.kind()).isEqualTo(OperationKind.CREATE_TENANT);
                    assertThat(operation.step()).isEqualTo("database");
                    assertThat(operation.node()).isEqualTo("node-a");
                    assertThat(fixture.row(operation.id()).leaseUntil())
                            .isEqualTo(fixture.clock.instant().plus(OperationLeases.LEASE));
                }));
        Tenant tenant = saas.tenants().create(wish).tenant();
        assertThat(saas.operations().list(Query.all())).singleElement().satisfies(operation -> {
            assertThat(operation.state()).isEqualTo(OperationState.DONE);
            assertThat(operation.tenantId()).isEqualTo(tenant.id());
            assertThat(operation.errorCode()).isNull();
        });
    }

    @Test
    void saysWhyItFailedWithoutInternalDetails() {
        fixture.backend.once("before create", () -> {
            throw new IllegalStateException("the secret path /var/lib");
        });
        assertThatThrownBy(() -> saas.tenants().create(wish)).isInstanceOf(IllegalStateException.class);
        assertThat(saas.operations().list(Query.all())).singleElement().satisfies(operation -> {
            assertThat(operation.state()).isEqualTo(OperationState.FAILED);
            assertThat(operation.errorCode()).isEqualTo(ErrorCodes.OPERATION_FAILED);
            assertThat(operation.errorMessage()).doesNotContain("secret");
        });
    }

    @Test
    void leavesOperationsOfLiveNodesAlone() {
        fixture.backend.once("before create", () -> {
            fixture.clock.advance(OperationLeases.LEASE.minusNanos(1000));
            Saas node = other();
            assertThat(node.operations().recover()).isZero();
            assertThat(running())
                    .singleElement()
                    .extracting(Operation::node, each -> fixture.row(each.id()).fencingToken())
                    .containsExactly("node-a", 1L);
        });
        assertThat(saas.tenants().create(wish).tenant().state()).isEqualTo(TenantState.OPEN);
    }

    @Test
    void keepsALongOperationWhileItsNodeRenewsTheLease() {
        fixture.backend.once("before create", () -> {
            Saas node = other();
            for (int i = 0; i < 5; i++) {
                fixture.clock.advance(OperationLeases.LEASE.minusSeconds(1));
                assertThat(saas.operations().recover()).isZero();
                assertThat(node.operations().recover()).isZero();
            }
        });
        assertThat(saas.tenants().create(wish).tenant().state()).isEqualTo(TenantState.OPEN);
    }

    @Test
    void renewsTheOtherLeasesIfTheRowOfOneOperationIsLocked() {
        AtomicReference<@Nullable OperationId> locked = new AtomicReference<>();
        AtomicBoolean renewed = new AtomicBoolean();
        Saas node = fixture.builder(new DelegatingBackend(fixture.backend) {
                    @Override
                    public Catalog catalog() {
                        return new LockedRow(super.catalog(), locked);
                    }
                })
                .node("node-b")
                .open();
        fixture.backend.once("before create", () -> {
            OperationId first = running().get(0).id();
            fixture.backend.once("before create", () -> {
                locked.set(first);
                fixture.clock.advance(OperationLeases.LEASE.minusSeconds(1));
                node.maintenance().renewLeases();
                assertThat(running())
                        .extracting(each -> Duration.between(
                                fixture.clock.instant(), fixture.row(each.id()).leaseUntil()))
                        .containsExactly(Duration.ofSeconds(1), OperationLeases.LEASE);
                locked.set(null);
                renewed.set(true);
                node.maintenance().renewLeases();
                assertThat(fixture.row(first).leaseUntil())
                        .isEqualTo(fixture.clock.instant().plus(OperationLeases.LEASE));
            });
            // Steps of the thread that runs this are not reported.
            CompletableFuture.runAsync(() -> node.tenants()
                            .create(wish.toBuilder().name("second").build()))
                    .join();
        });
        node.tenants().create(wish);
        assertThat(renewed).isTrue();
        node.close();
    }

    /** A catalog in which a transaction that does not end has locked the row of an operation. */
    private static final class LockedRow extends DelegatingCatalog {
        private final Catalog catalog;
        private final AtomicReference<@Nullable OperationId> locked;

        LockedRow(Catalog catalog, AtomicReference<@Nullable OperationId> locked) {
            super(catalog);
            this.catalog = catalog;
            this.locked = locked;
        }

        @Override
        protected Catalog maintenance(Catalog other) {
            return new LockedRow(other, locked);
        }

        @Override
        public <T extends @Nullable Object> T transact(Function<? super Transaction, ? extends T> work) {
            return catalog.<T>transact(tx -> work.apply(new Transaction() {
                @Override
                public <R extends Record> Records<R> records(RecordType<R> type) {
                    Records<R> records = tx.records(type);
                    return locked.get() == null || !type.equals(RecordTypes.OPERATIONS) ? records : locked(records);
                }

                @Override
                public long next(String sequence) {
                    return tx.next(sequence);
                }

                @Override
                public void deferDurability() {
                    tx.deferDurability();
                }
            }));
        }

        @SuppressWarnings("unchecked")
        private <R extends Record> Records<R> locked(Records<R> records) {
            Filter<Object> free = Filter.notEqual(RecordField.named("id"), Objects.requireNonNull(locked.get()));
            return (Records<R>) Proxy.newProxyInstance(
                    Records.class.getClassLoader(), new Class<?>[] {Records.class}, (proxy, method, arguments) -> {
                        switch (method.getName()) {
                            case "lockFree":
                                return records.lockFree(((Query<R>) arguments[0]).and(free));
                            case "lock":
                                throw SaasException.unavailable(
                                        ErrorCodes.BACKEND_UNAVAILABLE, "It has waited too long.", null);
                            default:
                                return method.invoke(records, arguments);
                        }
                    });
        }
    }

    @Test
    void isTakenOverIfItsThreadMakesNoProgress() {
        fixture.backend.once("before create", () -> {
            Saas node = other();
            for (int minute = 0; minute < 5; minute++) {
                fixture.seconds(60);
                fixture.clock.advance(OperationLeases.LEASE.minusSeconds(1));
                saas.maintenance().renewLeases();
                assertThat(node.operations().recover()).as("minute " + minute).isZero();
            }
            fixture.seconds(60);
            fixture.clock.advance(OperationLeases.LEASE);
            saas.maintenance().renewLeases();
            assertThat(node.operations().recover()).isEqualTo(1);
            assertThat(node.tenants().findByName("shop")).isPresent();
        });
        assertRefusal(() -> saas.tenants().create(wish)).isEqualTo(ErrorCodes.OPERATION_IN_PROGRESS);
    }

    @Test
    void isTakenOverByItsOwnNodeIfAThreadOfItHangs() {
        fixture.backend.once("before create", () -> {
            fixture.seconds(301);
            fixture.clock.advance(OperationLeases.LEASE);
            assertThat(saas.operations().recover()).isEqualTo(1);
            assertThat(saas.tenants().findByName("shop")).isPresent();
        });
        assertRefusal(() -> saas.tenants().create(wish)).isEqualTo(ErrorCodes.OPERATION_IN_PROGRESS);
    }

    @Test
    void copyOfATenantMayTakeHours() {
        Tenant tenant = saas.tenants().create(wish).tenant();
        fixture.backend.once("before copy", () -> {
            Saas node = other();
            for (int minute = 0; minute < 180; minute++) {
                fixture.seconds(60);
                fixture.clock.advance(OperationLeases.LEASE.minusSeconds(1));
                saas.maintenance().renewLeases();
                assertThat(node.operations().recover()).isZero();
            }
        });
        assertThat(saas.tenants()
                        .duplicate(DuplicateTenant.builder(tenant.id())
                                .name("copy")
                                .build())
                        .tenant()
                        .state())
                .isEqualTo(TenantState.OPEN);
    }

    @Test
    void isRunByAnyNodeWhileItsOwnHasNoThreadForIt() {
        List<Runnable> waiting = new ArrayList<>();
        try (Saas busy = nodeWithExecutor(waiting::add)) {
            Operation queued = busy.async().create(wish);
            Saas node = other();
            assertThat(node.operations().recover())
                    .as("it may still start there")
                    .isZero();
            fixture.clock.advance(OperationLeases.LEASE);
            busy.maintenance().renewLeases();
            assertThat(node.operations().recover()).isEqualTo(1);
            waiting.forEach(Runnable::run);
            assertThat(busy.operations().get(queued.id()))
                    .extracting(Operation::state, Operation::node)
                    .containsExactly(OperationState.DONE, "node-b");
        }
    }

    @Test
    void isLeftToNewerNodesIfOnlyTheyKnowWhatTheTenantIsMadeFrom() {
        killWhileCreating();
        OperationId id = running().get(0).id();
        changeOrigin(id, "seventh");
        fixture.clock.advance(OperationLeases.LEASE);
        Saas node = other();

        assertThat(node.operations().recover()).isZero();
        assertThat(running()).hasSize(1);

        changeOrigin(id, "empty");
        assertThat(node.operations().recover()).isEqualTo(1);
        assertThat(node.tenants().findByName("shop")).isPresent();
    }

    @Test
    void isNotUndoneByANodeThatDoesNotKnowWhatTheTenantIsMadeFrom() {
        killWhileCreating();
        OperationId id = running().get(0).id();
        changeOrigin(id, "seventh");
        saas.operations().cancel(id);
        fixture.clock.advance(OperationLeases.LEASE);
        Saas node = other();

        assertThat(node.operations().recover()).isZero();
        assertThat(running()).hasSize(1);

        changeOrigin(id, "empty");
        fixture.clock.advance(Duration.ofMinutes(1));
        assertThat(node.operations().recover()).isEqualTo(1);
        assertThat(node.operations().get(id).state()).isEqualTo(OperationState.FAILED);
        assertThat(node.tenants().findByName("shop")).isEmpty();
    }

    private void changeOrigin(OperationId id, String origin) {
        fixture.storage.catalog().transact(tx -> {
            StoredOperation stored =
                    tx.records(RecordTypes.OPERATIONS).lock(id.value()).orElseThrow();
            Map<String, String> input = new HashMap<>(stored.input());
            assertThat(input.put("origin", origin)).isNotNull();
            tx.records(RecordTypes.OPERATIONS)
                    .update(stored.toBuilder().input(input).build());
            return null;
        });
    }

    @Test
    void isFinishedAtOnceByItsRestartedNodeAndLaterByOthers() {
        killWhileCreating();
        Saas node = other();
        assertThat(running()).hasSize(1);
        assertThat(node.operations().recover()).isZero();
        assertRefusal(() -> node.tenants().create(wish)).isEqualTo(ErrorCodes.TENANT_NAME_TAKEN);

        fixture.clock.advance(OperationLeases.LEASE);
        assertThat(node.operations().recover()).isEqualTo(1);

        assertThat(node.tenants().findByName("shop")).isPresent();
    }

    /** Kills the process "node-a" while it backs up a tenant. */
    private OperationId killWhileBackingUp() {
        Tenant shop = saas.tenants().create(wish).tenant();
        for (int points = 0; running().isEmpty(); points++) {
            InterruptibleBackend process = InterruptibleBackend.over(fixture.storage);
            Saas victim = fixture.builder(process).open();
            process.killAfter(points);
            assertThatThrownBy(() -> victim.backups().create(shop.id(), null)).isInstanceOf(ProcessKilled.class);
        }
        return running().get(0).id();
    }

    @Test
    void isLeftToTheRecoveryIfItMayTakeLong() {
        OperationId backup = killWhileBackingUp();
        fixture.clock.advance(OperationLeases.LEASE);
        try (Saas started = fixture.builder(fixture.storage).open()) {
            started.maintenance().runDue();
            assertThat(started.operations().get(backup).state()).isEqualTo(OperationState.RUNNING);
            assertThat(started.maintenance().recover()).isOne();
            assertThat(started.operations().get(backup).state()).isEqualTo(OperationState.DONE);
        }
    }

    @Test
    void isOnlyFinishedAtTheStartIfItTakesNoHours() {
        CoreWiring core = new CoreWiring(Fixture.defaults(), fixture.storage, new AddonRegistry(List.of()));
        Map<OperationKind, StoredOperation> stored = new EnumMap<>(OperationKind.class);
        for (OperationKind kind : OperationKind.values()) {
            StoredOperation queued = queued(kind).build();
            if (core.operations
                    .registry()
                    .find(queued)
                    .filter(saga -> lasts(saga, queued))
                    .isPresent()) {
                stored.put(kind, store(queued));
            }
        }
        StoredOperation safe = store(queued(OperationKind.CONFIGURE_TENANT)
                .input(Map.of("safety", "true"))
                .build());
        assertThat(stored).containsKeys(SHORT_ENOUGH.keySet().toArray(new OperationKind[0]));
        try (Saas started = fixture.builder(fixture.storage).open()) {
            started.maintenance().runDue();
        }
        assertThat(fixture.row(safe.id())).isEqualTo(safe);
        stored.forEach((kind, before) -> assertThat(fixture.row(before.id()).equals(before))
                .as("%s is left to the recovery; see OperationRecovery.LONG_KINDS", kind)
                .isEqualTo(!SHORT_ENOUGH.containsKey(kind)));
        fixture.storage.catalog().transact(tx -> {
            Records<StoredOperation> operations = tx.records(RecordTypes.OPERATIONS);
            operations
                    .list(Query.all())
                    .forEach(each -> operations.delete(each.id().value()));
            return null;
        });
    }

    private static <F> boolean lasts(Saga<F> saga, StoredOperation operation) {
        return saga.steps().stream().anyMatch(step -> step.lasting().test(operation));
    }

    /** It is cancelled, since every node can take that over. */
    private StoredOperation.Builder queued(OperationKind kind) {
        return StoredOperation.builder(UUID.randomUUID(), kind, "dead", Instant.EPOCH, fixture.clock.instant())
                .step(OperationLeases.QUEUED)
                .input(LEAST_INPUT.getOrDefault(kind, Map.of()))
                .cancelRequested(true);
    }

    private StoredOperation store(StoredOperation operation) {
        return fixture.storage
                .catalog()
                .transact(tx -> tx.records(RecordTypes.OPERATIONS).insert(operation));
    }

    private Saas nodeWithExecutor(Executor executor) {
        return fixture.builder(fixture.storage)
                .node("node-c")
                .executor(executor)
                .open();
    }

    @Test
    void isHandedToTheExecutorOnceAndRunByTheRecoveryIfThatHasNoThreadForIt() {
        OperationId backup = killWhileBackingUp();
        List<Runnable> waiting = new ArrayList<>();
        try (Saas node = nodeWithExecutor(waiting::add)) {
            fixture.clock.advance(OperationLeases.LEASE);
            assertThat(node.maintenance().recover()).isZero();
            fixture.clock.advance(OperationLeases.LEASE.minusNanos(1000));
            assertThat(node.maintenance().recover()).isZero();
            assertThat(node.operations().get(backup).state()).isEqualTo(OperationState.RUNNING);

            fixture.clock.advance(Duration.ofNanos(1000));
            assertThat(node.maintenance().recover()).isOne();
            assertThat(node.operations().get(backup).state()).isEqualTo(OperationState.DONE);
            StoredOperation ended = fixture.row(backup);
            assertThat(waiting).hasSize(1);
            waiting.get(0).run();
            assertThat(fixture.row(backup)).isEqualTo(ended);
        }
    }

    @Test
    void isRunByTheExecutorThatHasAThreadForItInTime() {
        OperationId backup = killWhileBackingUp();
        List<Runnable> waiting = new ArrayList<>();
        try (Saas node = nodeWithExecutor(waiting::add)) {
            fixture.clock.advance(OperationLeases.LEASE);
            assertThat(node.maintenance().recover()).isZero();
            waiting.get(0).run();
            assertThat(node.operations().get(backup).state()).isEqualTo(OperationState.DONE);
        }
    }

    @Test
    void isHandedToTheExecutorAgainIfThatFailed() {
        OperationId backup = killWhileBackingUp();
        List<Runnable> waiting = new ArrayList<>();
        AtomicBoolean broken = new AtomicBoolean(true);
        try (Saas node = nodeWithExecutor(task -> {
            if (broken.getAndSet(false)) {
                throw new IllegalStateException("broken");
            }
            waiting.add(task);
        })) {
            fixture.clock.advance(OperationLeases.LEASE);
            assertThatThrownBy(() -> node.operations().recover()).hasMessage("broken");
            fixture.clock.advance(OperationLeases.LEASE);
            assertThat(node.operations().recover()).isZero();
            waiting.get(0).run();
            assertThat(node.operations().get(backup).state()).isEqualTo(OperationState.DONE);
        }
    }

    @Test
    void waitsForTheExecutorIfItIsACampaign() {
        List<Runnable> waiting = new ArrayList<>();
        try (Saas node = nodeWithExecutor(waiting::add)) {
            OperationId campaign = node.campaigns()
                    .start(Campaign.of(new CampaignChange.Addons(List.of())).build())
                    .id();
            for (int i = 0; i < 3; i++) {
                fixture.clock.advance(OperationLeases.LEASE);
                assertThat(node.maintenance().recover()).isZero();
            }
            assertThat(waiting).hasSize(1);
            waiting.get(0).run();
            assertThat(node.operations().get(campaign).state()).isEqualTo(OperationState.DONE);
        }
    }

    @Test
    @Timeout(60)
    void isKeptByAStartingNodeThatRecoversForALongTime() throws Exception {
        killWhileCreating();
        Saas node = other();
        AtomicInteger made = new AtomicInteger();
        fixture.backend.watch(step -> {
            if (step.equals("before create") || step.equals("before open")) {
                made.incrementAndGet();
                for (int i = 0; i < 3; i++) {
                    fixture.clock.advance(OperationLeases.LEASE.minusSeconds(1));
                    fixture.seconds(19);
                    awaitRenewal();
                    assertThat(node.operations().recover()).isZero();
                }
            }
        });
        ExecutorService threads = Executors.newCachedThreadPool();
        try (Saas starting = fixture.builder(fixture.backend).executor(threads).open()) {
            assertThat(starting.tenants().findByName("shop")).isPresent();
        } finally {
            threads.shutdown();
            assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(made).hasPositiveValue();
        assertThat(saas.operations().list(Query.all()))
                .singleElement()
                .extracting(Operation::node, each -> fixture.row(each.id()).fencingToken())
                .containsExactly("node-a", 2L);
    }

    /** Runs an action in another thread. */
    private void awaitRenewal() {
        while (running().stream()
                .noneMatch(each -> fixture.row(each.id())
                        .leaseUntil()
                        .equals(fixture.clock.instant().plus(OperationLeases.LEASE)))) {
            assertThat(Thread.currentThread().isInterrupted())
                    .as("it is never renewed")
                    .isFalse();
        }
    }

    @Test
    void isFinishedAtStartWithADirectExecutor() {
        killWhileCreating();
        try (Saas starting =
                fixture.builder(fixture.storage).executor(Runnable::run).open()) {
            assertThat(starting.tenants().findByName("shop")).isPresent();
        }
    }

    @Test
    void isFinishedByItsNodeAfterTheClockWasSetBack() {
        killWhileCreating();
        fixture.clock.advance(Duration.ofDays(-1));
        assertThat(fixture.builder(fixture.storage).open().tenants().findByName("shop"))
                .isPresent();
    }

    @Test
    void isFinishedByAnotherNodeIfTheDeadNodesClockWasAhead() {
        killWhileCreating();
        fixture.clock.advance(Duration.ofDays(-3650));
        assertThat(fixture.builder(fixture.storage)
                        .node("node-b")
                        .open()
                        .tenants()
                        .findByName("shop"))
                .isPresent();
    }

    @Test
    void isFinishedByOneOfEightNodes() {
        killWhileCreating();
        List<Saas> nodes = IntStream.range(0, 8)
                .mapToObj(number ->
                        fixture.builder(fixture.storage).node("node-" + number).open())
                .toList();
        fixture.clock.advance(OperationLeases.LEASE);
        List<Result<Integer>> ended =
                Concurrently.run(8, number -> nodes.get(number).operations().recover());
        assertThat(ended.stream().mapToInt(Result::value).sum()).isEqualTo(1);
    }

    @Test
    void isUndoneByTheNextRoundIfUndoingFailed() {
        fixture.backend.watch(step -> {
            if (step.equals("before open") || step.equals("before discard")) {
                throw SaasException.unavailable(ErrorCodes.BACKEND_UNAVAILABLE, "unreachable", null);
            }
        });
        assertRefusal(() -> saas.tenants().create(wish)).isEqualTo(ErrorCodes.BACKEND_UNAVAILABLE);
        fixture.backend.unwatch();
        assertThat(running()).hasSize(1);

        assertThat(saas.operations().recover()).isEqualTo(1);

        assertThat(saas.tenants().count(Filter.all())).isZero();
        assertThat(saas.tenants().create(wish).tenant().name()).isEqualTo("shop");
    }

    @Test
    void doesNotBlockOtherOperationsIfItCannotBeFinished() {
        Tenant first = saas.tenants().create(wish).tenant();
        Tenant second =
                saas.tenants().create(wish.toBuilder().name("second").build()).tenant();
        for (Tenant tenant : List.of(first, second)) {
            fixture.backend.once("before transact", () -> {
                throw new IllegalStateException("broken");
            });
            assertThatThrownBy(() -> saas.tenants().suspend(tenant.id())).isInstanceOf(IllegalStateException.class);
        }
        fixture.backend.once("before transact", () -> {
            throw new IllegalStateException("broken");
        });
        assertThat(saas.operations().recover()).isEqualTo(1);
        assertThat(saas.operations().recover()).isEqualTo(1);
    }

    @Test
    void backsOffWhileItsLastRecordCannotBeStored() {
        Tenant tenant = saas.tenants().create(wish).tenant();
        List<String> passed = new ArrayList<>();
        fixture.backend.watch(step -> {
            passed.add(step);
            int last = passed.size() - 1;
            if (step.equals("in catalog") && last > 1 && passed.get(last - 2).equals("after transact")) {
                throw new IllegalStateException("no room");
            }
        });
        assertLeftAloneForLonger(tenant, passed);
    }

    @Test
    void backsOffWhileItIsUnknownWhetherItCanBeUndone() {
        Tenant tenant = saas.tenants().create(wish).tenant();
        List<String> passed = new ArrayList<>();
        fixture.backend.watch(step -> {
            passed.add(step);
            if (step.equals("before transact")) {
                throw new IllegalStateException("out of order");
            }
        });
        assertLeftAloneForLonger(tenant, passed);
    }

    private void assertLeftAloneForLonger(Tenant tenant, List<String> passed) {
        assertThatThrownBy(() -> saas.tenants().suspend(tenant.id())).isInstanceOf(IllegalStateException.class);
        Duration wait = OperationLeases.FIRST_WAIT;
        for (int failures = 1; failures <= 10; failures++) {
            assertThat(Collections.frequency(passed, "after close")).isEqualTo(failures);
            assertThat(running()).extracting(Operation::attempts).containsExactly(failures);

            fixture.clock.advance(wait.minusNanos(1000));
            saas.maintenance().run();
            assertThat(Collections.frequency(passed, "after close")).isEqualTo(failures);

            fixture.clock.advance(Duration.ofNanos(1000));
            saas.maintenance().run();
            wait = wait.multipliedBy(2).compareTo(OperationLeases.LONGEST_WAIT) < 0
                    ? wait.multipliedBy(2)
                    : OperationLeases.LONGEST_WAIT;
        }
        fixture.backend.unwatch();
        fixture.clock.advance(OperationLeases.LONGEST_WAIT);
        saas.maintenance().run();
        assertThat(running()).isEmpty();
        assertThat(saas.tenants().get(tenant.id()).state()).isEqualTo(TenantState.SUSPENDED);
    }

    @Test
    void recreatesAnEmptyDatabaseWhoseFirstNumbersWereUsedUp() {
        fixture.backend.once("after create", this::spendNumbers);
        saas.tenants()
                .create(CreateTenant.outsidePlans("lone", new Administrator("boss", "secret"))
                        .build());
        assertThat(saas.database("lone").members().authenticate("boss", "secret", null))
                .hasValueSatisfying(member -> assertThat(member.id()).isEqualTo(Member.ADMINISTRATOR));
    }

    /** Behaves like an attempt that was rolled back. */
    private void spendNumbers() {
        for (DatabaseRef made : databases().list()) {
            databases().transact(made, tx -> {
                for (int i = 0; i < 2; i++) {
                    Member stored = tx.records(RecordTypes.MEMBERS)
                            .insert(new Member(
                                    new MemberId(0),
                                    "lost",
                                    "Lost",
                                    null,
                                    false,
                                    false,
                                    false,
                                    "en_US",
                                    "UTC",
                                    fixture.clock.instant(),
                                    null));
                    tx.records(RecordTypes.MEMBERS).delete(stored.id().value());
                }
                return null;
            });
        }
    }

    @Test
    void doesNotRecreateADatabaseThatAnotherNodeHasFilled() {
        AtomicInteger filled = new AtomicInteger();
        fixture.backend.watch(passed -> {
            if (passed.equals("after create")) {
                spendNumbers();
            } else if (passed.equals("before transact")) {
                filled.compareAndSet(0, 1);
            } else if (filled.compareAndSet(1, 2)) {
                fixture.clock.advance(OperationLeases.LEASE);
                other().database("lone").parameters().set("written", "by the customer");
            }
        });
        assertRefusal(() -> saas.tenants()
                        .create(CreateTenant.outsidePlans("lone", new Administrator("boss", "secret"))
                                .build()))
                .isEqualTo(ErrorCodes.OPERATION_IN_PROGRESS);
        fixture.backend.unwatch();
        assertThat(saas.database("lone").parameters().value("written")).contains("by the customer");
    }

    @Test
    void isNotAppliedByAStalledNodeAfterAnotherHasUndoneIt() {
        Tenant tenant = saas.tenants().create(wish).tenant();
        ConfigurationChange upgrade = ConfigurationChange.builder()
                .install("sale")
                .hiddenParameter(Parameter.MAX_USERS, "7")
                .build();
        fixture.backend.once("before configure", () -> {
            fixture.clock.advance(OperationLeases.LEASE);
            // The other node can then only undo it.
            List<Addon> known = List.copyOf(fixture.addons);
            fixture.addons.clear();
            other();
            fixture.addons.addAll(known);
            assertThat(running()).isEmpty();
        });

        assertRefusal(() -> saas.configuration().apply(tenant.id(), upgrade))
                .isEqualTo(ErrorCodes.OPERATION_IN_PROGRESS);

        assertThat(saas.database("shop").groups().findByXmlId("sale.group_seller"))
                .isEmpty();
        assertThat(saas.configuration().apply(tenant.id(), upgrade).installed()).containsExactly("sale");
    }

    @Test
    void isNotRepeatedByAStalledNodeAfterAnotherHasFinishedIt() {
        Tenant tenant = saas.tenants().create(wish).tenant();
        fixture.backend.once("before configure", () -> {
            fixture.clock.advance(OperationLeases.LEASE);
            Saas other = other();
            assertThat(other.database("shop").groups().findByXmlId("sale.group_seller"))
                    .isPresent();
            other.configuration()
                    .apply(
                            tenant.id(),
                            ConfigurationChange.builder().uninstall("sale").build());
        });

        assertRefusal(() -> saas.configuration()
                        .apply(
                                tenant.id(),
                                ConfigurationChange.builder().install("sale").build()))
                .isEqualTo(ErrorCodes.OPERATION_IN_PROGRESS);

        assertThat(saas.database("shop").groups().findByXmlId("sale.group_seller"))
                .isEmpty();
    }

    @Test
    void reportsToItsCallerThatAnotherNodeTookItOver() {
        CreateTenant keyed = wish.toBuilder().idempotencyKey("key").build();
        fixture.backend.once("before create", () -> {
            fixture.clock.advance(OperationLeases.LEASE);
            other();
        });
        SaasException refusal = Refusals.refusal(() -> saas.tenants().create(keyed));
        assertThat(refusal.code()).isEqualTo(ErrorCodes.OPERATION_IN_PROGRESS);
        assertThat(refusal.retryable()).isTrue();
        Story.letsIn(saas, "shop", saas.tenants().create(keyed).signInLink());
    }
}
