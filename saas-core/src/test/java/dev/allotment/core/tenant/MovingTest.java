// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.tenant;

import static dev.allotment.core.Refusals.assertRefusal;
import static dev.allotment.core.Refusals.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.allotment.ConfigurationChange;
import dev.allotment.CreateTenant;
import dev.allotment.ErrorCodes;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Health;
import dev.allotment.Operation;
import dev.allotment.OperationId;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.Parameter;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.SignUp;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.access.ApiKeyScope;
import dev.allotment.access.CreatedApiKey;
import dev.allotment.access.Member;
import dev.allotment.access.NewApiKey;
import dev.allotment.access.TenantDatabase;
import dev.allotment.backup.Backup;
import dev.allotment.core.Fixture;
import dev.allotment.core.ManyServers;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.fleet.Campaign;
import dev.allotment.fleet.CampaignChange;
import dev.allotment.fleet.CampaignStatus;
import dev.allotment.fleet.FindingCode;
import dev.allotment.fleet.RepairRequest;
import dev.allotment.fleet.Server;
import dev.allotment.spi.backend.DatabaseEntry;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.ReservedName;
import dev.allotment.spi.backend.RowQuota;
import dev.allotment.testing.MemoryBackend;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class MovingTest {
    private static final ServerId FIRST = new ServerId(1);

    private final Fixture fixture = new Fixture();
    private final MemoryBackend storage = MemoryBackend.create();
    private final ManyServers provider = new ManyServers();
    private final Saas saas = open("node-a");
    private final User owner = saas.accounts()
            .signUp(SignUp.builder("owner@example.com", "Owner", Fixture.PASSWORD)
                    .build());
    private final Server near = saas.servers().create(server("near"));
    private final Server far = saas.servers().create(server("far"));
    private final Plan plan = saas.plans()
            .create(Plan.builder("Near").serverId(near.id()).maxUsers(3).build());
    private final Tenant shop = saas.tenants()
            .create(CreateTenant.onPlan(plan).owner(owner).name("shop").build())
            .tenant();

    @AfterEach
    void close() {
        saas.close();
        fixture.close();
    }

    private Saas open(String node) {
        return fixture.builder(storage).provider(provider).node(node).open();
    }

    private static Server server(String name) {
        return Server.builder(name)
                .backend(ManyServers.NAME)
                .settings(Map.of("url", name))
                .build();
    }

    private List<DatabaseEntry> on(String url) {
        return provider.at(url)
                .databases(Server.builder(Server.DEFAULT_NAME).build())
                .inventory();
    }

    /** The database of the shop is the only one on a server, under its own name. */
    private void assertShopOn(String url, boolean open) {
        assertThat(on(url))
                .singleElement()
                .extracting(DatabaseEntry::name, DatabaseEntry::open)
                .containsExactly("shop", open);
    }

    private TenantDatabase inside() {
        return saas.database("shop");
    }

    private List<Operation> moves(OperationState state) {
        return saas.operations()
                .list(Query.where(Filter.and(
                        Filter.equal(Operation.KIND, OperationKind.MOVE_TENANT),
                        Filter.equal(Operation.STATE, state))));
    }

    @Test
    void keepsTheIdentityAndEverythingThatBelongsToTheTenant() {
        saas.configuration()
                .apply(
                        shop.id(),
                        ConfigurationChange.builder()
                                .parameter("shop.terms", "30 days")
                                .recordQuota("res.partner", 9)
                                .build());
        saas.tenants()
                .update(
                        shop.id(),
                        each -> each.toBuilder().maxUsers(7).tags(List.of("eu")).build());
        Member member = inside().members()
                .list(Query.where(Filter.equal(Member.OWNER, true)))
                .get(0);
        CreatedApiKey key = inside().actingAs(member.id())
                .apiKeys()
                .create(new NewApiKey(
                        "script",
                        ApiKeyScope.EVERYTHING,
                        fixture.clock.instant().plus(Duration.ofDays(30))));
        String token = Objects.requireNonNull(saas.access().issue(shop.id())).token();
        List<Member> members = inside().members().list(Query.all());
        Tenant before = saas.tenants().get(shop.id());
        List<List<RowQuota>> enforced = provider.holdLimits("far");

        Tenant moved = saas.tenants().move(shop.id(), far.id());

        assertThat(moved).isEqualTo(before.toBuilder().serverId(far.id()).build());
        assertThat(on("near")).isEmpty();
        assertThat(on("far")).singleElement().satisfies(there -> {
            assertThat(there.uuid()).isEqualTo(shop.uuid());
            assertThat(there.name()).isEqualTo("shop");
            assertThat(there.open()).isTrue();
        });
        assertThat(inside().members().list(Query.all())).isEqualTo(members);
        assertThat(inside().parameters().value("shop.terms")).contains("30 days");
        assertThat(inside().parameters().value(Parameter.NEUTRALISED)).isEmpty();
        assertThat(enforced).as("the record quotas on the new server").isNotEmpty();
        assertThat(enforced.get(enforced.size() - 1)).hasSize(1);
        assertThat(inside().apiKeys().list(Query.all()))
                .singleElement()
                .satisfies(each -> assertThat(each.id()).isEqualTo(key.apiKey().id()));
        assertThat(saas.access().redeem("shop", token))
                .as("a sign-in link from before the move")
                .isPresent();
        assertThat(saas.events().list(Query.where(Filter.equal(Event.TYPE, EventType.TENANT_MOVED))))
                .singleElement()
                .satisfies(event -> {
                    assertThat(event.tenantId()).isEqualTo(shop.id());
                    assertThat(event.details())
                            .containsEntry("name", "shop")
                            .containsEntry("from", "near")
                            .containsEntry("to", "far");
                });
        assertThat(saas.servers().status(near.id()).databases()).isZero();
        assertThat(saas.servers().status(far.id()).databases()).isEqualTo(1);
        assertThat(saas.reconciliation().check().findings()).isEmpty();
        assertThat(saas.tenants().rename(shop.id(), "market").name()).isEqualTo("market");
        assertThat(saas.tenants().move(shop.id(), near.id()).serverId()).isEqualTo(near.id());
        assertThat(saas.servers().status(far.id()).databases()).isZero();
    }

    /** From now on, the shop is moved while it is open. */
    private void grow() {
        provider.at("near").setSize("shop", 256L << 20);
    }

    private void assertNothingIsReplicated() {
        assertThat(provider.at("near")
                        .databases(Server.builder(Server.DEFAULT_NAME).build())
                        .replication()
                        .operations())
                .isEmpty();
    }

    @Test
    void keepsALargeDatabaseOpenWhileItIsCopied() {
        grow();
        provider.holdLimits("far");
        List<String> steps = new ArrayList<>();
        provider.watch("near", step -> steps.add("near " + step));
        provider.watch("far", step -> {
            steps.add("far " + step);
            if (step.equals("after receive") || step.equals("after follow")) {
                assertShopOn("near", true);
                inside().parameters().set("shop." + steps.size(), "while it is copied");
                assertThat(saas.tenants().get(shop.id()).state()).isEqualTo(TenantState.OPEN);
            }
        });
        int before = inside().parameters().list(Query.all()).size();
        saas.tenants().move(shop.id(), far.id());
        assertThat(inside().parameters().list(Query.all())).hasSize(before + 2);
        assertThat(on("near")).isEmpty();
        assertShopOn("far", true);
        assertThat(steps)
                .containsSubsequence(
                        "far after receive",
                        "far before configure",
                        "far after follow",
                        "near after behind",
                        "near after settle",
                        "near after counters",
                        "far after unfollow",
                        "far after rename",
                        "far after configure",
                        "far after open",
                        "near after end",
                        "near before drop")
                .doesNotContain("near after close", "near after rename");
        assertThat(steps.indexOf("far after configure"))
                .as("while the copy follows, code of the application runs as the owner of the quotas")
                .isGreaterThan(steps.indexOf("far after unfollow"));
        assertNothingIsReplicated();
        assertThat(moves(OperationState.DONE))
                .singleElement()
                .satisfies(move -> assertThat(move.result()).containsEntry("live", "true"));
    }

    @Test
    void saysWhyATenantIsClosedWhileItIsMoved() {
        saas.tenants().move(shop.id(), far.id());
        assertThat(moves(OperationState.DONE))
                .singleElement()
                .satisfies(move -> assertThat(move.result()).containsEntry("closedBecause", "the database is small"));
    }

    @Test
    void keepsALargeDatabaseOpenIfItsMoveIsCancelled() {
        grow();
        AtomicBoolean cancelled = new AtomicBoolean();
        List<String> steps = new ArrayList<>();
        provider.watch("near", step -> {
            steps.add(step);
            if (step.equals("before behind") && cancelled.compareAndSet(false, true)) {
                saas.operations().cancel(moves(OperationState.RUNNING).get(0).id());
            }
        });
        assertRefusal(() -> saas.tenants().move(shop.id(), far.id())).isEqualTo(ErrorCodes.OPERATION_CANCELLED);
        assertThat(on("far")).isEmpty();
        assertShopOn("near", true);
        assertThat(steps).doesNotContain("after close", "after rename", "after settle");
        assertNothingIsReplicated();
    }

    /** Interferes with the next move while the content is copied, or while the copy follows. */
    private void whileItIsOpen(String url, String moment, Runnable action) {
        AtomicBoolean done = new AtomicBoolean();
        provider.watch(url, step -> {
            if (step.equals(moment) && done.compareAndSet(false, true)) {
                action.run();
                fixture.nanos.addAndGet(Duration.ofSeconds(6).toNanos());
            }
        });
    }

    @Test
    void keepsItsLeaseHoweverLongTheContentTakes() {
        AtomicReference<Object> recovered = new AtomicReference<>();
        provider.watch("far", step -> {
            if (step.equals("before receive")) {
                fixture.nanos.addAndGet(Duration.ofHours(5).toNanos());
            } else if (step.equals("after receive")) {
                fixture.nanos.addAndGet(Duration.ofHours(5).toNanos());
                fixture.clock.advance(Duration.ofSeconds(19));
                saas.maintenance().renewLeases();
                fixture.clock.advance(Duration.ofSeconds(19));
                try (Saas other = open("node-b")) {
                    recovered.set(other.operations().recover());
                }
            }
        });

        saas.tenants().move(shop.id(), far.id());

        assertThat(recovered).hasToString("0");
        assertThat(moves(OperationState.DONE))
                .singleElement()
                .extracting(Operation::node)
                .isEqualTo("node-a");
    }

    @Test
    void isCancelledWhileTheContentOfALargeDatabaseIsCopied() {
        grow();
        List<String> steps = new ArrayList<>();
        provider.watch("near", steps::add);
        whileItIsOpen(
                "far",
                "before receive",
                () -> saas.operations()
                        .cancel(moves(OperationState.RUNNING).get(0).id()));
        assertRefusal(() -> saas.tenants().move(shop.id(), far.id())).isEqualTo(ErrorCodes.OPERATION_CANCELLED);
        assertThat(steps).doesNotContain("after replicate", "after close");
        assertThat(on("far")).isEmpty();
        assertShopOn("near", true);
        assertNothingIsReplicated();
    }

    @Test
    void keepsNoTenantFromBeingSuspendedWhileItsLargeDatabaseIsCopied() {
        grow();
        for (String[] moment : new String[][] {{"far", "before receive"}, {"near", "before behind"}}) {
            whileItIsOpen(moment[0], moment[1], () -> {
                try (Saas other = open("node-b")) {
                    assertThat(other.tenants().suspend(shop.id()).state()).isEqualTo(TenantState.SUSPENDED);
                }
                assertShopOn("near", false);
                assertThat(on("far")).as("the other node has removed the copy").isEmpty();
                assertNothingIsReplicated();
            });
            assertRefusal(() -> saas.tenants().move(shop.id(), far.id()))
                    .as(moment[1])
                    .isEqualTo(ErrorCodes.OPERATION_SUPERSEDED);
            assertShopOn("near", false);
            assertThat(on("far")).isEmpty();
            assertNothingIsReplicated();
            saas.tenants().resume(shop.id());
            assertShopOn("near", true);
        }
        assertThat(moves(OperationState.FAILED)).hasSize(2);
        assertThat(saas.tenants().move(shop.id(), far.id()).serverId()).isEqualTo(far.id());
    }

    @Test
    void keepsNoTenantFromBeingDeletedWhileItsLargeDatabaseFollows() {
        grow();
        whileItIsOpen("near", "before behind", () -> saas.tenants().purge(shop.id()));
        assertRefusal(() -> saas.tenants().move(shop.id(), far.id())).isEqualTo(ErrorCodes.OPERATION_SUPERSEDED);
        assertThat(saas.tenants().proofOfDeletion(shop.id())).isPresent();
        assertThat(on("near")).isEmpty();
        assertThat(on("far")).isEmpty();
        assertNothingIsReplicated();
    }

    @Test
    void isWaitedForWhenItsLargeDatabaseIsClosed() {
        grow();
        whileItIsOpen(
                "near",
                "before settle",
                () -> assertRefusal(() -> saas.tenants().suspend(shop.id())).isEqualTo(ErrorCodes.TENANT_BUSY));
        assertThat(saas.tenants().move(shop.id(), far.id()).serverId()).isEqualTo(far.id());
    }

    @Test
    void endsTheReplicationAtOnceIfTheNewServerGoesDown() {
        grow();
        provider.watch("far", step -> {
            if (step.equals("before unfollow")) {
                provider.fail("far", Health.down("no route"));
            }
        });
        assertRefusal(() -> saas.tenants().move(shop.id(), far.id())).isEqualTo(ErrorCodes.BACKEND_UNAVAILABLE);
        assertShopOn("near", true);
        assertNothingIsReplicated();
        inside().parameters().set("shop.terms", "30 days");

        provider.fail("far", Health.healthy());
        fixture.clock.advance(OperationLeases.LEASE);
        List<String> steps = new ArrayList<>();
        provider.watch("near", steps::add);
        saas.operations().recover();
        assertThat(moves(OperationState.FAILED)).hasSize(1);
        assertThat(on("far")).isEmpty();
        assertShopOn("near", true);
        assertThat(steps).doesNotContain("after close", "after rename");
    }

    @Test
    void keepsTheOnlyLargeDatabaseIfBothServersTurnOutToBeOne() {
        grow();
        AtomicBoolean redirected = new AtomicBoolean();
        provider.watch("near", step -> {
            if (step.equals("before end earlier") && redirected.compareAndSet(false, true)) {
                reach(far, "near");
            }
        });
        assertRefusal(() -> saas.tenants().move(shop.id(), far.id())).isEqualTo(ErrorCodes.DATABASE_FOREIGN);
        assertThat(redirected).isTrue();
        assertShopOn("near", true);
        assertNothingIsReplicated();
    }

    @Test
    void endsAReplicationWhoseMoveWasAbandoned() {
        grow();
        provider.watch("near", step -> {
            if (step.equals("before end") || step.equals("before behind")) {
                throw SaasException.unavailable(ErrorCodes.BACKEND_UNAVAILABLE, "no route", null);
            }
        });
        assertThatThrownBy(() -> saas.tenants().move(shop.id(), far.id())).isInstanceOf(SaasException.class);
        Operation move = moves(OperationState.RUNNING).get(0);
        saas.operations().abandon(move.id(), "it hangs");
        provider.watch("near", step -> {});
        saas.maintenance().run();
        assertNothingIsReplicated();
        assertShopOn("near", true);
    }

    @Test
    void takesADatabaseThatHasAnotherNameThanItsTenant() {
        provider.at("near")
                .databases(Server.builder(Server.DEFAULT_NAME).build())
                .rename(new DatabaseRef("shop", shop.uuid()), "renamed-by-hand");
        saas.tenants().move(shop.id(), far.id());
        assertThat(on("near")).isEmpty();
        assertShopOn("far", true);
    }

    @Test
    void isAtMostOnceOpenAndAtLeastOnceThereAtEveryMoment() {
        List<String> steps = new ArrayList<>();
        Stream.of("near", "far")
                .forEach(url -> provider.watch(url, step -> {
                    List<DatabaseEntry> all = Stream.concat(on("near").stream(), on("far").stream())
                            .toList();
                    assertThat(all).as(step).isNotEmpty();
                    assertThat(all.stream().filter(each -> Boolean.TRUE.equals(each.open())))
                            .as(step)
                            .hasSizeLessThan(2);
                    steps.add(url + " " + step);
                }));
        saas.tenants().move(shop.id(), far.id());
        assertThat(steps)
                .containsSubsequence(
                        "near after close",
                        "near after rename",
                        "far after receive",
                        "far after open",
                        "near before drop");
    }

    @Test
    void losesNoChangeByAnotherNodeThatDoesNotKnowOfTheMove() {
        Saas other = open("node-b");
        TenantDatabase stale = other.database("shop");
        List<String> refused = new ArrayList<>();
        AtomicBoolean copied = new AtomicBoolean();
        provider.watch("far", step -> {
            if (step.equals("after receive") && copied.compareAndSet(false, true)) {
                SaasException busy = refusal(() -> stale.parameters().set("shop.terms", "late"));
                refused.add(busy.code());
                assertThat(busy.retryable()).isTrue();
                assertRefusal(() -> other.tenants().suspend(shop.id())).isEqualTo(ErrorCodes.TENANT_BUSY);
                assertRefusal(() -> other.tenants().move(shop.id(), far.id())).isEqualTo(ErrorCodes.TENANT_BUSY);
                assertRefusal(() -> other.servers().delete(far.id())).isEqualTo(ErrorCodes.SERVER_IN_USE);
                for (ServerId involved : List.of(near.id(), far.id())) {
                    assertRefusal(() -> other.servers()
                                    .update(
                                            involved,
                                            each -> each.toBuilder()
                                                    .settings(Map.of("url", "elsewhere"))
                                                    .build()))
                            .isEqualTo(ErrorCodes.SERVER_IN_USE);
                    other.servers()
                            .update(involved, each -> each.toBuilder().weight(2).build());
                }
            }
        });
        saas.tenants().move(shop.id(), far.id());
        assertThat(refused).containsExactly(ErrorCodes.TENANT_BUSY);
        stale.parameters().set("shop.terms", "in time");
        assertThat(inside().parameters().value("shop.terms")).contains("in time");
        other.close();
    }

    @Test
    void isUndoneIfTheOtherServerFailsBeforeTheSwitch() {
        AtomicBoolean failed = new AtomicBoolean();
        provider.watch("far", step -> {
            if (step.equals("after receive") && failed.compareAndSet(false, true)) {
                throw new IllegalStateException("no space left");
            }
        });
        try {
            saas.tenants().move(shop.id(), far.id());
            throw new AssertionError("it was moved");
        } catch (IllegalStateException expected) {
            assertThat(moves(OperationState.FAILED)).hasSize(1);
        }
        assertThat(on("far")).isEmpty();
        assertShopOn("near", true);
        assertThat(saas.tenants().get(shop.id())).isEqualTo(shop);
        assertThat(saas.tenants().move(shop.id(), far.id()).serverId()).isEqualTo(far.id());
    }

    @Test
    void opensTheTenantAgainWithoutWaitingForAServerThatWentDown() {
        provider.watch("far", step -> {
            if (step.equals("before receive")) {
                provider.fail("far", Health.down("no route"));
            }
        });
        assertRefusal(() -> saas.tenants().move(shop.id(), far.id())).isEqualTo(ErrorCodes.BACKEND_UNAVAILABLE);
        assertShopOn("near", true);
        inside().parameters().set("shop.terms", "30 days");
        assertThat(moves(OperationState.RUNNING)).as("what may be left there").hasSize(1);

        provider.fail("far", Health.healthy());
        fixture.clock.advance(OperationLeases.LEASE);
        saas.operations().recover();
        assertThat(moves(OperationState.FAILED)).hasSize(1);
        assertThat(on("far")).isEmpty();
    }

    @Test
    void opensTheTenantAgainIfTheCopyCannotBeRemoved() {
        AtomicReference<String> failing = new AtomicReference<>("after receive");
        provider.watch("far", step -> {
            if (step.equals(failing.get())) {
                failing.set(step.equals("after receive") ? "before discard" : "");
                throw new IllegalStateException("no space left");
            }
        });
        assertThatThrownBy(() -> saas.tenants().move(shop.id(), far.id())).isInstanceOf(IllegalStateException.class);
        assertThat(failing).hasValue("");
        assertThat(on("far")).hasSize(1);
        inside().parameters().set("shop.terms", "30 days");
        assertShopOn("near", true);

        fixture.clock.advance(OperationLeases.LEASE);
        saas.operations().recover();
        assertThat(moves(OperationState.FAILED)).hasSize(1);
        assertThat(on("far")).isEmpty();
        assertShopOn("near", true);
        assertThat(inside().parameters().value("shop.terms")).contains("30 days");
    }

    @Test
    void leavesTheCopyToTheNodeThatTookOver() throws Exception {
        inside().parameters().set("shop.terms", "30 days");
        saas.tenants().suspend(shop.id());
        Saas other = open("node-b");
        CompletableFuture<Void> atTheSwitch = new CompletableFuture<>();
        CompletableFuture<Void> stopped = new CompletableFuture<>();
        AtomicBoolean stalled = new AtomicBoolean();
        AtomicReference<CompletableFuture<Void>> takenOver = new AtomicReference<>();
        provider.watch("near", step -> {
            if (!step.equals("after transact") || on("far").isEmpty()) {
                return;
            }
            if (stalled.compareAndSet(false, true)) {
                fixture.clock.advance(OperationLeases.LEASE);
                takenOver.set(CompletableFuture.runAsync(other.operations()::recover));
                atTheSwitch.orTimeout(10, TimeUnit.SECONDS).join();
            } else if (atTheSwitch.complete(null)) {
                stopped.orTimeout(10, TimeUnit.SECONDS).join();
            }
        });
        assertRefusal(() -> saas.tenants().move(shop.id(), far.id())).isEqualTo(ErrorCodes.OPERATION_IN_PROGRESS);
        stopped.complete(null);
        takenOver.get().get(10, TimeUnit.SECONDS);
        other.close();

        assertThat(moves(OperationState.DONE)).hasSize(1);
        assertThat(on("near")).isEmpty();
        assertShopOn("far", false);
        assertThat(inside().parameters().value("shop.terms")).contains("30 days");
    }

    @Test
    void leavesTheReplicationToTheNodeThatTookOver() throws Exception {
        grow();
        Saas other = open("node-b");
        CompletableFuture<Void> following = new CompletableFuture<>();
        CompletableFuture<Void> stopped = new CompletableFuture<>();
        AtomicBoolean stalled = new AtomicBoolean();
        AtomicReference<CompletableFuture<Void>> takenOver = new AtomicReference<>();
        provider.watch("near", step -> {
            if (step.equals("before end earlier") && stalled.compareAndSet(false, true)) {
                fixture.clock.advance(OperationLeases.LEASE);
                takenOver.set(CompletableFuture.runAsync(other.operations()::recover));
                following.orTimeout(10, TimeUnit.SECONDS).join();
            } else if (step.equals("before behind") && following.complete(null)) {
                stopped.orTimeout(10, TimeUnit.SECONDS).join();
            }
        });
        assertRefusal(() -> saas.tenants().move(shop.id(), far.id())).isEqualTo(ErrorCodes.OPERATION_IN_PROGRESS);
        stopped.complete(null);
        takenOver.get().get(10, TimeUnit.SECONDS);
        other.close();

        assertThat(moves(OperationState.DONE)).hasSize(1);
        assertShopOn("far", true);
        assertNothingIsReplicated();
    }

    @Test
    void keepsTheOriginalOfASuspendedTenantIfTheCopyIsGone() {
        saas.tenants().suspend(shop.id());
        AtomicBoolean dropped = new AtomicBoolean();
        provider.watch("near", step -> {
            if (step.equals("after transact") && !on("far").isEmpty() && dropped.compareAndSet(false, true)) {
                provider.at("far")
                        .databases(Server.builder(Server.DEFAULT_NAME).build())
                        .drop(new DatabaseRef("shop", shop.uuid()));
            }
        });
        assertRefusal(() -> saas.tenants().move(shop.id(), far.id())).isEqualTo(ErrorCodes.DATABASE_UNKNOWN);
        assertThat(saas.tenants().get(shop.id()).serverId()).isEqualTo(near.id());
        assertShopOn("near", false);
    }

    @Test
    void doesNotTakeHalfACopyForTheDatabaseOfASourceThatWasGivenUp() {
        provider.watch("far", step -> {
            if (step.equals("after receive")) {
                provider.leaveHalfMade("far");
                provider.fail("near", Health.down("no route"));
                throw new IllegalStateException("the source is gone");
            }
        });
        assertThatThrownBy(() -> saas.tenants().move(shop.id(), far.id())).isInstanceOf(IllegalStateException.class);
        for (int minute = 0; minute <= 10; minute++) {
            saas.servers().loss(near.id());
            fixture.seconds(60);
        }
        saas.servers().giveUp(near.id(), "near");

        fixture.clock.advance(OperationLeases.LEASE);
        saas.operations().recover();
        assertThat(moves(OperationState.FAILED)).hasSize(1);
        assertThat(saas.tenants().get(shop.id()).serverId()).isEqualTo(near.id());

        assertThat(on("far")).hasSize(1);
        saas.tenants().purge(shop.id());
        assertThat(on("far")).isEmpty();
    }

    @Test
    void worksOnTheNewServerWhileTheOldOneIsDown() {
        AtomicBoolean down = new AtomicBoolean();
        provider.watch("near", step -> {
            if (step.equals("before drop") && down.compareAndSet(false, true)) {
                provider.fail("near", Health.down("no route"));
            }
        });
        assertRefusal(() -> saas.tenants().move(shop.id(), far.id())).isEqualTo(ErrorCodes.BACKEND_UNAVAILABLE);
        assertThat(saas.tenants().get(shop.id()).serverId()).isEqualTo(far.id());
        inside().parameters().set("shop.terms", "30 days");
        assertThat(saas.tenants().move(shop.id(), far.id()).serverId())
                .as("the request is repeated")
                .isEqualTo(far.id());

        provider.fail("near", Health.healthy());
        fixture.clock.advance(OperationLeases.LEASE);
        saas.operations().recover();
        assertThat(moves(OperationState.DONE)).hasSize(1);
        assertThat(on("near")).isEmpty();
        assertThat(inside().parameters().value("shop.terms")).contains("30 days");
    }

    @Test
    void isCancelledBeforeTheSwitchAndNotAfterIt() {
        for (String step : List.of("after receive", "before open")) {
            AtomicReference<String> at = new AtomicReference<>(step);
            provider.watch("far", passed -> {
                if (passed.equals(at.get())) {
                    at.set("");
                    saas.operations()
                            .cancel(moves(OperationState.RUNNING).get(0).id());
                }
            });
            if (step.equals("before open")) {
                saas.tenants().move(shop.id(), far.id());
            } else {
                assertRefusal(() -> saas.tenants().move(shop.id(), far.id())).isEqualTo(ErrorCodes.OPERATION_CANCELLED);
                assertThat(saas.tenants().get(shop.id())).isEqualTo(shop);
                assertThat(on("far")).isEmpty();
            }
            assertThat(at.get()).isEmpty();
        }
        assertThat(saas.tenants().get(shop.id()).serverId()).isEqualTo(far.id());
    }

    /** The copy would be the only database that is left. */
    @Test
    void losesNothingThatTheNewServerRefuses() {
        provider.at("far").setRefused(List.of("setting work_mem"));

        SaasException refusal = refusal(() -> saas.tenants().move(shop.id(), far.id()));

        assertThat(refusal.code()).isEqualTo(ErrorCodes.DATABASE_NOT_TRANSFERABLE);
        assertThat(refusal).hasMessageContaining("setting work_mem");
        assertShopOn("near", true);
        assertThat(on("far")).isEmpty();
    }

    /** What the application creates after the move was requested. */
    @Test
    void looksAgainBeforeTheTenantIsClosed() {
        Operation queued = saas.async().move(shop.id(), far.id());
        provider.at("near").setTransferDoubts(List.of("extension postgis"));
        provider.watch("near", step -> assertThat(step).isNotIn("before close", "before rename", "before send"));

        saas.operations().recover();

        assertThat(moves(OperationState.FAILED)).singleElement().satisfies(failed -> {
            assertThat(failed.id()).isEqualTo(queued.id());
            assertThat(failed.errorCode()).isEqualTo(ErrorCodes.DATABASE_NOT_TRANSFERABLE);
            assertThat(failed.errorMessage()).contains("\"shop\"", "extension postgis");
        });
        assertShopOn("near", true);
    }

    @Test
    void refusesBeforeTheTenantIsClosed() {
        Stream.of("near", "far")
                .forEach(url -> provider.watch(
                        url,
                        step -> assertThat(step)
                                .isNotIn("before close", "before rename", "before send", "before receive")));
        saas.servers().update(far.id(), each -> each.toBuilder().draining(true).build());
        assertRefusal(() -> saas.tenants().move(shop.id(), far.id())).isEqualTo(ErrorCodes.SERVER_NONE);
        saas.servers()
                .update(
                        far.id(),
                        each -> each.toBuilder()
                                .draining(false)
                                .clientsHostTemplate("{dbname}.far.example.com")
                                .build());
        SaasException hosts = refusal(() -> saas.tenants().move(shop.id(), far.id()));
        assertThat(hosts.code()).isEqualTo(ErrorCodes.SERVER_OTHER_HOSTS);
        assertThat(hosts).hasMessageContainingAll("shop.portal.localhost", "shop.far.example.com");
        saas.servers()
                .update(
                        far.id(),
                        each -> each.toBuilder().clientsHostTemplate(null).build());
        assertRefusal(() -> saas.tenants().move(shop.id(), FIRST)).isEqualTo(ErrorCodes.BACKEND_UNSUPPORTED);
        assertRefusal(() -> saas.tenants().move(shop.id(), new ServerId(99))).isEqualTo(ErrorCodes.SERVER_NONE);

        Server same = saas.servers().create(server("again"));
        saas.servers()
                .update(
                        same.id(),
                        each -> each.toBuilder().settings(Map.of("url", "near")).build());
        assertRefusal(() -> saas.tenants().move(shop.id(), same.id())).isEqualTo(ErrorCodes.DATABASE_FOREIGN);

        provider.at("near").setTransferDoubts(List.of("extension postgis", "setting a"));
        SaasException incomplete = refusal(() -> saas.tenants().move(shop.id(), far.id()));
        assertThat(incomplete.code()).isEqualTo(ErrorCodes.DATABASE_NOT_TRANSFERABLE);
        assertThat(incomplete).hasMessageContainingAll("\"shop\"", "extension postgis and 1 more");
        provider.at("near").setTransferDoubts(List.of());

        provider.at("far").putForeign("shop");
        assertRefusal(() -> saas.tenants().move(shop.id(), far.id())).isEqualTo(ErrorCodes.TENANT_NAME_TAKEN);
        provider.fail("near", Health.down("no route"));
        assertRefusal(() -> saas.tenants().move(shop.id(), far.id())).isEqualTo(ErrorCodes.BACKEND_UNAVAILABLE);
        provider.fail("near", Health.healthy());
        provider.lackTransfer();
        assertRefusal(() -> saas.tenants().move(shop.id(), far.id())).isEqualTo(ErrorCodes.BACKEND_UNSUPPORTED);
        assertRefusal(() -> saas.actingAs(owner.id()).tenants().move(shop.id(), far.id()))
                .isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);

        assertThat(saas.tenants().move(shop.id(), near.id()))
                .as("it is there already")
                .isEqualTo(shop);
        Stream.of("near", "far").forEach(url -> provider.watch(url, step -> {}));
        saas.parameters().set(Parameter.RETENTION_DAYS, "7");
        saas.tenants().delete(shop.id());
        assertRefusal(() -> saas.tenants().move(shop.id(), far.id())).isEqualTo(ErrorCodes.TENANT_STATE);
        assertThat(moves(OperationState.DONE)).isEmpty();
        assertThat(moves(OperationState.FAILED)).isEmpty();
    }

    /** Changes where a server is reached, as a node of a version does that does not refuse this during a move. */
    private void reach(Server server, String url) {
        storage.catalog().transact(tx -> {
            tx.records(RecordTypes.SERVERS)
                    .update(server.toBuilder().settings(Map.of("url", url)).build());
            return null;
        });
        fixture.seconds(10);
    }

    @Test
    void keepsTheOnlyDatabaseIfBothServersTurnOutToBeOne() {
        AtomicBoolean redirected = new AtomicBoolean();
        provider.watch("near", step -> {
            if (step.equals("before close") && redirected.compareAndSet(false, true)) {
                reach(far, "near");
            }
        });
        assertRefusal(() -> saas.tenants().move(shop.id(), far.id())).isEqualTo(ErrorCodes.TENANT_NAME_TAKEN);
        assertThat(redirected).isTrue();
        assertShopOn("near", true);
        assertThat(saas.tenants().get(shop.id())).isEqualTo(shop);
    }

    @Test
    void keepsTheOnlyDatabaseIfBothServersAreOneWhenItIsUndoneAgain() {
        provider.watch("far", step -> {
            if (step.equals("before receive")) {
                provider.fail("far", Health.down("no route"));
            }
        });
        assertRefusal(() -> saas.tenants().move(shop.id(), far.id())).isEqualTo(ErrorCodes.BACKEND_UNAVAILABLE);
        inside().parameters().set("shop.terms", "30 days");

        provider.move("near", "far");
        provider.fail("far", Health.healthy());
        fixture.clock.advance(OperationLeases.LEASE);
        Saas other = open("node-b");
        other.operations().recover();
        other.close();
        assertThat(moves(OperationState.FAILED)).hasSize(1);
        assertShopOn("near", true);
        assertThat(inside().parameters().value("shop.terms")).contains("30 days");
    }

    @Test
    void aCampaignEmptiesAServerAndContinuesWithThoseThatFailed() {
        List<Tenant> others = Stream.of("two", "three")
                .map(name -> saas.tenants()
                        .create(CreateTenant.onPlan(plan)
                                .owner(owner)
                                .name(name)
                                .build())
                        .tenant())
                .toList();
        saas.servers().update(near.id(), each -> each.toBuilder().draining(true).build());
        Campaign.Builder drain =
                Campaign.of(CampaignChange.move(far.id())).server(near.id()).maxFailures(1);
        assertThat(saas.campaigns().count(drain.build())).isEqualTo(3);
        provider.at("far").putForeign("two");
        OperationId id = saas.campaigns().start(drain.build()).id();
        saas.maintenance().run();
        assertThat(saas.campaigns().status(id))
                .returns(3L, CampaignStatus::total)
                .returns(2L, CampaignStatus::done)
                .returns(1L, CampaignStatus::failed)
                .returns(
                        CampaignChange.move(far.id()),
                        status -> status.campaign().change());
        assertThat(saas.campaigns().failures(id, 0))
                .singleElement()
                .returns(others.get(0).id(), Operation::tenantId)
                .returns(ErrorCodes.TENANT_NAME_TAKEN, Operation::errorCode);

        saas.tenants().rename(others.get(0).id(), "second");
        saas.campaigns().retry(id);
        saas.maintenance().run();
        assertThat(saas.campaigns().status(id))
                .returns(3L, CampaignStatus::done)
                .returns(0L, CampaignStatus::failed);
        assertThat(on("near")).isEmpty();
        assertThat(saas.campaigns().count(drain.build())).isZero();
        assertRefusal(() -> saas.campaigns()
                        .start(Campaign.of(CampaignChange.move(new ServerId(99)))
                                .build()))
                .isEqualTo(ErrorCodes.RECORD_MISSING);
    }

    @Test
    void canBeRepairedAfterItWasAbandoned() {
        provider.watch("far", step -> {
            if (step.equals("before receive")) {
                saas.operations().abandon(moves(OperationState.RUNNING).get(0).id(), "it hangs");
                throw new IllegalStateException("it hangs");
            }
        });
        SaasException abandoned = refusal(() -> saas.tenants().move(shop.id(), far.id()));
        assertThat(abandoned.code()).isEqualTo(ErrorCodes.OPERATION_ABANDONED);
        assertThat(abandoned).hasMessageContainingAll("was not moved", "another name", "near", "far");
        assertThat(saas.reconciliation().check().findings())
                .extracting(each -> each.code())
                .contains(FindingCode.WRONG_NAME);

        saas.reconciliation().repair(RepairRequest.builder().build());
        assertThat(saas.reconciliation().check().findings()).isEmpty();
        assertShopOn("near", true);
        assertThat(saas.tenants().get(shop.id()).state()).isEqualTo(TenantState.OPEN);
    }

    /** A run that goes on after its operation was abandoned, and finds its own source as the other server. */
    @Test
    void keepsTheOnlyDatabaseIfItIsAbandonedAndBothServersTurnOutToBeOne() {
        for (String at : List.of("before rename", "before send")) {
            provider.watch("near", step -> {
                if (step.equals(at) && !moves(OperationState.RUNNING).isEmpty()) {
                    saas.operations()
                            .abandon(moves(OperationState.RUNNING).get(0).id(), "it hangs");
                    reach(far, "near");
                    throw new IllegalStateException("it hangs");
                }
            });
            assertRefusal(() -> saas.tenants().move(shop.id(), far.id()))
                    .as(at)
                    .isEqualTo(ErrorCodes.OPERATION_ABANDONED);
            assertThat(on("near")).as(at).extracting(DatabaseEntry::uuid).containsExactly(shop.uuid());
            reach(far, "far");
            saas.reconciliation().repair(RepairRequest.builder().build());
            assertShopOn("near", true);
        }
    }

    private List<String> reservedNames() {
        return storage.catalog()
                .transact(tx -> tx.records(RecordTypes.RESERVED_NAMES).values(ReservedName.NAME, Query.all()));
    }

    private void inADrillOnNear(Runnable action) {
        AtomicBoolean done = new AtomicBoolean();
        provider.watch("near", step -> {
            if (step.equals("after receive") && done.compareAndSet(false, true)) {
                saas.tenants().move(shop.id(), far.id());
                action.run();
            }
        });
    }

    @Test
    void leavesAServerThatCannotBeDeletedDuringADrill() {
        saas.backups().create(shop.id(), null);
        saas.plans().update(plan.id(), each -> each.toBuilder().serverId(null).build());
        inADrillOnNear(() -> {
            assertRefusal(() -> saas.servers().delete(near.id())).isEqualTo(ErrorCodes.SERVER_IN_USE);
            assertRefusal(() -> saas.servers()
                            .update(
                                    near.id(),
                                    each -> each.toBuilder()
                                            .settings(Map.of("url", "elsewhere"))
                                            .build()))
                    .isEqualTo(ErrorCodes.SERVER_IN_USE);
        });
        assertThat(saas.backups().drill(shop.id(), null).members()).isEqualTo(3);
        saas.servers().delete(near.id());
    }

    @Test
    void isNotHeldUpByADrillWhoseServerIsGoneWhenItIsDeletedForGood() {
        saas.backups().create(shop.id(), null);
        inADrillOnNear(() -> {
            boolean deleted = storage.catalog()
                    .transact(tx ->
                            tx.records(RecordTypes.SERVERS).delete(near.id().value()));
            assertThat(deleted).isTrue();
            try (Saas other = open("node-b")) {
                assertThat(other.tenants().purge(shop.id()).state()).isEqualTo(TenantState.DELETED);
            }
        });
        assertRefusal(() -> saas.backups().drill(shop.id(), null)).isEqualTo(ErrorCodes.OPERATION_SUPERSEDED);
    }

    @Test
    void provesADeletionOnlyIfAMoveThatWasAbandonedLeftNothing() {
        provider.watch("near", step -> {
            if (step.equals("before drop") && !moves(OperationState.RUNNING).isEmpty()) {
                saas.operations().abandon(moves(OperationState.RUNNING).get(0).id(), "it hangs");
                throw new IllegalStateException("it hangs");
            }
        });
        assertRefusal(() -> saas.tenants().move(shop.id(), far.id())).isEqualTo(ErrorCodes.OPERATION_ABANDONED);
        assertThat(on("near"))
                .singleElement()
                .extracting(DatabaseEntry::name)
                .asString()
                .startsWith("moving-");
        assertThat(reservedNames())
                .as("the name that it has now is not reserved")
                .containsExactly("shop");

        provider.fail("near", Health.down("no route"));
        assertRefusal(() -> saas.tenants().purge(shop.id())).isEqualTo(ErrorCodes.BACKEND_UNAVAILABLE);
        assertShopOn("far", false);
        assertThat(saas.tenants().proofOfDeletion(shop.id())).isEmpty();
        provider.fail("near", Health.healthy());
        fixture.clock.advance(OperationLeases.LEASE);
        saas.operations().recover();
        assertThat(saas.tenants().proofOfDeletion(shop.id())).isPresent();
        assertThat(on("near")).isEmpty();
        assertThat(on("far")).isEmpty();
    }

    @Test
    void leavesNothingOfARestoreInPlaceOnTheOldServerIfTheTenantIsDeletedForGood() {
        Backup backup = saas.backups().create(shop.id(), null);
        provider.watch("near", step -> {
            if (step.equals("before send")) {
                saas.operations()
                        .list(Query.where(Filter.equal(Operation.STATE, OperationState.RUNNING)))
                        .forEach(each -> saas.operations().abandon(each.id(), "it hangs"));
            } else if (step.equals("before discard")) {
                throw new IllegalStateException("it hangs");
            }
        });
        assertRefusal(() -> saas.backups().restoreInPlace(shop.id(), backup.id(), null))
                .isEqualTo(ErrorCodes.OPERATION_ABANDONED);
        provider.watch("near", step -> {});
        saas.reconciliation().repair(RepairRequest.builder().build());
        OperationId campaign = saas.campaigns()
                .start(Campaign.of(CampaignChange.move(far.id())).build())
                .id();
        saas.maintenance().run();
        assertThat(on("near"))
                .singleElement()
                .extracting(DatabaseEntry::name)
                .asString()
                .startsWith("restored-");

        forgetOperations();
        assertThat(saas.operations().find(campaign)).isEmpty();
        assertThat(saas.operations().list(Query.all()))
                .as("what the deletion for good looks for")
                .extracting(Operation::kind, Operation::state, Operation::campaign)
                .containsExactly(
                        tuple(OperationKind.RESTORE_IN_PLACE, OperationState.FAILED, null),
                        tuple(OperationKind.MOVE_TENANT, OperationState.DONE, null));
        forgetOperations();
        saas.tenants().purge(shop.id());
        assertThat(on("near")).isEmpty();
        assertThat(on("far")).isEmpty();
        forgetOperations();
        assertThat(saas.operations().list(Query.all())).isEmpty();
    }

    private void forgetOperations() {
        saas.parameters().set(Parameter.OPERATION_RETENTION_DAYS, "120");
        fixture.clock.advance(Duration.ofDays(121));
        fixture.nanos.addAndGet(Duration.ofDays(121).toNanos());
        saas.maintenance().runDue();
    }
}
