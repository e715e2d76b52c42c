// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.server;

import static dev.allotment.core.Refusals.assertRefusal;
import static dev.allotment.core.Refusals.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.allotment.ConfigurationChange;
import dev.allotment.CreateTenant;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationState;
import dev.allotment.Parameter;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.SignUp;
import dev.allotment.Template;
import dev.allotment.TemplateState;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.core.Concurrently;
import dev.allotment.core.Consistency;
import dev.allotment.core.Fixture;
import dev.allotment.core.Result;
import dev.allotment.core.TestAddon;
import dev.allotment.core.WatchedBackend;
import dev.allotment.fleet.Server;
import dev.allotment.fleet.Servers;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Spare;
import dev.allotment.testing.InterruptibleBackend;
import dev.allotment.testing.MemoryBackend;
import dev.allotment.testing.ProcessKilled;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ServersTest {
    private static final ServerId FIRST = new ServerId(1);

    private final Fixture fixture = new Fixture(TestAddon.of("sale").script("1.0", "create table sale_order (id int)"));
    private final MemoryBackend storage = MemoryBackend.withServers("second");
    private final Saas saas = fixture.builder(storage).open();
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
        fixture.close();
    }

    private static Server server(String name) {
        return Server.builder(name)
                .id(new ServerId(5))
                .sequence(20)
                .host("db.example.com")
                .odooVersion("16.0")
                .build();
    }

    private Tenant make(Plan.Builder plan, String name) {
        Plan stored = saas.plans().create(plan.build());
        return saas.tenants()
                .create(CreateTenant.onPlan(stored).owner(owner).name(name).build())
                .tenant();
    }

    @Test
    void existsFromTheStartForTheCatalogsBackend() {
        assertThat(servers.list(Query.all())).singleElement().satisfies(server -> {
            assertThat(server.id()).isEqualTo(FIRST);
            assertThat(server.name()).isEqualTo(Server.DEFAULT_NAME);
            assertThat(server.host()).isEqualTo("portal.localhost");
            assertThat(server.active()).isTrue();
        });
    }

    @Test
    void registersAServerOnceIfTheBackendCanReachIt() {
        Server second = servers.create(server("second"));

        assertThat(second.id()).isEqualTo(new ServerId(2));
        assertThat(second.createdAt()).isEqualTo(fixture.clock.instant());
        assertThat(servers.get(second.id())).isEqualTo(second);
        assertRefusal(() -> servers.create(server("second"))).isEqualTo(ErrorCodes.SERVER_INVALID);
        assertRefusal(() -> servers.create(server("third"))).isEqualTo(ErrorCodes.BACKEND_UNSUPPORTED);
        assertThat(servers.count(Filter.all())).isEqualTo(2);
    }

    @Test
    void reportsAllProblemsOfAServerAtOnce() {
        SaasException refusal = refusal(() -> servers.create(Server.builder("")
                .id(FIRST)
                .sequence(1)
                .host("no host")
                .odooVersion("\n")
                .clientsHostTemplate("{dbname}.UP CASE")
                .build()));
        assertThat(refusal.code()).isEqualTo(ErrorCodes.SERVER_INVALID);
        assertThat(refusal).hasMessageContainingAll("name:", "host:", "odoo_version:", "clients_host_template:");
    }

    @Test
    void keepsNameNumberAndCreationTimeOnUpdate() {
        Server before = servers.get(FIRST);
        Server changed = servers.update(
                FIRST,
                each -> Server.builder(each.name())
                        .id(new ServerId(9))
                        .active(false)
                        .sequence(3)
                        .host("other.example.com")
                        .odooVersion("15.0")
                        .clientsHostTemplate("{dbname}.x.com")
                        .build());
        assertThat(changed)
                .isEqualTo(before.toBuilder()
                        .active(false)
                        .sequence(3)
                        .host("other.example.com")
                        .odooVersion("15.0")
                        .clientsHostTemplate("{dbname}.x.com")
                        .build());
        assertThat(servers.get(FIRST)).isEqualTo(changed);
        assertRefusal(() -> servers.update(
                        FIRST, each -> each.toBuilder().name("second").build()))
                .isEqualTo(ErrorCodes.SERVER_INVALID);
        assertRefusal(() ->
                        servers.update(FIRST, each -> each.toBuilder().host("-").build()))
                .isEqualTo(ErrorCodes.SERVER_INVALID);
    }

    @Test
    void placesDatabasesInTurnOnActiveServersAndByPlan() {
        Server second = servers.create(server("second"));
        assertThat(make(Plan.builder("Any"), "a").serverId()).isEqualTo(FIRST);

        servers.update(second.id(), each -> each.toBuilder().sequence(1).build());
        assertThat(make(Plan.builder("Any"), "b").serverId()).isEqualTo(second.id());
        assertThat(make(Plan.builder("Pinned").serverId(FIRST), "c").serverId()).isEqualTo(FIRST);

        servers.update(FIRST, each -> each.toBuilder().active(false).build());
        assertRefusal(() -> make(Plan.builder("Pinned").serverId(FIRST), "d")).isEqualTo(ErrorCodes.SERVER_NONE);
        servers.update(second.id(), each -> each.toBuilder().active(false).build());
        assertRefusal(() -> make(Plan.builder("Any"), "e")).isEqualTo(ErrorCodes.SERVER_NONE);
        assertThat(saas.tenants().findByName("a"))
                .as("those it has stay")
                .isPresent()
                .hasValueSatisfying(tenant -> assertThat(
                                saas.tenants().suspend(tenant.id()).state().live())
                        .isTrue());
    }

    @Test
    void buildsATemplateOnAServerOnDemand() {
        Server second = servers.create(server("second"));
        Plan plan = saas.plans().create(Plan.builder("Ready").build());
        Template original = saas.templates().build(plan.id(), List.of());
        saas.plans()
                .update(
                        plan.id(),
                        each -> each.toBuilder().serverId(second.id()).build());
        CreateTenant wish = CreateTenant.onPlan(plan).owner(owner).build();
        assertThat(saas.tenants()
                        .create(wish.toBuilder().name("a").build())
                        .tenant()
                        .serverId())
                .isEqualTo(second.id());
        assertThat(saas.tenants()
                        .create(wish.toBuilder().name("b").build())
                        .tenant()
                        .serverId())
                .isEqualTo(second.id());

        assertThat(saas.templates().list(Query.all().orderBy(Template.ID)))
                .extracting(Template::serverId, Template::family, Template::version, Template::state)
                .containsExactly(
                        tuple(FIRST, original.family(), 1, TemplateState.READY),
                        tuple(second.id(), original.family(), 1, TemplateState.READY));
        assertThat(saas.plans().get(plan.id()).templateId()).isEqualTo(original.id());
        saas.plans()
                .update(
                        plan.id(),
                        each -> each.toBuilder().serverId(null).templateId(null).build());
        saas.templates().delete(original.id());
        assertThat(saas.templates().count(Filter.all())).as("on both").isZero();
    }

    @Test
    void leavesNothingOfADatabaseWhoseTemplateCannotBeBuilt() {
        Server second = servers.create(server("second"));
        Plan plan = saas.plans().create(Plan.builder("Ready").build());
        saas.templates().build(plan.id(), List.of("sale"));
        saas.plans()
                .update(
                        plan.id(),
                        each -> each.toBuilder().serverId(second.id()).build());
        fixture.addons.clear();
        saas.configuration()
                .apply(
                        make(Plan.builder("Any").serverId(FIRST), "a").id(),
                        ConfigurationChange.builder().refreshAddons().build());
        CreateTenant wish = CreateTenant.onPlan(plan).owner(owner).build();
        assertRefusal(() -> saas.tenants().create(wish.toBuilder().name("b").build()))
                .isEqualTo(ErrorCodes.TEMPLATE_NOT_READY);

        assertThat(saas.tenants().findByName("b")).isEmpty();
        assertThat(saas.templates().count(Filter.all())).isEqualTo(1);
        assertThat(storage.databases(second).list()).isEmpty();
        assertThat(saas.operations().count(Filter.equal(Operation.STATE, OperationState.RUNNING)))
                .isZero();
    }

    @Test
    void buildsATemplateOnceForEightDatabasesAtOnce() {
        Server second = servers.create(server("second"));
        Plan plan = saas.plans().create(Plan.builder("Ready").build());
        saas.templates().build(plan.id(), List.of());
        saas.plans()
                .update(
                        plan.id(),
                        each -> each.toBuilder().serverId(second.id()).build());
        List<Result<Tenant>> made = Concurrently.run(
                8,
                number -> saas.tenants()
                        .create(CreateTenant.onPlan(plan)
                                .owner(owner)
                                .name("shop-" + number)
                                .build())
                        .tenant());
        assertThat(made).allMatch(Result::succeeded);
        assertThat(saas.templates().count(Filter.equal(Template.SERVER_ID, second.id())))
                .isEqualTo(1);
    }

    @Test
    void theServerOfTheCatalogCanBeWithoutTenants() {
        Server second = servers.create(server("second"));
        servers.update(FIRST, each -> each.toBuilder().draining(true).build());
        Plan plan = saas.plans().create(Plan.builder("Elsewhere").spares(1).build());
        saas.templates().build(plan.id(), List.of());
        for (int i = 0; saas.maintenance().run() > 0; i++) {
            assertThat(i).as("the maintenance finishes").isLessThan(10);
        }
        assertThat(spareServers()).containsExactly(second.id());
        Tenant tenant = saas.tenants()
                .create(CreateTenant.onPlan(plan).owner(owner).name("shop").build())
                .tenant();
        assertThat(tenant.serverId()).isEqualTo(second.id());
        assertThat(saas.templates().count(Filter.equal(Template.SERVER_ID, FIRST)))
                .isZero();
        assertThat(storage.databases(saas.servers().get(FIRST)).list()).isEmpty();
    }

    @Test
    void placesSparesLikeDatabasesAndClaimsThemAnywhere() {
        Server second = servers.create(server("second"));
        Plan plan = saas.plans().create(Plan.builder("Stocked").spares(4).build());
        saas.templates().build(plan.id(), List.of());
        for (int i = 0; saas.maintenance().run() > 0; i++) {
            assertThat(i).as("the maintenance finishes").isLessThan(10);
        }
        assertThat(spareServers()).containsOnly(FIRST, second.id()).hasSize(4);
        for (int i = 0; i < 4; i++) {
            saas.tenants()
                    .create(CreateTenant.onPlan(plan)
                            .owner(owner)
                            .name("shop-" + i)
                            .build());
        }
        assertThat(saas.templates().spares().claimed()).isEqualTo(4);
        assertThat(saas.templates().spares().missed()).isZero();

        for (int i = 0; saas.maintenance().run() > 0; i++) {
            assertThat(i).as("the maintenance finishes").isLessThan(10);
        }
        servers.update(second.id(), each -> each.toBuilder().draining(true).build());
        for (int i = 0; saas.maintenance().run() > 0; i++) {
            assertThat(i).as("the maintenance finishes").isLessThan(10);
        }
        assertThat(spareServers())
                .as("given up where it is drained")
                .containsOnly(FIRST)
                .hasSize(4);
    }

    private List<ServerId> spareServers() {
        return Consistency.all(storage, RecordTypes.SPARES).stream()
                .map(Spare::serverId)
                .toList();
    }

    @Test
    void warnsOnceIfASpareDoesNotFit() {
        Logger logger = Logger.getLogger("dev.allotment.maintenance");
        Level before = logger.getLevel();
        List<LogRecord> logged = new CopyOnWriteArrayList<>();
        long here = Thread.currentThread().getId();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord entry) {
                // Other tests log at the same time.
                if (entry.getLongThreadID() == here) {
                    logged.add(entry);
                }
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        logger.setLevel(Level.ALL);
        logger.addHandler(handler);
        try (Saas small =
                fixture.builder(MemoryBackend.create()).databasesPerServer(2, 2).open()) {
            Plan plan = small.plans().create(Plan.builder("Stocked").spares(3).build());
            small.templates().build(plan.id(), List.of());
            small.maintenance().run();
            small.maintenance().run();

            assertThat(small.templates().spares().stock())
                    .singleElement()
                    .satisfies(stock -> assertThat(stock.ready()).isEqualTo(1));
        } finally {
            logger.removeHandler(handler);
            logger.setLevel(before);
        }
        assertThat(logged)
                .anySatisfy(each -> assertThat(each.getMessage()).startsWith("A spare database could not be made"))
                .allSatisfy(each -> assertThat(each.getLevel().intValue()).isLessThan(Level.WARNING.intValue()));
    }

    @Test
    void refusesToDeleteAServerInUse() {
        Server second = servers.create(server("second"));
        Plan pinned =
                saas.plans().create(Plan.builder("Pinned").serverId(second.id()).build());
        assertThat(leftOn(second))
                .isEqualTo(
                        "Database server \"second\" cannot be deleted yet. Plans that are bound to it: 1 (\"Pinned\")."
                                + " Bind them to another server, or to none.");
        saas.templates().build(pinned.id(), List.of("sale"));
        Tenant tenant = saas.tenants()
                .create(CreateTenant.onPlan(pinned).owner(owner).name("a").build())
                .tenant();
        assertThat(leftOn(second))
                .contains("Tenants: 1 (\"a\"). Move", "Templates of plans: 1 (\"Pinned\" with sale). Build them again")
                .doesNotContain("Deleted tenants", "Other templates", "Spares", "Operations");
        saas.plans()
                .update(
                        pinned.id(),
                        each -> each.toBuilder().serverId(null).templateId(null).build());
        saas.parameters().set(Parameter.RETENTION_DAYS, "9");
        saas.tenants().delete(tenant.id());
        assertThat(leftOn(second))
                .contains("Deleted tenants: 1 (\"a\"). Restore", "Other templates: 1 (")
                .doesNotContain("Templates of plans", "Plans that", ". Tenants");
        saas.tenants().purge(tenant.id());
        assertRefusal(() -> servers.delete(second.id())).isEqualTo(ErrorCodes.SERVER_IN_USE);
        saas.templates().list(Query.all()).forEach(each -> saas.templates().delete(each.id()));
        saas.maintenance().run();

        servers.delete(second.id());

        assertThat(servers.find(second.id())).isEmpty();
        assertThat(servers.create(server("second")).id()).isNotEqualTo(second.id());
    }

    private String leftOn(Server server) {
        return refusal(() -> servers.delete(server.id())).getMessage();
    }

    @Test
    void namesTheFirstTenantsThatAreLeftOnAServer() {
        Server second = servers.create(server("second"));
        Plan pinned =
                saas.plans().create(Plan.builder("Pinned").serverId(second.id()).build());
        for (String name : List.of("a", "b", "c", "d", "e")) {
            saas.tenants()
                    .create(CreateTenant.onPlan(pinned).owner(owner).name(name).build());
        }
        assertThat(leftOn(second)).contains("Tenants: 5 (\"a\", \"b\", \"c\", …). Move them to another server.");
    }

    /** A server that is emptied can be deleted without building the template of a plan again. */
    @Test
    void copiesOfTemplatesAreRemovedFromAServerThatIsDrained() {
        Server second = servers.create(server("second"));
        Plan plan = saas.plans().create(Plan.builder("Ready").build());
        Template original = saas.templates().build(plan.id(), List.of("sale"));
        assertThat(original.serverId()).isEqualTo(FIRST);
        saas.plans()
                .update(
                        plan.id(),
                        each -> each.toBuilder().serverId(second.id()).build());
        Tenant tenant = saas.tenants()
                .create(CreateTenant.onPlan(plan).owner(owner).name("a").build())
                .tenant();
        saas.plans().update(plan.id(), each -> each.toBuilder().serverId(null).build());
        saas.tenants().delete(tenant.id());
        saas.maintenance().run();
        assertThat(saas.templates().count(Filter.equal(Template.SERVER_ID, second.id())))
                .isEqualTo(1);

        servers.update(second.id(), each -> each.toBuilder().draining(true).build());
        saas.maintenance().run();

        assertThat(saas.templates().list(Query.all())).extracting(Template::id).containsExactly(original.id());
        servers.delete(second.id());
        assertThat(storage.databases(second).list()).isEmpty();
    }

    @Test
    void refusesToDeleteAServerWithSpares() {
        Server second = servers.create(server("second"));
        Plan stocked = saas.plans()
                .create(Plan.builder("Stocked").serverId(second.id()).spares(1).build());
        Template template = saas.templates().build(stocked.id(), List.of());
        assertThat(saas.maintenance().run()).isEqualTo(1);
        saas.plans()
                .update(
                        stocked.id(),
                        each -> each.toBuilder().serverId(null).templateId(null).build());
        saas.templates().delete(template.id());

        assertRefusal(() -> servers.delete(second.id())).isEqualTo(ErrorCodes.SERVER_IN_USE);
        saas.maintenance().run();
        servers.delete(second.id());

        assertThat(storage.databases(second).list()).isEmpty();
    }

    @Test
    void freesReservationsIfAServerIsDeletedDuringPlacement() {
        Server second = servers.create(server("second"));
        Plan pinned = saas.plans()
                .create(Plan.builder("Pinned")
                        .serverId(second.id())
                        .maxDatabasesPerCustomer(1)
                        .build());
        CreateTenant wish =
                CreateTenant.onPlan(pinned).owner(owner).name("shop").build();
        WatchedBackend watched = WatchedBackend.over(storage);
        Saas node = fixture.builder(watched).node("node-b").open();
        node.tenants()
                .delete(node.tenants()
                        .create(wish.toBuilder().name("first").build())
                        .tenant()
                        .id());

        AtomicBoolean reserved = new AtomicBoolean();
        watched.watch(passed -> {
            if (passed.equals("after catalog") && reserved.compareAndSet(false, true)) {
                forget(second);
            }
        });
        assertRefusal(() -> node.tenants().create(wish)).isEqualTo(ErrorCodes.SERVER_NONE);
        watched.unwatch();

        assertThat(storage.databases(second).list()).isEmpty();
        Server again = servers.create(server("second"));
        node.plans()
                .update(
                        pinned.id(),
                        each -> each.toBuilder().serverId(again.id()).build());
        assertThat(node.tenants().create(wish).tenant().serverId()).isEqualTo(again.id());
    }

    @Test
    void undoesAnOperationWhoseServerWasDeleted() {
        Server second = servers.create(server("second"));
        Plan pinned =
                saas.plans().create(Plan.builder("Pinned").serverId(second.id()).build());
        InterruptibleBackend process = InterruptibleBackend.over(storage);
        Saas victim = fixture.builder(process).node("node-b").open();
        process.killAfter(4);
        assertThatThrownBy(() -> victim.tenants()
                        .create(CreateTenant.onPlan(pinned)
                                .owner(owner)
                                .name("shop")
                                .build()))
                .isInstanceOf(ProcessKilled.class);
        forget(second);

        Saas restarted = fixture.builder(storage).node("node-b").open();

        assertThat(restarted.operations().list(Query.where(Filter.equal(Operation.STATE, OperationState.RUNNING))))
                .isEmpty();
        assertThat(restarted.tenants().count(Filter.all())).isZero();
        make(Plan.builder("Any"), "shop");
    }

    /** Deletes the server like a node that has not yet seen what is being placed on it. */
    private void forget(Server server) {
        storage.catalog()
                .transact(
                        tx -> tx.records(RecordTypes.SERVERS).delete(server.id().value()));
    }

    @Test
    void makesHostsFromItsTemplate() {
        Tenant plain = make(Plan.builder("Any"), "shop");
        Tenant dotted = make(Plan.builder("Any"), "shop.example.com");
        assertThat(saas.tenants().host(plain)).isEqualTo("shop.portal.localhost");
        assertThat(saas.tenants().host(dotted)).isEqualTo("shop.example.com");
        assertThat(saas.tenants().publicUrl(dotted)).hasToString("http://shop.example.com:8069");

        saas.parameters().set(Parameter.BASE_DOMAIN, "saas.example.org");
        saas.parameters().set(Parameter.BASE_URL, "https://portal.example.org/");
        assertThat(saas.tenants().publicUrl(plain)).hasToString("https://shop.saas.example.org");

        servers.update(
                FIRST,
                each -> each.toBuilder()
                        .clientsHostTemplate("{dbname}.{base_saas_domain_1}")
                        .build());
        assertThat(saas.tenants().host(plain)).isEqualTo("shop.example.org");
        saas.parameters().set(Parameter.BASE_DOMAIN, "a.b.example.org");
        assertThat(saas.tenants().host(plain))
                .as("the last two labels, as the predecessor has it")
                .isEqualTo("shop.example.org");
        saas.parameters().set(Parameter.BASE_DOMAIN, "saas.example.org");
        servers.update(
                FIRST,
                each -> each.toBuilder()
                        .clientsHostTemplate("x-{dbname}.{base_saas_domain}")
                        .build());
        assertThat(saas.tenants().host(plain)).isEqualTo("x-shop.saas.example.org");
    }

    @Test
    void syncsAllReadableDatabasesDespiteADamagedOne() {
        make(Plan.builder("Any"), "a");
        Tenant broken = make(Plan.builder("Any"), "b");
        Tenant suspended = make(Plan.builder("Any"), "c");
        saas.tenants().suspend(suspended.id());
        Tenant deleted = make(Plan.builder("Any"), "d");
        saas.tenants().delete(deleted.id());
        storage.databases(servers.get(FIRST)).drop(new DatabaseRef(broken.name(), broken.uuid()));
        storage.setSize("a", 5_000_000);

        assertThat(servers.sync(FIRST)).isEqualTo(2);

        assertThat(saas.tenants().findByName("a"))
                .hasValueSatisfying(
                        tenant -> assertThat(tenant.databaseSizeBytes()).isEqualTo(5_000_000));
        assertRefusal(() -> servers.sync(new ServerId(99))).isEqualTo(ErrorCodes.RECORD_MISSING);
    }
}
