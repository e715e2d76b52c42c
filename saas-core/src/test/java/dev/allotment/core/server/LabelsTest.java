// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.server;

import static dev.allotment.core.Refusals.assertRefusal;
import static dev.allotment.core.Refusals.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.AdoptTenant;
import dev.allotment.CreateTenant;
import dev.allotment.DuplicateTenant;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationId;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.SignUp;
import dev.allotment.Template;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.backup.Backup;
import dev.allotment.backup.RestoreBackup;
import dev.allotment.core.Consistency;
import dev.allotment.core.Fixture;
import dev.allotment.core.ManyServers;
import dev.allotment.fleet.Campaign;
import dev.allotment.fleet.CampaignChange;
import dev.allotment.fleet.CampaignStatus;
import dev.allotment.fleet.Server;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Spare;
import dev.allotment.testing.MemoryBackend;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LabelsTest {
    private static final String REGION = Server.REQUIRED_LABEL + "region";
    private static final String TIER = Server.REQUIRED_LABEL + "tier";

    private final Fixture fixture = new Fixture();
    private final MemoryBackend storage = MemoryBackend.create();
    private final ManyServers provider = new ManyServers();
    private final Saas saas = fixture.builder(storage).provider(provider).open();
    private final Saas other =
            fixture.builder(storage).provider(provider).node("node-b").open();
    private final User owner = signUp(saas);
    private final Server eu = server("eu", 10, Map.of("region", "eu"));
    private final Server fast = server("fast", 20, Map.of("region", "eu", "tier", "ssd"));
    /** It has the most free capacity, so it is preferred by what requires no label. */
    private final Server us = server("us", 1000, Map.of("region", "us"));

    private final Plan plan = saas.plans()
            .create(Plan.builder("Europe")
                    .dbNameTemplate("eu-%i")
                    .published(true)
                    .attribute(REGION, "eu")
                    .build());

    LabelsTest() {
        saas.servers()
                .update(new ServerId(1), each -> each.toBuilder().active(false).build());
    }

    @AfterEach
    void close() {
        other.close();
        saas.close();
        fixture.close();
    }

    private static User signUp(Saas saas) {
        return saas.accounts()
                .signUp(SignUp.builder("owner@example.com", "Owner", Fixture.PASSWORD)
                        .build());
    }

    private Server server(String name, int capacity, Map<String, String> labels) {
        return saas.servers()
                .create(Server.builder(name)
                        .backend(ManyServers.NAME)
                        .settings(Map.of("url", name))
                        .capacity(capacity)
                        .labels(labels)
                        .build());
    }

    private CreateTenant.Builder onPlan() {
        return CreateTenant.onPlan(saas.plans().get(plan.id())).owner(owner);
    }

    private Tenant create() {
        return saas.tenants().create(onPlan().build()).tenant();
    }

    private Plan change(Map<String, String> attributes) {
        return saas.plans()
                .update(
                        plan.id(),
                        each -> each.toBuilder().attributes(attributes).build());
    }

    private void label(Server server, Map<String, String> labels) {
        saas.servers()
                .update(server.id(), each -> each.toBuilder().labels(labels).build());
    }

    private void ofCustomer(String key, String value) {
        saas.customers()
                .update(
                        owner.customerId(),
                        each -> each.toBuilder().attribute(key, value).build());
    }

    private void runMaintenance() {
        for (int i = 0; saas.maintenance().run() > 0; i++) {
            assertThat(i).as("the maintenance finishes").isLessThan(10);
        }
    }

    @Test
    void newTenantsGoOnlyToServersWithAllLabelsThatPlanCustomerAndTenantRequire() {
        assertThat(create().serverId()).as("the one with more room").isEqualTo(fast.id());
        change(Map.of(REGION, "us"));
        assertThat(create().serverId()).isEqualTo(us.id());
        change(Map.of());
        ofCustomer(REGION, "eu");
        assertThat(create().serverId()).isEqualTo(fast.id());
        saas.servers().update(fast.id(), each -> each.toBuilder().capacity(1).build());
        assertThat(create().serverId()).isEqualTo(eu.id());
        assertThat(saas.tenants()
                        .create(onPlan().attributes(Map.of(TIER, "ssd")).build())
                        .tenant()
                        .serverId())
                .isEqualTo(fast.id());
        assertThat(saas.servers().get(fast.id()).labels()).isEqualTo(Map.of("region", "eu", "tier", "ssd"));
    }

    @Test
    void ifNoServerFitsTheErrorNamesWhatIsRequiredButNotToOwners() {
        change(Map.of(REGION, "eu", TIER, "tape"));
        ofCustomer(REGION, "us");
        SaasException refusal = refusal(this::create);
        assertThat(refusal.code()).isEqualTo(ErrorCodes.SERVER_LABELS_MISSING);
        assertThat(refusal).hasMessageContaining("region=eu, region=us, tier=tape");
        assertThat(refusal.details()).containsEntry("labels", "region=eu, region=us, tier=tape");

        Saas own = saas.actingAs(owner.id());
        SaasException shown = refusal(() -> own.selfService().start(plan.id(), null, null));
        assertThat(shown.code()).isEqualTo(ErrorCodes.SERVER_LABELS_MISSING);
        assertThat(shown.getMessage()).doesNotContain("tape", "eu", "server.");
        assertThat(shown.details()).isEmpty();

        saas.plans()
                .update(
                        plan.id(),
                        each -> each.toBuilder()
                                .serverId(us.id())
                                .attributes(Map.of(REGION, "us", TIER, "ssd"))
                                .build());
        assertThat(refusal(this::create)).hasMessageContainingAll("\"us\"", ": tier=ssd.");
        assertThat(saas.tenants().count(Filter.all())).isZero();
    }

    @Test
    void labelsThatAnotherNodeHasChangedCountAtOnce() {
        for (int i = 0; i < 20; i++) {
            server("more-" + i, 1, Map.of("region", "eu"));
        }
        create();
        for (Server server : other.servers().list(Query.all())) {
            if (!server.id().equals(eu.id())) {
                other.servers()
                        .update(
                                server.id(),
                                each -> each.toBuilder().label("region", null).build());
            }
        }
        assertThat(create().serverId()).isEqualTo(eu.id());
    }

    @Test
    void noTenantGetsASpareOnAServerThatDoesNotFit() {
        Plan anywhere = saas.plans()
                .create(Plan.builder("Anywhere")
                        .dbNameTemplate("any-%i")
                        .spares(2)
                        .build());
        saas.templates().build(anywhere.id(), List.of());
        runMaintenance();
        assertThat(spares()).containsOnly(us.id());

        ofCustomer(REGION, "eu");
        Tenant tenant = saas.tenants()
                .create(CreateTenant.onPlan(saas.plans().get(anywhere.id()))
                        .owner(owner)
                        .build())
                .tenant();
        assertThat(tenant.serverId()).isEqualTo(fast.id());
        assertThat(saas.templates().spares().claimed()).isZero();

        saas.plans()
                .update(
                        anywhere.id(),
                        each -> each.toBuilder().attribute(REGION, "eu").build());
        runMaintenance();
        assertThat(spares())
                .as("they are replaced by those that fit")
                .hasSize(2)
                .doesNotContain(us.id());
        assertThat(saas.templates().spares().targets()).singleElement().returns(2, each -> each.ready());
        saas.tenants()
                .create(CreateTenant.onPlan(saas.plans().get(anywhere.id()))
                        .owner(owner)
                        .build());
        assertThat(saas.templates().spares().claimed()).isEqualTo(1);
        assertThat(saas.templates().count(Filter.equal(Template.SERVER_ID, us.id())))
                .isEqualTo(1);
    }

    private List<ServerId> spares() {
        return Consistency.all(storage, RecordTypes.SPARES).stream()
                .map(Spare::serverId)
                .toList();
    }

    @Test
    void copiesRestoresAndAdoptionsAreRefusedOnServersThatDoNotFit() {
        Tenant tenant = create();
        Backup backup = saas.backups().create(tenant.id(), null);
        assertRefusal(() -> saas.tenants()
                        .duplicate(DuplicateTenant.builder(tenant.id())
                                .server(us.id())
                                .build()))
                .isEqualTo(ErrorCodes.SERVER_LABELS_MISSING);
        assertRefusal(() -> saas.tenants()
                        .duplicate(DuplicateTenant.builder(tenant.id())
                                .preview(1)
                                .server(us.id())
                                .build()))
                .isEqualTo(ErrorCodes.SERVER_LABELS_MISSING);
        assertRefusal(() -> saas.backups()
                        .restore(RestoreBackup.builder(tenant.id(), backup.id())
                                .server(us.id())
                                .build()))
                .isEqualTo(ErrorCodes.SERVER_LABELS_MISSING);
        provider.at("us").putForeign("legacy");
        assertRefusal(() -> saas.tenants()
                        .adopt(AdoptTenant.builder(us.id(), "legacy", plan.id())
                                .owner(owner.id())
                                .build()))
                .isEqualTo(ErrorCodes.SERVER_LABELS_MISSING);

        label(fast, Map.of());
        assertThat(saas.tenants().get(tenant.id()).serverId()).as("it stays").isEqualTo(fast.id());
        assertRefusal(() -> saas.tenants()
                        .duplicate(DuplicateTenant.builder(tenant.id()).build()))
                .isEqualTo(ErrorCodes.SERVER_LABELS_MISSING);
        assertThat(saas.backups()
                        .restore(RestoreBackup.builder(tenant.id(), backup.id())
                                .server(eu.id())
                                .build())
                        .tenant()
                        .serverId())
                .isEqualTo(eu.id());
        assertThat(saas.tenants().count(Filter.all())).isEqualTo(2);
    }

    @Test
    void aCopyRequiresWhatItsSourceRequires() {
        change(Map.of());
        Tenant tenant = saas.tenants()
                .create(onPlan().attributes(Map.of(REGION, "eu", "billing.id", "7"))
                        .build())
                .tenant();
        Tenant copy = saas.tenants()
                .duplicate(DuplicateTenant.builder(tenant.id()).build())
                .tenant();
        assertThat(copy.attributes()).isEqualTo(Map.of(REGION, "eu"));
        assertRefusal(() -> saas.tenants().move(copy.id(), us.id())).isEqualTo(ErrorCodes.SERVER_LABELS_MISSING);
    }

    @Test
    void movesAndDrainsToServersThatDoNotFitAreRefused() {
        Tenant tenant = create();
        SaasException refusal = refusal(() -> saas.tenants().move(tenant.id(), us.id()));
        assertThat(refusal.code()).isEqualTo(ErrorCodes.SERVER_LABELS_MISSING);
        assertThat(refusal).hasMessageContainingAll("\"us\"", "region=eu");
        Campaign drain =
                Campaign.of(CampaignChange.move(us.id())).server(fast.id()).build();
        assertRefusal(() -> saas.campaigns().start(drain)).isEqualTo(ErrorCodes.SERVER_LABELS_MISSING);

        change(Map.of());
        ofCustomer(REGION, "eu");
        assertRefusal(() -> saas.campaigns()
                        .start(Campaign.of(CampaignChange.move(us.id()))
                                .customer(owner.customerId())
                                .build()))
                .isEqualTo(ErrorCodes.SERVER_LABELS_MISSING);
        OperationId id = saas.campaigns().start(drain).id();
        saas.maintenance().run();
        assertThat(saas.campaigns().failures(id, 0))
                .singleElement()
                .returns(tenant.id(), Operation::tenantId)
                .returns(ErrorCodes.SERVER_LABELS_MISSING, Operation::errorCode);
        assertThat(saas.tenants().get(tenant.id()).serverId()).isEqualTo(fast.id());

        OperationId fitting = saas.campaigns()
                .start(Campaign.of(CampaignChange.move(eu.id()))
                        .server(fast.id())
                        .build())
                .id();
        saas.maintenance().run();
        assertThat(saas.campaigns().status(fitting)).returns(1L, CampaignStatus::done);
        assertThat(saas.tenants().get(tenant.id()).serverId()).isEqualTo(eu.id());
    }

    @ParameterizedTest
    @CsvSource({"Region,eu", "region,EU", "region,''", "'',eu", "re gion,eu", "region,'eu,us'", "-r,eu", "region,é"})
    void haveANarrowSyntaxAsDoTheAttributesThatRequireThem(String key, String value) {
        assertThat(refusal(() -> label(us, Map.of(key, value))))
                .returns(ErrorCodes.SERVER_INVALID, SaasException::code)
                .hasMessageContaining("labels:");
        assertRefusal(() -> change(Map.of(Server.REQUIRED_LABEL + key, value))).isEqualTo(ErrorCodes.PLAN_INVALID);
        assertThat(saas.servers().get(us.id()).labels()).isEqualTo(Map.of("region", "us"));
    }
}
