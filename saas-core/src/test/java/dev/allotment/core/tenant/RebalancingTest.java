// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.tenant;

import static dev.allotment.core.Refusals.assertRefusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.allotment.CreateTenant;
import dev.allotment.DuplicateTenant;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Health;
import dev.allotment.Operation;
import dev.allotment.OperationId;
import dev.allotment.OperationKind;
import dev.allotment.Parameter;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.SignUp;
import dev.allotment.SwapTenants;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.core.Fixture;
import dev.allotment.core.ManyServers;
import dev.allotment.fleet.Campaign;
import dev.allotment.fleet.CampaignChange;
import dev.allotment.fleet.CampaignStatus;
import dev.allotment.fleet.Rebalancing;
import dev.allotment.fleet.Server;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.testing.MemoryBackend;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class RebalancingTest {
    private static final long MB = 1024 * 1024;

    private final Fixture fixture = new Fixture();
    private final MemoryBackend storage = MemoryBackend.create();
    private final ManyServers provider = new ManyServers();
    private final Saas saas = fixture.builder(storage).provider(provider).open();
    private final User owner = saas.accounts()
            .signUp(SignUp.builder("owner@example.com", "Owner", Fixture.PASSWORD)
                    .build());
    private final Server one = server("one");
    private final Plan plan =
            saas.plans().create(Plan.builder("Basic").serverId(one.id()).build());

    RebalancingTest() {
        saas.servers()
                .update(new ServerId(1), each -> each.toBuilder().active(false).build());
    }

    @AfterEach
    void close() {
        saas.close();
        fixture.close();
    }

    private Server server(String name) {
        return saas.servers()
                .create(Server.builder(name)
                        .backend(ManyServers.NAME)
                        .settings(Map.of("url", name))
                        .capacity(10)
                        .build());
    }

    private void change(Server server, UnaryOperator<Server.Builder> change) {
        saas.servers()
                .update(server.id(), each -> change.apply(each.toBuilder()).build());
    }

    private Plan bind(@Nullable Server server) {
        return saas.plans()
                .update(
                        plan.id(),
                        each -> each.toBuilder()
                                .serverId(server == null ? null : server.id())
                                .build());
    }

    /** Creates tenants on a server, whose plan is bound to none after that. */
    private List<Tenant> on(Server server, String name, long... megabytes) {
        Plan bound = bind(server);
        List<Tenant> made = new ArrayList<>();
        for (long size : megabytes) {
            Tenant tenant = saas.tenants()
                    .create(CreateTenant.onPlan(bound)
                            .owner(owner)
                            .name(name + made.size())
                            .build())
                    .tenant();
            made.add(sized(server, tenant, size));
        }
        bind(null);
        return made;
    }

    private Tenant sized(Server server, Tenant tenant, long megabytes) {
        provider.at(server.name()).setSize(tenant.name(), megabytes * MB);
        saas.tenants().sync(tenant.id());
        return saas.tenants().get(tenant.id());
    }

    private static Rebalancing.Share share(Server server, long now, long fair, long after) {
        return new Rebalancing.Share(
                server.id(), server.name(), now, fair, after, Duration.ZERO, Duration.ZERO, Duration.ZERO);
    }

    /** Sets for how many hours sessions have been active, lets time pass, and reads what tenants use. */
    private void active(Duration passed, Map<Tenant, Integer> hours) {
        hours.forEach((tenant, active) -> provider.setActive(tenant.uuid(), Duration.ofHours(active)));
        fixture.seconds(20);
        saas.maintenance().run();
        fixture.clock.advance(passed);
        hours.keySet().forEach(each -> saas.tenants().sync(each.id()));
    }

    private Rebalancing byLoad() {
        return saas.servers().rebalancing(Rebalancing.Measure.LOAD);
    }

    private Duration loadOfOne() {
        return byLoad().servers().get(0).load();
    }

    private List<Rebalancing.Move> moves() {
        return saas.servers().rebalancing().moves();
    }

    private List<String> names() {
        return moves().stream().map(Rebalancing.Move::name).toList();
    }

    @Test
    void movesTenantsToAnEmptyServerUntilAllHaveTheirFairShare() {
        on(one, "shop", 100, 100, 100, 100, 100, 100);
        Server two = server("two");

        Rebalancing found = saas.servers().rebalancing();

        assertThat(found.servers())
                .containsExactly(share(one, 600 * MB, 300 * MB, 300 * MB), share(two, 0, 300 * MB, 300 * MB));
        assertThat(found.moves())
                .extracting(
                        Rebalancing.Move::name,
                        Rebalancing.Move::from,
                        Rebalancing.Move::to,
                        Rebalancing.Move::sizeBytes)
                .containsExactly(
                        tuple("shop0", one.id(), two.id(), 100 * MB),
                        tuple("shop1", one.id(), two.id(), 100 * MB),
                        tuple("shop2", one.id(), two.id(), 100 * MB));
        assertThat(saas.servers().rebalancing()).as("nothing was changed").isEqualTo(found);
        assertThat(found.code()).matches("[0-9a-f]{12}");
        assertThat(saas.operations().count(Filter.equal(Operation.KIND, OperationKind.MOVE_TENANT)))
                .isZero();
    }

    @Test
    void movesTheLoadInsteadOfTheSizeWithinTheFairShareOfBytes() {
        List<Tenant> shops = on(one, "shop", 100, 100, 100, 100, 100);
        Server two = server("two");
        assertThat(byLoad().moves()).as("no load is known").isEmpty();
        active(Duration.ZERO, Map.of(shops.get(0), 1, shops.get(1), 1, shops.get(2), 1, shops.get(3), 1));
        active(Duration.ofDays(1), Map.of(shops.get(0), 9, shops.get(1), 3, shops.get(2), 4, shops.get(3), 1));

        Rebalancing found = byLoad();
        assertThat(found.by()).isEqualTo(Rebalancing.Measure.LOAD);
        assertThat(found.moves())
                .as("the first one has more than what is too much, the last two have none or an unknown one")
                .extracting(Rebalancing.Move::name, Rebalancing.Move::load)
                .containsExactly(tuple("shop2", Duration.ofHours(3)), tuple("shop1", Duration.ofHours(2)));
        assertThat(found.servers())
                .extracting(
                        Rebalancing.Share::load,
                        Rebalancing.Share::fairLoad,
                        Rebalancing.Share::afterLoad,
                        Rebalancing.Share::afterBytes)
                .containsExactly(
                        tuple(Duration.ofHours(13), Duration.ofMinutes(390), Duration.ofHours(8), 300 * MB),
                        tuple(Duration.ZERO, Duration.ofMinutes(390), Duration.ofHours(5), 200 * MB));
        assertThat(names()).as("by size").containsExactly("shop0", "shop1");

        sized(one, shops.get(2), 700);
        assertThat(byLoad().moves())
                .as("with the largest one, the second server would have too many bytes")
                .extracting(Rebalancing.Move::name)
                .containsExactly("shop1");
        saas.campaigns().start(Campaign.of(CampaignChange.rebalance(byLoad())).build());
        saas.maintenance().run();
        assertThat(saas.tenants().get(shops.get(1).id()).serverId()).isEqualTo(two.id());
    }

    @Test
    void theLoadIsAnAverageOfDaysThatSurvivesARestart() {
        Tenant shop = on(one, "shop", 100).get(0);
        server("two");
        active(Duration.ZERO, Map.of(shop, 50));
        assertThat(loadOfOne()).as("one reading").isZero();
        active(Duration.ofHours(12), Map.of(shop, 54));
        assertThat(loadOfOne()).isEqualTo(Duration.ofHours(8));
        active(Duration.ofDays(1), Map.of(shop, 54));
        assertThat(loadOfOne()).as("a day without load counts half").isEqualTo(Duration.ofHours(4));
        active(Duration.ofMinutes(59), Map.of(shop, 60));
        assertThat(loadOfOne()).as("too soon").isEqualTo(Duration.ofHours(4));
        active(Duration.ofDays(1).minusMinutes(59), Map.of(shop, 1));
        assertThat(loadOfOne()).as("the statistics were lost").isEqualTo(Duration.ofMinutes(150));
        provider.setActive(shop.uuid(), null);
        fixture.seconds(20);
        saas.maintenance().run();
        fixture.clock.advance(Duration.ofHours(6));
        saas.tenants().sync(shop.id());
        assertThat(loadOfOne()).as("not measured now").isEqualTo(Duration.ofMinutes(150));
        active(Duration.ofHours(42), Map.of(shop, 17));
        assertThat(loadOfOne())
                .as("two days count three quarters")
                .isEqualTo(Duration.ofMinutes(397).plusSeconds(30));
    }

    @Test
    void aReadingCountsTheSameAsManyOfTheSameTime() {
        Tenant shop = on(one, "shop", 100).get(0);
        server("two");
        active(Duration.ZERO, Map.of(shop, 0));
        active(Duration.ofDays(1), Map.of(shop, 8));
        for (int hours = 6; hours <= 24; hours += 6) {
            active(Duration.ofHours(6), Map.of(shop, 8));
        }
        assertThat(loadOfOne()).isCloseTo(Duration.ofHours(4), Duration.ofSeconds(1));
    }

    @Test
    void aSwapStartsTheReadingOfTheLoadAgain() {
        Tenant shop = on(one, "shop", 100).get(0);
        server("two");
        Tenant copy = saas.tenants()
                .duplicate(DuplicateTenant.builder(shop.id()).name("copy").build())
                .tenant();
        active(Duration.ZERO, Map.of(shop, 50, copy, 1));
        active(Duration.ofDays(1), Map.of(shop, 62, copy, 3));
        assertThat(loadOfOne()).isEqualTo(Duration.ofHours(14));

        saas.tenants()
                .swap(SwapTenants.builder(shop.id(), copy.id())
                        .neutralised(true)
                        .build());

        assertThat(loadOfOne()).as("the other has no average").isEqualTo(Duration.ofHours(12));
        active(Duration.ZERO, Map.of(shop, 62, copy, 3));
        active(Duration.ofHours(6), Map.of(shop, 3, copy, 62));
        assertThat(loadOfOne()).as("one reading since then").isEqualTo(Duration.ofHours(12));
        active(Duration.ofDays(1), Map.of(shop, 7, copy, 62));
        assertThat(loadOfOne()).isEqualTo(Duration.ofHours(8));
    }

    @Test
    void aCampaignCarriesOutTheMovesAndLeavesWhatHasLeftItsServer() {
        List<Tenant> shops = on(one, "shop", 100, 100, 100, 100);
        Server two = server("two");
        Server three = server("three");
        change(three, each -> each.active(false));
        Rebalancing found = saas.servers().rebalancing();
        assertThat(names()).containsExactly("shop0", "shop1");
        change(three, each -> each.active(true));
        saas.tenants().move(shops.get(1).id(), three.id());
        assertThat(saas.servers().rebalancing().code()).isNotEqualTo(found.code());

        Campaign campaign = Campaign.of(CampaignChange.rebalance(found))
                .idempotencyKey("once")
                .build();
        assertThat(saas.campaigns().count(campaign)).isEqualTo(1);
        OperationId id = saas.campaigns().start(campaign).id();
        assertThat(saas.campaigns().start(campaign).id()).isEqualTo(id);
        saas.maintenance().run();

        assertThat(saas.campaigns().status(id))
                .returns(1L, CampaignStatus::done)
                .returns(0L, CampaignStatus::failed)
                .returns(campaign.change(), status -> status.campaign().change());
        assertThat(shops)
                .extracting(each -> saas.tenants().get(each.id()).serverId())
                .containsExactly(two.id(), three.id(), one.id(), one.id());
        assertThat(saas.campaigns().count(campaign)).isZero();
    }

    @Test
    void doesNothingForASmallGain() {
        on(one, "shop", 60, 50);
        Server two = server("two");
        on(two, "other", 50, 50);
        assertThat(names()).as("a tenth more than the fair share").isEmpty();
        change(two, each -> each.capacity(30));
        assertThat(names()).as("half of what it has is too much now").containsExactly("shop1");
        change(two, each -> each.capacity(10));
        on(one, "huge", 1000);
        assertThat(names()).as("a tenth of what is too much").containsExactly("shop0", "shop1");
        on(one, "larger", 60_000);
        assertThat(names()).as("those that fit carry next to nothing").isEmpty();
        assertThat(saas.servers().rebalancing().servers())
                .as("and are not counted as moved")
                .allSatisfy(each -> assertThat(each.afterBytes()).isEqualTo(each.sizeBytes()));
    }

    @Test
    void noMoveTakesAServerPastItsFairShare() {
        on(one, "shop", 100, 100, 100, 100);
        on(server("two"), "other", 150);
        on(server("three"), "another", 50);
        assertThat(names()).as("the second has less to take").containsExactly("shop0");
    }

    @Test
    void leavesTenantsThatAreDeletedOrWhoseSizeIsUnknown() {
        List<Tenant> shops = on(one, "shop", 300, 60, 40, 0);
        server("two");
        assertThat(names()).containsExactly("shop1", "shop2");
        saas.parameters().set(Parameter.RETENTION_DAYS, "7");
        saas.tenants().delete(shops.get(1).id());
        saas.tenants().suspend(shops.get(2).id());
        assertThat(names()).as("a suspended one is moved").containsExactly("shop2");
    }

    @Test
    void drainedServersComeFirst() {
        on(one, "shop", 100, 100, 100, 100);
        Server drained = server("drained");
        on(drained, "other", 100);
        server("two");
        change(drained, each -> each.draining(true));
        assertThat(names()).as("the first has more than its share").containsExactly("other0", "shop0");
    }

    @Test
    void takesTenantsOnlyToServersThatAreOpenFitAndHaveRoom() {
        on(one, "shop", 100, 100, 100, 100);
        saas.tenants()
                .update(
                        saas.tenants().findByName("shop0").orElseThrow().id(),
                        each -> each.toBuilder()
                                .attribute(Server.REQUIRED_LABEL + "region", "eu")
                                .build());
        Server two = server("two");
        assertThat(names()).as("two lacks a label").containsExactly("shop1", "shop2");
        change(two, each -> each.label("region", "eu"));
        assertThat(names()).containsExactly("shop0", "shop1");
        change(two, each -> each.capacity(1));
        change(one, each -> each.capacity(1));
        assertThat(names()).as("there is room for one").containsExactly("shop0");
        change(two, each -> each.capacity(10));
        change(one, each -> each.capacity(10));
        change(two, each -> each.draining(true));
        assertThat(names()).isEmpty();
        change(two, each -> each.draining(false).weight(0));
        assertThat(names()).isEmpty();
        change(two, each -> each.weight(1).clientsHostTemplate("{dbname}.two.example"));
        assertThat(names()).as("the host would change").isEmpty();
        change(two, each -> each.clientsHostTemplate(null));
        assertThat(names()).hasSize(2);
        bind(one);
        assertThat(names()).as("the plan is bound to its server").isEmpty();
        bind(null);
        provider.fail("two", Health.down("It is down."));
        saas.servers().status(two.id());
        assertThat(names()).isEmpty();
        assertThat(saas.servers().rebalancing().servers())
                .as("a server that is down takes no part")
                .extracting(Rebalancing.Share::server)
                .containsExactly(one.id());
    }

    @Test
    void leavesOutForADayWhatCouldNotBeMoved() {
        List<Tenant> shops = on(one, "shop", 100, 100, 100, 100);
        Server two = server("two");
        provider.at("two").putForeign("shop0");
        assertRefusal(() -> saas.tenants().move(shops.get(0).id(), two.id())).isEqualTo(ErrorCodes.TENANT_NAME_TAKEN);
        assertThat(names()).as("a refusal is no operation").containsExactly("shop0", "shop1");
        provider.watch("two", step -> {
            if (step.equals("before receive")) {
                throw SaasException.unavailable(ErrorCodes.BACKEND_UNAVAILABLE, "unreachable", null);
            }
        });
        assertRefusal(() -> saas.tenants().move(shops.get(1).id(), two.id())).isEqualTo(ErrorCodes.BACKEND_UNAVAILABLE);
        provider.watch("two", step -> {});
        assertThat(names()).containsExactly("shop0", "shop2");
        saas.campaigns()
                .start(Campaign.of(CampaignChange.rebalance(saas.servers().rebalancing()))
                        .canaries(0)
                        .maxFailures(1)
                        .build());
        saas.maintenance().run();
        assertThat(saas.tenants().get(shops.get(2).id()).serverId()).isEqualTo(two.id());
        assertThat(names()).as("the campaign has failed for the first").containsExactly("shop3");
        fixture.clock.advance(Duration.ofHours(25));
        assertThat(names()).containsExactly("shop0");
    }

    @Test
    void findsNoMoveToTheSameServerUnderAnotherName() {
        List<Tenant> shops = on(one, "shop", 100, 100, 100, 100);
        Server two = server("two");
        UUID foreign = UUID.randomUUID();
        Databases there = provider.at("two").databases(Server.builder("default").build());
        there.create(new DatabaseRef(shops.get(0).name(), foreign));
        assertThat(names()).as("a name that a foreign database has there").contains("shop1");
        there.drop(new DatabaseRef(shops.get(0).name(), foreign));
        provider.move("one", "again");
        saas.servers().delete(two.id());
        Server again = server("again");
        assertThat(saas.servers().rebalancing().servers())
                .extracting(Rebalancing.Share::server)
                .contains(again.id());
        assertThat(moves()).isEmpty();
    }

    @Test
    void aDrainedServerLosesAllTenantsToSeveralOthers() {
        on(one, "shop", 100, 80, 60, 0);
        Server two = server("two");
        Server three = server("three");
        saas.tenants()
                .duplicate(DuplicateTenant.builder(
                                saas.tenants().findByName("shop0").orElseThrow().id())
                        .name("preview")
                        .preview(1)
                        .build());
        change(one, each -> each.draining(true));

        assertThat(moves())
                .extracting(Rebalancing.Move::name, Rebalancing.Move::to)
                .contains(tuple("shop0", two.id()), tuple("shop1", three.id()), tuple("shop2", three.id()))
                .hasSize(4)
                .noneMatch(each -> each.toList().contains("preview"));
        assertThat(saas.servers().rebalancing().servers())
                .extracting(Rebalancing.Share::fairBytes)
                .contains(0L);
        saas.campaigns()
                .start(Campaign.of(CampaignChange.rebalance(saas.servers().rebalancing()))
                        .build());
        saas.maintenance().run();
        assertThat(saas.tenants().list(Query.where(Filter.equal(Tenant.SERVER_ID, one.id()))))
                .extracting(Tenant::name)
                .containsExactly("preview");
    }

    @Test
    void aListIsNeverEmptyAndHasEachTenantOnce() {
        on(one, "shop", 100, 100);
        server("two");
        Rebalancing found = saas.servers().rebalancing();
        Rebalancing.Move move = found.moves().get(0);
        Stream.of(List.<Rebalancing.Move>of(), List.of(move, move))
                .forEach(each -> assertRefusal(() -> CampaignChange.rebalance(listOf(each)))
                        .isEqualTo(ErrorCodes.CONFIGURATION_INVALID));
        Rebalancing.Move elsewhere = new Rebalancing.Move(
                move.tenant(), move.name(), move.from(), new ServerId(99), move.sizeBytes(), move.load());
        assertRefusal(() -> saas.campaigns()
                        .start(Campaign.of(CampaignChange.rebalance(listOf(List.of(elsewhere))))
                                .build()))
                .isEqualTo(ErrorCodes.RECORD_MISSING);
        Saas own = saas.actingAs(owner.id());
        assertRefusal(() -> own.servers().rebalancing()).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
    }

    private static Rebalancing listOf(List<Rebalancing.Move> moves) {
        return new Rebalancing(Rebalancing.Measure.SIZE, List.of(), moves);
    }
}
