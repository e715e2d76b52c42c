// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.server;

import static dev.allotment.core.Refusals.assertRefusal;
import static dev.allotment.core.Refusals.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreateTenant;
import dev.allotment.DuplicateTenant;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Health;
import dev.allotment.OperationState;
import dev.allotment.Parameter;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.SignUp;
import dev.allotment.Template;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.access.Member;
import dev.allotment.core.Concurrently;
import dev.allotment.core.Consistency;
import dev.allotment.core.Fixture;
import dev.allotment.core.ManyServers;
import dev.allotment.core.Refusals;
import dev.allotment.core.Result;
import dev.allotment.fleet.NodeStatistics;
import dev.allotment.fleet.Server;
import dev.allotment.fleet.ServerStatus;
import dev.allotment.fleet.Servers;
import dev.allotment.spi.backend.BackendProvider;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.PoolUse;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.ServerSecret;
import dev.allotment.testing.MemoryBackend;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ServerBackendsTest {
    private static final String KEY = "a secret key for tests";
    private static final ServerId FIRST = new ServerId(1);

    private final Fixture fixture = new Fixture();
    private final MemoryBackend storage = MemoryBackend.create();
    private final ManyServers provider = new ManyServers();
    private final Saas saas =
            fixture.builder(storage).provider(provider).secretKey(KEY).open();
    private final Servers servers = saas.servers();
    private final User owner = saas.accounts()
            .signUp(SignUp.builder("owner@example.com", "Owner", Fixture.PASSWORD)
                    .build());

    /** Databases are dropped when they are deleted. */
    @BeforeEach
    void retainNothing() {
        saas.parameters().set(Parameter.RETENTION_DAYS, "0");
    }

    @AfterEach
    void close() {
        saas.close();
        fixture.close();
    }

    private static Server server(String name) {
        return Server.builder(name)
                .backend(ManyServers.NAME)
                .settings(Map.of("url", name))
                .build();
    }

    private Tenant make(Plan.Builder plan, String name) {
        Plan stored = saas.plans().create(plan.build());
        return saas.tenants()
                .create(CreateTenant.onPlan(stored).owner(owner).name(name).build())
                .tenant();
    }

    private List<String> namesOn(String url) {
        return provider.at(url).databases(Server.builder(Server.DEFAULT_NAME).build()).list().stream()
                .map(DatabaseRef::name)
                .toList();
    }

    @Test
    void hostsTheTenantsOfItsPlansForTheirWholeLife() {
        Server far = servers.create(server("far"), "s3cret");
        Tenant shop = make(Plan.builder("Pinned").serverId(far.id()), "shop");

        assertThat(shop.serverId()).isEqualTo(far.id());
        assertThat(namesOn("far")).containsExactly("shop");
        assertThat(storage.databases(servers.get(FIRST)).list()).isEmpty();
        assertThat(saas.database("shop").members().count(Filter.equal(Member.OWNER, true)))
                .isEqualTo(1);
        saas.tenants().rename(shop.id(), "market");
        saas.tenants().suspend(shop.id());
        assertThat(namesOn("far")).containsExactly("market");
        saas.tenants().delete(shop.id());
        assertThat(namesOn("far")).isEmpty();
    }

    @Test
    void delaysTheMaintenanceOnlyBrieflyIfManyServersAreSlowAndDown() {
        List<String> asked = new ArrayList<>();
        for (String name : List.of("one", "two", "three")) {
            servers.create(server(name));
            provider.fail(name, Health.down("no route"));
            provider.whenAsked(name, () -> {
                asked.add(name);
                fixture.seconds(3);
            });
        }
        saas.maintenance().run();
        assertThat(asked).hasSize(1);
        saas.maintenance().run();
        saas.maintenance().run();
        assertThat(asked).as("each gets its turn").containsExactlyInAnyOrder("one", "two", "three");
    }

    @Test
    void isRefusedIfItsBackendWasBuiltForAnotherVersionOfTheSpi() {
        provider.pretendSpiVersion(BackendProvider.SPI_VERSION + 1);

        assertThat(refusal(() -> servers.create(server("far"), "s3cret")))
                .returns(ErrorCodes.BACKEND_UNKNOWN, SaasException::code)
                .hasMessage("Backend \"many\" was built for version " + (BackendProvider.SPI_VERSION + 1)
                        + " of the SPI of backends, and this control plane has version "
                        + BackendProvider.SPI_VERSION + ". Use a build of the backend for this version.");
    }

    @Test
    void hasItsPoolsAmongThoseOfTheNode() {
        servers.create(server("far"), "s3cret");
        provider.usePools("far", List.of(new PoolUse("databases", 2, 1, 3, 4)));
        saas.maintenance().run();

        assertThat(saas.maintenance().statistics().pools())
                .filteredOn(pool -> pool.server().equals("far"))
                .containsExactly(new NodeStatistics.Pool("far", "databases", 2, 1, 3, 4));
    }

    @Test
    void copiesBetweenServersOfTheSameKindOnly() {
        Server far = servers.create(server("far"), "s3cret");
        Server farther = servers.create(server("farther"), "s3cret");
        Tenant shop = make(Plan.builder("Pinned").serverId(far.id()), "shop");

        saas.tenants()
                .duplicate(DuplicateTenant.builder(shop.id())
                        .name("copy")
                        .server(farther.id())
                        .build());

        assertThat(namesOn("far")).containsExactly("shop");
        assertThat(namesOn("farther")).containsExactly("copy");
        SaasException refusal = refusal(() -> saas.tenants()
                .duplicate(DuplicateTenant.builder(shop.id())
                        .name("other")
                        .server(FIRST)
                        .build()));
        assertThat(refusal.code()).isEqualTo(ErrorCodes.BACKEND_UNSUPPORTED);
        assertThat(refusal).hasMessageContainingAll("from server far to server", "memory", "many");
        assertThat(saas.tenants().findByName("other")).isEmpty();
        assertThat(saas.operations().list(Query.all()))
                .as("nothing was started")
                .noneMatch(each -> each.state() != OperationState.DONE);
        provider.lackTransfer();
        assertRefusal(() -> saas.tenants()
                        .duplicate(DuplicateTenant.builder(shop.id())
                                .name("other")
                                .server(farther.id())
                                .build()))
                .isEqualTo(ErrorCodes.BACKEND_UNSUPPORTED);
    }

    @Test
    void opensAServerOnceWhenItIsNeeded() {
        Server far = servers.create(server("far"), "s3cret");
        assertThat(provider.open()).as("opened to check, and closed").isEmpty();
        make(Plan.builder("One").serverId(far.id()), "one");
        make(Plan.builder("Two").serverId(far.id()), "two");

        assertThat(provider.open()).containsExactly("far");
        assertThat(provider.opened("far")).isEqualTo(2);
        assertThat(provider.passwordOf("far")).isEqualTo("s3cret");
        assertThat(provider.installationOf("far")).isNotNull();
        saas.close();
        assertThat(provider.open()).isEmpty();
        assertThat(storage.health().up())
                .as("the backend that the embedder passed in")
                .isTrue();
    }

    @Test
    void reopensAServerAfterItsSettingsOrPasswordChange() {
        Server far = servers.create(server("far"));
        make(Plan.builder("One").serverId(far.id()), "one");
        ManyServers elsewhere = new ManyServers();
        Saas node = fixture.builder(storage)
                .node("node-b")
                .provider(elsewhere)
                .secretKey(KEY)
                .open();
        assertThat(node.servers().status(far.id()).health().up()).isTrue();

        provider.move("far", "farther");
        servers.update(
                far.id(),
                each -> each.toBuilder().settings(Map.of("url", "farther")).build());
        make(Plan.builder("Two").serverId(far.id()), "two");
        assertThat(namesOn("farther")).containsExactly("one", "two");
        assertThat(provider.open())
                .as("callers that still use the old one can continue")
                .containsExactly("far", "farther");
        servers.setPassword(far.id(), "other");
        make(Plan.builder("Three").serverId(far.id()), "three");
        assertThat(provider.passwordOf("farther")).isEqualTo("other");

        fixture.seconds(61);
        saas.maintenance().run();
        assertThat(provider.open()).containsExactly("farther");
        node.servers().status(far.id());
        assertThat(elsewhere.open()).contains("farther");
        assertThat(elsewhere.passwordOf("farther")).isEqualTo("other");
        node.close();
    }

    @Test
    void acceptsOnlySettingsWithWhichTheDatabasesOfItsTenantsAreFound() {
        Server far = servers.create(server("far"));
        servers.update(
                far.id(),
                each -> each.toBuilder().settings(Map.of("url", "empty")).build());
        servers.update(
                far.id(),
                each -> each.toBuilder().settings(Map.of("url", "far")).build());
        make(Plan.builder("One").serverId(far.id()), "one");

        assertRefusal(() -> servers.update(
                        far.id(),
                        each -> each.toBuilder()
                                .settings(Map.of("url", "empty"))
                                .build()))
                .isEqualTo(ErrorCodes.SERVER_INVALID);
        provider.fail("empty", Health.down("no route"));
        assertRefusal(() -> servers.update(
                        far.id(),
                        each -> each.toBuilder()
                                .settings(Map.of("url", "empty"))
                                .build()))
                .as("it may be another server")
                .isEqualTo(ErrorCodes.BACKEND_UNAVAILABLE);
        assertThat(servers.get(far.id()).settings()).isEqualTo(Map.of("url", "far"));
        servers.update(far.id(), each -> each.toBuilder().capacity(7).build());

        provider.fail("far", Health.down("It has moved."));
        provider.move("far", "farther");
        servers.update(
                far.id(),
                each -> each.toBuilder().settings(Map.of("url", "farther")).build());
        assertThat(namesOn("farther")).containsExactly("one");
    }

    @Test
    void encryptsItsPasswordAndNeverShowsIt() {
        Server far = servers.create(server("far"), "s3cret-of-far");
        Server near = servers.create(server("near"), "s3cret-of-far");
        List<String> sealed = Consistency.all(storage, RecordTypes.SERVER_SECRETS).stream()
                .map(secret -> secret.sealed())
                .toList();
        assertThat(sealed).hasSize(2).doesNotHaveDuplicates().noneMatch(text -> text.contains("s3cret"));
        assertThat(List.of(far, near, servers.list(Query.all()), servers.status(far.id()))
                        .toString())
                .doesNotContain("s3cret");

        Saas other = fixture.builder(storage)
                .node("node-b")
                .provider(provider)
                .secretKey("another secret key")
                .open();
        ServerStatus status = other.servers().status(far.id());
        assertThat(status.health().up()).isFalse();
        assertThat(status.health().message()).contains("another secret key").doesNotContain("s3cret");
        other.close();
    }

    @Test
    void decryptsPasswordsThatWereStoredBefore() {
        Saas host = Saas.builder()
                .backend(storage)
                .provider(provider)
                .secretKey(KEY)
                .clock(fixture.clock)
                .open();
        Server far = host.servers().create(server("far"));
        String sealed = "1.b2YgMTIgYnl0ZXMuDikeqyl0Pqh2fzlTt26jNPdJ6kl/sg";
        storage.catalog()
                .transact(tx -> tx.records(RecordTypes.SERVER_SECRETS).insert(new ServerSecret(0, far.id(), sealed)));
        assertThat(host.servers().status(far.id()).health().up()).isTrue();
        assertThat(provider.passwordOf("far")).isEqualTo("s3cret");
        host.close();
    }

    @Test
    void theKeyIsReplacedWhileNodesRun() {
        String next = "another secret key for tests";
        Server far = servers.create(server("far"), "s3cret");
        AtomicReference<List<String>> ofA = new AtomicReference<>(List.of(KEY));
        AtomicReference<List<String>> ofB = new AtomicReference<>(List.of(KEY));
        ManyServers elsewhere = new ManyServers();
        try (Saas a = fixture.builder(storage)
                        .node("node-a")
                        .provider(provider)
                        .secretKeys(ofA::get)
                        .open();
                Saas b = fixture.builder(storage)
                        .node("node-b")
                        .provider(elsewhere)
                        .secretKeys(ofB::get)
                        .open()) {
            ofA.set(List.of(KEY, next));
            ofB.set(List.of(KEY, next));
            assertThat(a.servers().rotateServerPasswords()).isZero();
            ofA.set(List.of(next, KEY));
            assertThat(isUp(b, far)).isTrue();
            assertThat(a.servers().rotateServerPasswords()).isEqualTo(1);
            assertThat(a.servers().rotateServerPasswords()).isZero();

            fixture.seconds(6);
            assertThat(isUp(b, far))
                    .as("on a node whose first key is still the old one")
                    .isTrue();
            assertThat(elsewhere.passwordOf("far")).isEqualTo("s3cret");
            ofB.set(List.of(next));
            servers.setPassword(far.id(), "sealed with the old key");
            assertRefusal(() -> b.servers().rotateServerPasswords()).isEqualTo(ErrorCodes.SERVER_KEY_WRONG);
            assertThat(a.servers().rotateServerPasswords()).isEqualTo(1);
            fixture.seconds(6);
            assertThat(isUp(b, far)).as("without the old key").isTrue();
            assertThat(elsewhere.passwordOf("far")).isEqualTo("sealed with the old key");
        }
    }

    private static boolean isUp(Saas node, Server server) {
        return node.servers().status(server.id()).health().up();
    }

    @Test
    void bindsASealedPasswordToItsServer() {
        Server far = servers.create(server("far"), "s3cret");
        Server near = servers.create(server("near"), "other");
        storage.catalog().transact(tx -> {
            var secrets = tx.records(RecordTypes.SERVER_SECRETS);
            var all = secrets.list(Query.all());
            var ofFar = all.stream()
                    .filter(each -> each.serverId().equals(far.id()))
                    .findFirst()
                    .orElseThrow();
            var ofNear = all.stream()
                    .filter(each -> each.serverId().equals(near.id()))
                    .findFirst()
                    .orElseThrow();
            secrets.update(new ServerSecret(ofNear.id(), near.id(), ofFar.sealed()));
            return null;
        });
        assertThat(servers.status(near.id()).health().up()).isFalse();
        assertThat(servers.status(far.id()).health().up()).isTrue();
    }

    @Test
    void refusesAPasswordWithoutASecretKeyAndSaysWhatToDo() {
        Saas keyless = fixture.builderWithoutKey(MemoryBackend.create())
                .provider(provider)
                .open();
        SaasException refusal = refusal(() -> keyless.servers().create(server("far"), "s3cret"));
        assertThat(refusal.code()).isEqualTo(ErrorCodes.SERVER_KEY_MISSING);
        assertThat(refusal)
                .hasMessageContainingAll("secretKey", "SAAS_SECRET_KEY")
                .hasMessageNotContaining("s3cret");
        Server far = keyless.servers().create(server("far"));
        assertRefusal(() -> keyless.servers().setPassword(far.id(), "s3cret")).isEqualTo(ErrorCodes.SERVER_KEY_MISSING);
        assertThat(keyless.servers().status(far.id()).health().up()).isTrue();
        keyless.close();
    }

    @Test
    void refusesWrongSettingsUnknownBackendsAndTheCatalogsDatabase() {
        assertRefusal(() -> servers.create(
                        Server.builder("far").backend(ManyServers.NAME).build()))
                .isEqualTo(ErrorCodes.SETTING_INVALID);
        assertRefusal(() ->
                        servers.create(Server.builder("far").backend("nowhere").build()))
                .isEqualTo(ErrorCodes.BACKEND_UNKNOWN);
        SaasException refusal = refusal(() -> servers.create(Server.builder("far")
                .settings(Map.of("url", "x", "password", "s3cret"))
                .capacity(0)
                .weight(-1)
                .build()));
        assertThat(refusal.code()).isEqualTo(ErrorCodes.SERVER_INVALID);
        assertThat(refusal)
                .hasMessageContainingAll("settings:", "a password", "capacity:", "weight:")
                .hasMessageNotContaining("s3cret");
        assertRefusal(() -> servers.setPassword(FIRST, "s3cret")).isEqualTo(ErrorCodes.SERVER_INVALID);
        Server far = servers.create(server("far"));
        assertRefusal(() -> servers.update(
                        far.id(),
                        each -> each.toBuilder()
                                .backend(null)
                                .settings(Map.of())
                                .build()))
                .isEqualTo(ErrorCodes.SERVER_INVALID);
        assertRefusal(() -> servers.update(
                        far.id(),
                        each -> each.toBuilder().settings(Map.of("uri", "x")).build()))
                .isEqualTo(ErrorCodes.SETTING_INVALID);
        assertThat(servers.get(far.id()).settings()).isEqualTo(Map.of("url", "far"));
    }

    @Test
    void placesDatabasesByFreeCapacityTimesWeight() {
        servers.update(FIRST, each -> each.toBuilder().capacity(10).weight(100).build());
        Server twice = servers.create(
                server("twice").toBuilder().capacity(10).weight(200).build());
        Server never = servers.create(server("never").toBuilder().weight(0).build());
        Plan plan =
                saas.plans().create(Plan.builder("Any").dbNameTemplate("c-%i").build());

        Map<ServerId, Long> placed = IntStream.range(0, 14)
                .mapToObj(i -> saas.tenants()
                        .create(CreateTenant.onPlan(plan).owner(owner).build())
                        .tenant()
                        .serverId())
                .collect(Collectors.groupingBy(id -> id, Collectors.counting()));

        // The first server has room for 4, and the second for 2, which count double.
        assertThat(placed).isEqualTo(Map.of(FIRST, 6L, twice.id(), 8L));
        assertThat(make(Plan.builder("Pinned").serverId(never.id()), "pinned").serverId())
                .isEqualTo(never.id());
    }

    @Test
    void usesFullServersUpToTheGlobalLimitIfNoOtherHasRoom() {
        Saas small = fixture.builder(MemoryBackend.create())
                .provider(provider)
                .databasesPerServer(2, 3)
                .open();
        User user = small.accounts()
                .signUp(SignUp.builder("owner@example.com", "Owner", Fixture.PASSWORD)
                        .build());
        Plan plan =
                small.plans().create(Plan.builder("Any").dbNameTemplate("c-%i").build());
        small.servers().update(FIRST, each -> each.toBuilder().capacity(1).build());
        for (int i = 0; i < 3; i++) {
            small.tenants().create(CreateTenant.onPlan(plan).owner(user).build());
        }
        ServerStatus status = small.servers().status(FIRST);
        assertThat(status.databases()).isEqualTo(3);
        assertThat(status.crowded()).isTrue();
        assertThat(status.full()).isTrue();
        assertRefusal(() -> small.tenants()
                        .create(CreateTenant.onPlan(plan).owner(user).build()))
                .isEqualTo(ErrorCodes.SERVER_FULL);

        Tenant first = small.tenants().list(Query.all()).get(0);
        small.parameters().set(Parameter.RETENTION_DAYS, "7");
        small.tenants().delete(first.id());
        assertThat(small.servers().status(FIRST).databases())
                .as("a soft-deleted tenant still takes its place")
                .isEqualTo(3);
        // The count is cached for some seconds.
        fixture.seconds(10);
        assertRefusal(() -> small.tenants()
                        .create(CreateTenant.onPlan(plan).owner(user).build()))
                .isEqualTo(ErrorCodes.SERVER_FULL);
        small.tenants().purge(first.id());
        small.tenants().create(CreateTenant.onPlan(plan).owner(user).build());
        assertThat(
                        Concurrently.run(
                                        4,
                                        number -> small.tenants()
                                                .create(CreateTenant.onPlan(plan)
                                                        .owner(user)
                                                        .build()))
                                .stream()
                                .filter(Result::succeeded))
                .as("the limit is not overrun")
                .isEmpty();
        small.close();
    }

    @Test
    void buildsTheNextTemplateVersionElsewhereIfAServerIsFullOrDown() {
        Saas small = fixture.builder(MemoryBackend.create())
                .provider(provider)
                .databasesPerServer(2, 3)
                .open();
        User user = small.accounts()
                .signUp(SignUp.builder("owner@example.com", "Owner", Fixture.PASSWORD)
                        .build());
        Plan plan =
                small.plans().create(Plan.builder("Any").dbNameTemplate("c-%i").build());
        small.templates().build(plan.id(), List.of());
        small.tenants().create(CreateTenant.onPlan(plan).owner(user).build());
        small.tenants().create(CreateTenant.onPlan(plan).owner(user).build());
        Server two = small.servers()
                .create(Server.builder("two")
                        .backend(ManyServers.NAME)
                        .settings(Map.of("url", "two"))
                        .build());

        assertThat(next(small, plan, "de_DE").serverId())
                .as("the first is full")
                .isEqualTo(two.id());

        small.tenants()
                .purge(small.tenants()
                        .list(Query.all().orderBy(Tenant.ID))
                        .get(0)
                        .id());
        provider.fail("two", Health.down("gone"));
        small.servers().status(two.id());
        assertThat(next(small, plan, "fr_FR").serverId())
                .as("the second is down")
                .isEqualTo(FIRST);
        small.close();
    }

    private static Template next(Saas saas, Plan plan, String lang) {
        saas.plans().update(plan.id(), each -> each.toBuilder().lang(lang).build());
        saas.maintenance().run();
        Template built = saas.templates()
                .get(Objects.requireNonNull(saas.plans().get(plan.id()).templateId()));
        assertThat(built.lang()).isEqualTo(lang);
        return built;
    }

    @Test
    void keepsItsDatabasesButGetsNoNewOnesWhenInactive() {
        Server far = servers.create(server("far").toBuilder().weight(1000).build());
        Tenant shop = make(Plan.builder("Any"), "shop");
        assertThat(shop.serverId()).isEqualTo(far.id());

        servers.update(far.id(), each -> each.toBuilder().draining(true).build());
        assertThat(make(Plan.builder("Any"), "next").serverId()).isEqualTo(FIRST);
        assertRefusal(() -> make(Plan.builder("Pinned").serverId(far.id()), "pinned"))
                .isEqualTo(ErrorCodes.SERVER_NONE);
        assertThat(saas.tenants().suspend(shop.id()).state()).isEqualTo(TenantState.SUSPENDED);
        assertThat(saas.tenants().resume(shop.id()).state()).isEqualTo(TenantState.OPEN);
        assertThat(namesOn("far")).containsExactly("shop");
    }

    @Test
    void reportsAServerThatIsDownAndAvoidsIt() {
        Server far = servers.create(server("far").toBuilder().weight(1000).build());
        provider.fail("far", Health.down("no route"));
        saas.maintenance().run();

        assertThat(servers.statuses())
                .extracting(each -> each.server().name(), each -> each.health().up())
                .containsExactlyInAnyOrder(
                        org.assertj.core.groups.Tuple.tuple("default", true),
                        org.assertj.core.groups.Tuple.tuple("far", false));
        assertThat(make(Plan.builder("Any"), "a").serverId()).isEqualTo(FIRST);

        provider.fail("far", Health.healthy());
        fixture.seconds(15);
        saas.maintenance().run();
        assertThat(make(Plan.builder("Any"), "b").serverId()).isEqualTo(far.id());
    }

    @Test
    void checksAServerBeforeItShowsItForTheFirstTime() {
        provider.fail("far", Health.down("wrong password"));
        Server inactive = server("far").toBuilder().weight(1000).active(false).build();
        Server far = servers.create(inactive);
        servers.update(far.id(), each -> each.toBuilder().active(true).build());
        assertThat(isUp(far)).isFalse();
        assertThat(make(Plan.builder("Any"), "a").serverId()).isEqualTo(FIRST);

        provider.fail("far", Health.healthy());
        servers.setPassword(far.id(), "the right one");
        assertThat(isUp(far)).isTrue();
    }

    @Test
    void anActiveServerHasToRespondWhenItIsRegistered() {
        provider.fail("far", Health.down("wrong password."));
        assertThat(Refusals.refusal(() -> servers.create(server("far"))))
                .returns(ErrorCodes.SERVER_INVALID, SaasException::code)
                .hasMessageStartingWith(
                        "Database server \"far\" does not respond: wrong password. Correct its settings");
        assertThat(servers.list(Query.all())).extracting(Server::name).containsExactly("default");

        provider.fail("far", Health.healthy());
        assertThat(servers.create(server("far")).active()).isTrue();
    }

    private boolean isUp(Server server) {
        return servers.statuses().stream()
                .filter(each -> each.server().id().equals(server.id()))
                .allMatch(each -> each.health().up());
    }

    @Test
    void avoidsAServerOnWhichACreationFailed() {
        Server far = servers.create(server("far").toBuilder().weight(1000).build());
        Plan plan = saas.plans().create(Plan.builder("Any").build());
        CreateTenant wish = CreateTenant.onPlan(plan).owner(owner).name("shop").build();
        provider.fail("far", Health.down("no route"));

        assertRefusal(() -> saas.tenants().create(wish)).isEqualTo(ErrorCodes.BACKEND_UNAVAILABLE);
        // It cannot be cleaned up there. Nothing exists there, so the next recovery finishes the operation.
        provider.fail("far", Health.healthy());
        saas.operations().recover();

        assertThat(saas.tenants().create(wish).tenant().serverId()).isEqualTo(FIRST);
        assertThat(servers.status(far.id()).health().up()).isTrue();
    }
}
