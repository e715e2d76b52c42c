// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.account;

import static dev.allotment.core.Refusals.assertRefusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.AdoptTenant;
import dev.allotment.ConfigurationChange;
import dev.allotment.CreateTenant;
import dev.allotment.CreateTenant.Administrator;
import dev.allotment.DuplicateTenant;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.Parameter;
import dev.allotment.Plan;
import dev.allotment.PlanId;
import dev.allotment.Query;
import dev.allotment.RecordField;
import dev.allotment.Role;
import dev.allotment.Saas;
import dev.allotment.ServerId;
import dev.allotment.SignUp;
import dev.allotment.Template;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.core.Consistency;
import dev.allotment.core.Fixture;
import dev.allotment.core.Story;
import dev.allotment.fleet.Server;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class PortalUserTest {
    private final Fixture fixture = new Fixture();
    private final Saas host = fixture.saas;
    private final User user = fixture.signUp("client@example.com");
    private final User stranger = fixture.signUp("stranger@example.com");
    private final Plan plan = fixture.plan();
    private final Plan strangersPlan = fixture.plan(Plan.builder("Other").dbNameTemplate("other-%i"));
    private final Template template = host.templates().build(plan.id(), List.of());
    private final Tenant mine = make(plan, user);
    private final Tenant theirs = make(strangersPlan, stranger);
    private final Saas own = host.actingAs(user.id());

    @AfterEach
    void close() {
        fixture.close();
    }

    private Tenant make(Plan on, User owner) {
        return host.tenants()
                .create(CreateTenant.onPlan(on).owner(owner).build())
                .tenant();
    }

    @Test
    void seesItsOwnRecords() {
        assertThat(own.accounts().list(Query.all())).containsExactly(user);
        assertThat(own.accounts().get(user.id())).isEqualTo(user);
        assertThat(own.customers().list(Query.all()))
                .containsExactly(host.customers().get(user.customerId()));
        assertThat(own.tenants().list(Query.all())).containsExactly(mine);
        assertThat(own.tenants().findByName(mine.name())).contains(mine);
        assertThat(own.plans().list(Query.all())).containsExactly(host.plans().get(plan.id()));
        assertThat(own.tenants().databaseNames())
                .contains("portal.localhost", mine.name(), theirs.name())
                .doesNotContain(template.name());
        assertThat(own.mainDatabase()).isEqualTo("portal.localhost");
        assertThat(own.health().up()).isTrue();
        assertThat(own.tenants().host(mine)).isEqualTo(mine.name());
    }

    @Test
    void countsItsOwnTenantsOnly() {
        List<PlanId> plans = List.of(strangersPlan.id(), plan.id());
        assertThat(host.tenants().counts(Tenant.PLAN_ID, plans, Filter.all()))
                .isEqualTo(Map.of(plan.id(), 1L, strangersPlan.id(), 1L));
        assertThat(own.tenants().counts(Tenant.PLAN_ID, plans, Filter.all()))
                .isEqualTo(Map.of(plan.id(), 1L, strangersPlan.id(), 0L));
        assertThat(own.tenants().counts(Tenant.PLAN_ID, plans, Filter.equal(Tenant.NAME, "other")))
                .isEqualTo(Map.of(plan.id(), 0L, strangersPlan.id(), 0L));
        assertRefusal(() -> own.tenants().counts(RecordField.of("nextCheckAt"), List.of(), Filter.all()))
                .isEqualTo(ErrorCodes.QUERY_UNKNOWN_FIELD);
    }

    @Test
    void doesNotSeeRecordsOfOthers() {
        assertThat(own.accounts().find(stranger.id())).isEmpty();
        assertThat(own.accounts().list(Query.where(Filter.equal(User.ID, stranger.id()))))
                .isEmpty();
        assertThat(own.accounts()
                        .list(Query.where(Filter.or(
                                Filter.all(), Filter.not(Filter.none()), Filter.notEqual(User.ID, user.id())))))
                .containsExactly(user);
        assertThat(own.accounts().count(Filter.all())).isEqualTo(1);
        assertThat(own.customers().find(stranger.customerId())).isEmpty();
        assertThat(own.customers().count(Filter.all())).isEqualTo(1);
        assertThat(own.tenants().find(theirs.id())).isEmpty();
        assertThat(own.tenants().findByName(theirs.name())).isEmpty();
        assertThat(own.tenants().count(Filter.all())).isEqualTo(1);
        assertThat(own.plans().find(strangersPlan.id())).isEmpty();
        assertThat(own.plans().count(Filter.all())).isEqualTo(1);
        assertRefusal(() -> own.tenants().get(theirs.id())).isEqualTo(ErrorCodes.RECORD_MISSING);
        assertRefusal(() -> own.accounts().get(stranger.id())).isEqualTo(ErrorCodes.RECORD_MISSING);
        host.tenants().delete(mine.id());
        assertThat(own.plans().list(Query.all()))
                .as("a plan without a remaining tenant")
                .isEmpty();
    }

    @Test
    void changesItsOwnDataAndNeedsThePasswordForSensitiveParts() {
        User changed = own.accounts()
                .update(
                        user.id(),
                        each -> each.toBuilder()
                                .name("New Name")
                                .lang("fr_FR")
                                .tz("Europe/Paris")
                                .build());
        assertThat(changed.name()).isEqualTo("New Name");
        assertThat(own.accounts()
                        .changeEmail(user.id(), Fixture.PASSWORD, " New@example.com")
                        .email())
                .isEqualTo(host.accounts().get(user.id()).email())
                .isEqualToIgnoringCase("new@example.com");
        own.accounts().changePassword(user.id(), Fixture.PASSWORD, "new secret");
        assertThat(host.accounts().authenticate("client@example.com", "new secret", null))
                .isPresent();
    }

    @Test
    void signsInToItsOwnTenant() {
        Story.letsIn(host, mine.name(), own.access().issue(mine.id()));
        String session = own.access().openSession("portal.localhost", user.id().value());
        assertThat(own.access().findSession(session)).isPresent();
        own.access().closeSession(session);
        assertThat(own.access().findSession(session)).isEmpty();
        assertThat(own.actingAs(user.id()).accounts().get(user.id())).isEqualTo(user);
    }

    @Test
    void seesTenantsOfItsCustomerWithoutBecomingTheirOwner() {
        host.tenants()
                .update(
                        theirs.id(),
                        each -> each.toBuilder().customerId(user.customerId()).build());

        assertThat(own.tenants().find(theirs.id())).isPresent();
        assertRefusal(() -> own.access().issue(theirs.id())).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
    }

    @Test
    void cannotHaveTheLoginThatMarksTheEmbedder() {
        assertRefusal(() -> fixture.signUp("Host")).isEqualTo(ErrorCodes.ACCOUNT_LOGIN_TAKEN);
        assertRefusal(() -> fixture.administrator("host")).isEqualTo(ErrorCodes.ACCOUNT_LOGIN_TAKEN);
        assertRefusal(() -> host.accounts()
                        .update(
                                user.id(),
                                each -> each.toBuilder().login("host ").build()))
                .isEqualTo(ErrorCodes.ACCOUNT_LOGIN_TAKEN);
    }

    @Test
    void seesNothingOfAFormerUserWithTheSameLogin() {
        User before = fixture.signUp("reused@example.com");
        Plan published = fixture.plan(Plan.builder("Free").published(true));
        Operation begun = host.actingAs(before.id()).selfService().start(published.id(), "failing", null);
        assertThat(host.actingAs(before.id()).operations().cancel(begun.id()).cancelRequested())
                .isTrue();
        host.maintenance().run();
        assertThat(host.tenants().findByName("failing")).isEmpty();
        assertThat(host.actingAs(before.id()).operations().list(Query.all()))
                .extracting(Operation::id)
                .containsExactly(begun.id());
        host.accounts().delete(before.id());

        fixture.clock.advance(Duration.ofDays(1));
        Saas after = host.actingAs(fixture.signUp("reused@example.com").id());

        assertThat(after.operations().list(Query.all())).isEmpty();
        assertRefusal(() -> after.operations().cancel(begun.id())).isEqualTo(ErrorCodes.RECORD_MISSING);
        assertRefusal(() -> after.selfService().operation(begun.id())).isEqualTo(ErrorCodes.RECORD_MISSING);
    }

    @Test
    void refusesEverythingElse() {
        Map<String, ThrowingCallable> attempts = attempts();
        attempts.forEach((what, attempt) -> assertRefusal(attempt).as(what).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED));

        assertThat(host.accounts().list(Query.all())).hasSize(4).contains(user, stranger);
        assertThat(host.tenants().list(Query.all())).containsExactly(mine, theirs);
        assertThat(host.plans().count(Filter.all())).isEqualTo(2);
        assertThat(host.templates().count(Filter.all())).isEqualTo(1);
        assertThat(host.servers().count(Filter.all())).isEqualTo(1);
        assertThat(host.customers().count(Filter.all())).isEqualTo(4);
        assertThat(host.parameters().value(Parameter.ALLOW_UNINVITED)).contains("True");
        Consistency.check(fixture.storage);
    }

    private Map<String, ThrowingCallable> attempts() {
        Map<String, ThrowingCallable> attempts = new LinkedHashMap<>();
        SignUp signUp = SignUp.builder("new", "New", "secret").build();
        attempts.put("create account", () -> own.accounts().create(signUp, Role.PORTAL));
        attempts.put("create administrator", () -> own.accounts().create(signUp, Role.ADMINISTRATOR));
        attempts.put(
                "promote",
                () -> own.accounts()
                        .update(
                                user.id(),
                                each -> each.toBuilder()
                                        .role(Role.ADMINISTRATOR)
                                        .build()));
        attempts.put(
                "change login",
                () -> own.accounts()
                        .update(
                                user.id(),
                                each -> each.toBuilder().login("admin2").build()));
        attempts.put(
                "change address without its password",
                () -> own.accounts()
                        .update(
                                user.id(),
                                each -> each.toBuilder()
                                        .email("thief@example.com")
                                        .build()));
        attempts.put(
                "change address of another",
                () -> own.accounts().changeEmail(stranger.id(), Fixture.PASSWORD, "thief@example.com"));
        attempts.put(
                "deactivate",
                () -> own.accounts()
                        .update(
                                user.id(),
                                each -> each.toBuilder().active(false).build()));
        attempts.put("set own password", () -> own.accounts().setPassword(user.id(), "secret"));
        attempts.put("set password", () -> own.accounts().setPassword(Fixture.ADMINISTRATOR, "secret"));
        attempts.put("change password", () -> own.accounts().changePassword(Fixture.ADMINISTRATOR, "admin", "secret"));
        attempts.put("delete itself", () -> own.accounts().delete(user.id()));
        attempts.put("delete another", () -> own.accounts().delete(stranger.id()));
        attempts.put("act as administrator", () -> own.actingAs(Fixture.ADMINISTRATOR));
        attempts.put("act as stranger", () -> own.actingAs(stranger.id()));
        attempts.put("create customer", () -> own.customers().create("New", null));
        attempts.put(
                "update customer",
                () -> own.customers()
                        .update(
                                user.customerId(),
                                each -> each.toBuilder().name("x").build()));
        attempts.put("delete customer", () -> own.customers().delete(user.customerId()));
        attempts.put("create plan", () -> own.plans().create(Plan.builder("New").build()));
        attempts.put("update plan", () -> own.plans().update(plan.id(), each -> each));
        attempts.put("delete plan", () -> own.plans().delete(plan.id()));
        attempts.put("generate name", () -> own.plans().generateName(plan.id()));
        attempts.put("list servers", () -> own.servers().list(Query.all()));
        attempts.put("find server", () -> own.servers().find(new ServerId(1)));
        attempts.put("count servers", () -> own.servers().count(Filter.all()));
        attempts.put("create server", () -> own.servers().create(server()));
        attempts.put("update server", () -> own.servers().update(new ServerId(1), each -> each));
        attempts.put("delete server", () -> own.servers().delete(new ServerId(1)));
        attempts.put("sync server", () -> own.servers().sync(new ServerId(1)));
        attempts.put("list templates", () -> own.templates().list(Query.all()));
        attempts.put("build template", () -> own.templates().build(plan.id(), List.of()));
        attempts.put("delete template", () -> own.templates().delete(template.id()));
        attempts.put(
                "create database",
                () -> own.tenants().create(CreateTenant.onPlan(plan).owner(user).build()));
        attempts.put(
                "create database outside plans",
                () -> own.tenants()
                        .create(CreateTenant.outsidePlans("lone", new Administrator("me", "secret"))
                                .build()));
        attempts.put(
                "duplicate",
                () -> own.tenants().duplicate(DuplicateTenant.builder(mine.id()).build()));
        attempts.put("rename", () -> own.tenants().rename(mine.id(), "renamed"));
        attempts.put("delete", () -> own.tenants().delete(mine.id()));
        attempts.put(
                "update",
                () -> own.tenants()
                        .update(mine.id(), each -> each.toBuilder().maxUsers(0).build()));
        attempts.put("suspend", () -> own.tenants().suspend(mine.id()));
        attempts.put("resume", () -> own.tenants().resume(mine.id()));
        attempts.put("sync", () -> own.tenants().sync(mine.id()));
        attempts.put("send parameters", () -> own.tenants().sendParameters(mine.id()));
        attempts.put(
                "configure",
                () -> own.configuration()
                        .apply(mine.id(), ConfigurationChange.builder().build()));
        attempts.put("list parameters", () -> own.parameters().list(Query.all()));
        attempts.put("read parameter", () -> own.parameters().value(Parameter.BASE_URL));
        attempts.put("set parameter", () -> own.parameters().set(Parameter.ALLOW_UNINVITED, "False"));
        attempts.put("recover operations", () -> own.operations().recover());
        attempts.put("enter from outside", () -> own.database(mine.name()));
        attempts.put("change master password", () -> own.changeMasterPassword("secret"));
        attempts.put(
                "open a session of another",
                () -> own.access().openSession("portal.localhost", Fixture.ADMINISTRATOR.value()));
        attempts.put("act as administrator from an address", () -> own.actingAs(Fixture.ADMINISTRATOR, "192.0.2.1"));
        attempts.put(
                "end sessions of another",
                () -> own.access().closeSessions("portal.localhost", Fixture.ADMINISTRATOR.value()));
        attempts.put("end sessions inside", () -> own.access().closeSessions(mine.name(), 2));
        attempts.put("have a password reset", () -> own.access().requestPasswordReset("stranger@example.com"));
        attempts.put(
                "look at an address", () -> own.access().isRedirectUri(theirs.uuid(), "http://x/auth_oauth/signin"));
        attempts.put("see events", () -> own.events().list(Query.all()));
        attempts.put("find event", () -> own.events().find(1L));
        attempts.put("run the maintenance", () -> own.maintenance().run());
        attempts.put(
                "create later",
                () -> own.async().create(CreateTenant.onPlan(plan).owner(user).build()));
        attempts.put("extend", () -> own.tenants().extend(mine.id(), null, "why not"));
        attempts.put(
                "cancel an operation of another account", () -> own.operations().cancel(of(mine).id()));
        attempts.put("set the password of a server", () -> own.servers().setPassword(new ServerId(1), "secret"));
        attempts.put("ask a server", () -> own.servers().status(new ServerId(1)));
        attempts.put("see how servers are", () -> own.servers().statuses());
        attempts.put("see spares", () -> own.templates().spares());
        attempts.put(
                "adopt a database",
                () -> own.tenants()
                        .adopt(AdoptTenant.builder(new ServerId(1), "legacy", plan.id())
                                .build()));
        attempts.put("adopt a template", () -> own.templates().adopt(plan.id(), new ServerId(1), "legacy", null));
        attempts.put("open a session inside", () -> own.access().openSession(mine.name(), 2));
        return attempts;
    }

    /** Returns the operation that created a tenant. */
    private Operation of(Tenant tenant) {
        return host.operations()
                .list(Query.where(Filter.equal(Operation.TENANT_ID, tenant.id())))
                .get(0);
    }

    @Test
    void seesAndAwaitsOperationsOfItsOwnTenants() {
        assertThat(own.operations().list(Query.all())).containsExactly(of(mine));
        assertThat(own.operations().find(of(theirs).id())).isEmpty();
        assertThat(own.operations().await(of(mine).id(), Duration.ZERO)).isEqualTo(of(mine));
        assertRefusal(() -> own.operations().await(of(theirs).id(), Duration.ZERO))
                .isEqualTo(ErrorCodes.RECORD_MISSING);
        assertRefusal(() -> own.operations().cancel(of(theirs).id())).isEqualTo(ErrorCodes.RECORD_MISSING);
    }

    private static Server server() {
        return Server.builder("second").sequence(1).build();
    }

    @Test
    void cannotReachTenantsOfOthers() {
        assertRefusal(() -> own.access().issue(theirs.id())).isEqualTo(ErrorCodes.RECORD_MISSING);
        assertRefusal(() -> own.accounts()
                        .update(
                                stranger.id(),
                                each -> each.toBuilder().name("x").build()))
                .isEqualTo(ErrorCodes.RECORD_MISSING);
        assertThat(own.withMasterPassword("admin")).isEmpty();
    }
}
