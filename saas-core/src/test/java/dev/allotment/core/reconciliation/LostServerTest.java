// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.reconciliation;

import static dev.allotment.core.Refusals.assertRefusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreateTenant;
import dev.allotment.ErrorCodes;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Health;
import dev.allotment.Operation;
import dev.allotment.OperationState;
import dev.allotment.Parameter;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.ServerId;
import dev.allotment.Template;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.core.Consistency;
import dev.allotment.core.Fixture;
import dev.allotment.core.ManyServers;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.fleet.Finding;
import dev.allotment.fleet.FindingCode;
import dev.allotment.fleet.Server;
import dev.allotment.spi.backend.RecordTypes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class LostServerTest {
    private final Fixture fixture = new Fixture();
    private final ManyServers provider = new ManyServers();
    private final Saas saas =
            fixture.builder(fixture.storage).provider(provider).open();
    private final Server far = saas.servers()
            .create(Server.builder("far")
                    .backend(ManyServers.NAME)
                    .settings(Map.of("url", "far"))
                    .build());
    private final User owner = fixture.signUp("owner@example.com");

    @AfterEach
    void close() {
        saas.close();
        fixture.close();
    }

    private Plan pinned() {
        return fixture.plan(Plan.builder("Far").serverId(far.id()).spares(1));
    }

    private Tenant make(Plan plan, String name) {
        return saas.tenants()
                .create(CreateTenant.onPlan(plan).owner(owner).name(name).build())
                .tenant();
    }

    private void lose() {
        provider.fail("far", Health.down("no route to host"));
        provider.watch("far", step -> {
            // Every call here fails: the server is unreachable, and after it was given up it must not be called.
            throw new IllegalStateException("no route to host");
        });
        stayDown();
    }

    private void stayDown() {
        for (int minute = 0; minute < 10; minute++) {
            saas.servers().status(far.id());
            fixture.seconds(60);
        }
    }

    @Test
    void purgesTenantsOfALostServerWithAProofThatNamesIt() {
        Plan plan = pinned();
        Tenant shop = make(plan, "shop");
        Tenant kept = make(plan, "kept");
        saas.parameters().set(Parameter.RETENTION_DAYS, "7");
        saas.tenants().delete(kept.id());
        provider.fail("far", Health.down("no route to host"));
        assertRefusal(() -> saas.tenants().purge(shop.id())).isEqualTo(ErrorCodes.BACKEND_UNAVAILABLE);
        lose();

        Server given = saas.servers().giveUp(far.id(), "far");
        assertThat(given.state()).isEqualTo(Server.State.GIVEN_UP);
        assertThat(given.inService()).isFalse();
        assertThat(saas.servers().giveUp(far.id(), "far")).isEqualTo(given);
        Map<String, String> moved = Map.of("url", "empty");
        assertThat(saas.servers()
                        .update(
                                far.id(),
                                each -> each.toBuilder().settings(moved).build())
                        .settings())
                .as("nothing is asked there, so it may lack the databases of its tenants")
                .isEqualTo(moved);
        assertThat(saas.servers().status(far.id()).health().up()).isFalse();
        fixture.clock.advance(OperationLeases.FIRST_WAIT);
        saas.maintenance().run();

        assertThat(saas.tenants().get(shop.id()).state())
                .as("the operations that waited for it have finished")
                .isEqualTo(TenantState.DELETED);
        fixture.clock.advance(Duration.ofDays(7));
        saas.maintenance().run();
        assertThat(saas.tenants().get(kept.id()).state()).isEqualTo(TenantState.DELETED);
        assertThat(List.of(shop, kept))
                .allSatisfy(each -> assertThat(saas.tenants().proofOfDeletion(each.id()))
                        .hasValueSatisfying(proof -> {
                            assertThat(proof.verified()).isEmpty();
                            assertThat(proof.server()).isEqualTo("far");
                        }));
        assertThat(saas.events().list(Query.where(Filter.equal(Event.TYPE, EventType.SERVER_GIVEN_UP))))
                .singleElement()
                .satisfies(event -> assertThat(event.details()).containsEntry("server", "far"));
    }

    @Test
    void rebuildsTemplatesElsewhereAndForgetsSparesOfALostServer() {
        Plan plan = pinned();
        Template template = saas.templates().build(plan.id(), List.of());
        saas.maintenance().run();
        assertThat(Consistency.all(fixture.storage, RecordTypes.SPARES)).hasSize(1);
        lose();
        saas.servers().giveUp(far.id(), "far");
        saas.plans()
                .update(
                        plan.id(),
                        each -> each.toBuilder().serverId(null).spares(0).build());

        saas.maintenance().run();
        assertThat(make(plan, "shop").serverId()).isEqualTo(new ServerId(1));
        assertThat(Consistency.all(fixture.storage, RecordTypes.SPARES)).isEmpty();
        fixture.clock.advance(Duration.ofMinutes(10));
        saas.maintenance().run();
        assertThat(saas.templates().find(template.id())).isEmpty();

        saas.servers().delete(far.id());
        assertThat(saas.servers().find(far.id())).isEmpty();
    }

    @Test
    void finishesOperationsOfALostServerOnOtherNodesToo() {
        Tenant shop = make(pinned(), "shop");
        Saas other = fixture.builder(fixture.storage)
                .node("node-b")
                .provider(provider)
                .open();
        assertThat(other.database("shop").members().count(Filter.all())).isPositive();
        Operation rename = saas.async().rename(shop.id(), "market");
        lose();
        saas.servers().giveUp(far.id(), "far");

        fixture.seconds(5);
        other.maintenance().run();
        assertThat(other.operations().get(rename.id()).state()).isEqualTo(OperationState.FAILED);
        assertThat(other.tenants().get(shop.id()).name()).isEqualTo("shop");
        assertRefusal(() -> other.database("shop").members().count(Filter.all()))
                .isEqualTo(ErrorCodes.DATABASE_UNKNOWN);
        assertThat(other.tenants().purge(shop.id()).state()).isEqualTo(TenantState.DELETED);
        other.close();
    }

    @Test
    void refusesToGiveUpAServerThatMayComeBack() {
        Tenant shop = make(pinned(), "shop");
        provider.fail("far", Health.down("restarting"));
        assertRefusal(() -> saas.servers().giveUp(far.id(), "far")).isEqualTo(ErrorCodes.SERVER_NOT_LOST);
        fixture.seconds(540);
        assertRefusal(() -> saas.servers().giveUp(far.id(), "far"))
                .as("it may have been up between the two checks")
                .isEqualTo(ErrorCodes.SERVER_NOT_LOST);
        stayDown();
        provider.fail("far", Health.healthy());
        saas.servers().status(far.id());
        provider.fail("far", Health.down("restarting again"));
        assertRefusal(() -> saas.servers().giveUp(far.id(), "far")).isEqualTo(ErrorCodes.SERVER_NOT_LOST);
        stayDown();

        assertThat(saas.servers().loss(far.id())).satisfies(loss -> {
            assertThat(loss.remaining()).isZero();
            assertThat(loss.names()).containsExactly("shop");
            assertThat(loss.tenants()).isEqualTo(1);
        });
        assertRefusal(() -> saas.servers().giveUp(far.id(), "near")).isEqualTo(ErrorCodes.SERVER_INVALID);
        assertThat(saas.servers().get(far.id()).state()).isEqualTo(Server.State.IN_USE);
        assertThat(saas.tenants().get(shop.id()).state()).isEqualTo(TenantState.OPEN);
    }

    @Test
    void usesAServerAgainThatStillHasItsDatabases() {
        Plan plan = pinned();
        saas.templates().build(plan.id(), List.of());
        saas.maintenance().run();
        Tenant shop = make(plan, "shop");
        Tenant purged = make(plan, "purged");
        lose();
        saas.servers().giveUp(far.id(), "far");
        saas.tenants().purge(purged.id());
        saas.maintenance().run();
        assertRefusal(() -> saas.servers().reinstate(far.id())).isEqualTo(ErrorCodes.BACKEND_UNAVAILABLE);

        provider.fail("far", Health.healthy());
        provider.watch("far", step -> {});
        assertThat(saas.servers().reinstate(far.id()).inService()).isFalse();

        assertThat(saas.database("shop").members().count(Filter.all())).isPositive();
        assertThat(saas.tenants().get(shop.id()).state()).isEqualTo(TenantState.OPEN);
        assertThat(saas.reconciliation().check().findings())
                .extracting(Finding::code)
                .as("what was purged or forgotten meanwhile")
                .contains(FindingCode.RETURNED)
                .isSubsetOf(FindingCode.RETURNED, FindingCode.ORPHAN);
        assertThat(saas.events().list(Query.where(Filter.equal(Event.TYPE, EventType.SERVER_REINSTATED))))
                .hasSize(1);
    }

    @Test
    void refusesToGiveUpLiveServersAndTheCatalogsOwn() {
        assertRefusal(() -> saas.servers().giveUp(far.id(), "far")).isEqualTo(ErrorCodes.SERVER_NOT_LOST);
        assertRefusal(() -> saas.servers().giveUp(new ServerId(1), "default")).isEqualTo(ErrorCodes.SERVER_NOT_LOST);
        assertRefusal(() -> saas.actingAs(owner.id()).servers().giveUp(far.id(), "far"))
                .isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertThat(saas.servers().list(Query.all())).noneMatch(Server::lost);

        lose();
        saas.servers().giveUp(far.id(), "far");
        assertThat(saas.servers()
                        .update(
                                far.id(),
                                each -> each.toBuilder()
                                        .state(Server.State.IN_USE)
                                        .active(true)
                                        .draining(false)
                                        .build())
                        .inService())
                .isFalse();
    }
}
