// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.access;

import static dev.allotment.core.Refusals.assertRefusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.ConfigurationChange;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.Tenant;
import dev.allotment.access.Group;
import dev.allotment.access.GroupId;
import dev.allotment.access.Member;
import dev.allotment.access.MemberId;
import dev.allotment.access.NewMember;
import dev.allotment.access.TenantDatabase;
import dev.allotment.core.Consistency;
import dev.allotment.core.Fixture;
import dev.allotment.core.TestAddon;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MemberRightsTest {
    private final Fixture fixture = new Fixture(TestAddon.of("sale").group("group_seller"));
    private final Saas saas = fixture.saas;
    private final Tenant shop = fixture.tenant("shop");
    private final TenantDatabase host = saas.database("shop");
    private final Member owner =
            host.members().list(Query.where(Filter.equal(Member.OWNER, true))).get(0);
    private final Member worker = host.members()
            .create(NewMember.builder("worker", "Worker")
                    .password("worker secret")
                    .build());
    private final Member guest = host.members()
            .create(NewMember.builder("guest", "Guest")
                    .password("guest secret")
                    .email("guest@example.com")
                    .share(true)
                    .build());

    @AfterEach
    void close() {
        fixture.close();
    }

    private TenantDatabase as(Member member) {
        return host.actingAs(member.id());
    }

    private TenantDatabase administrator() {
        return host.actingAs(Member.ADMINISTRATOR);
    }

    private GroupId group(String xmlId) {
        return host.groups().findByXmlId(xmlId).orElseThrow().id();
    }

    private List<String> groups(Member member) {
        return host.members().groups(member.id()).stream().map(Group::xmlId).toList();
    }

    @Test
    void normalisesANewMemberAndLetsItSignIn() {
        Member member = administrator()
                .members()
                .create(NewMember.builder(" New@Example.com ", " New ")
                        .password("secret")
                        .email("")
                        .lang("fr_FR")
                        .tz("Europe/Paris")
                        .build());
        assertThat(member)
                .isEqualTo(new Member(
                        member.id(),
                        "new@example.com",
                        "New",
                        null,
                        true,
                        false,
                        false,
                        "fr_FR",
                        "Europe/Paris",
                        fixture.clock.instant(),
                        null));
        assertThat(groups(member)).containsExactly(Group.USER);
        assertThat(groups(guest)).containsExactly(Group.PORTAL);
        assertThat(host.members().authenticate("NEW@example.com", "secret", null))
                .hasValueSatisfying(found -> assertThat(found.lastLoginAt()).isEqualTo(fixture.clock.instant()));
        Instant noted = fixture.clock.instant();
        fixture.clock.advance(Duration.ofSeconds(59));
        assertThat(host.members().authenticate("new@example.com", "secret", null))
                .hasValueSatisfying(found -> assertThat(found.lastLoginAt()).isEqualTo(noted));
        fixture.clock.advance(Duration.ofSeconds(1));
        assertThat(host.members().authenticate("new@example.com", "secret", null))
                .hasValueSatisfying(found -> assertThat(found.lastLoginAt()).isEqualTo(fixture.clock.instant()));
        assertThat(host.members().authenticate(member.id(), "secret", null)).isPresent();
        Member silent =
                host.members().create(NewMember.builder("silent", "Silent").build());
        assertThat(host.members().authenticate("silent", "", null)).isEmpty();
        host.members().setPassword(silent.id(), "now");
        assertThat(host.members().authenticate("silent", "now", null)).isPresent();
    }

    @Test
    void noMemberGetsALoginThatOnlyReads() {
        Duration hour = Duration.ofHours(1);
        assertRefusal(() -> host.readOnlyLogin(hour)).isEqualTo(ErrorCodes.BACKEND_UNSUPPORTED);
        assertRefusal(() -> host.revokeReadOnlyLogin("reader")).isEqualTo(ErrorCodes.BACKEND_UNSUPPORTED);
        for (Duration wrong : List.of(Duration.ZERO, Duration.ofHours(169))) {
            assertRefusal(() -> host.readOnlyLogin(wrong)).isEqualTo(ErrorCodes.CONFIGURATION_INVALID);
        }
        for (TenantDatabase member : List.of(administrator(), as(owner), as(worker))) {
            assertRefusal(() -> member.readOnlyLogin(hour)).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
            assertRefusal(() -> member.revokeReadOnlyLogin("reader")).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"WORKER", "admin", "__system__", "owner@shop"})
    void refusesATakenLogin(String login) {
        assertRefusal(() ->
                        host.members().create(NewMember.builder(login, "Again").build()))
                .isEqualTo(ErrorCodes.ACCOUNT_LOGIN_TAKEN);
        assertRefusal(() -> host.members()
                        .update(
                                guest.id(),
                                each -> each.toBuilder().login(login).build()))
                .isEqualTo(ErrorCodes.ACCOUNT_LOGIN_TAKEN);
    }

    @Test
    void refusesWhatCannotBeStoredOrPrinted() {
        for (NewMember member : List.of(
                NewMember.builder("", "Name").build(),
                NewMember.builder("a\0b", "Name").build(),
                NewMember.builder("l".repeat(255), "Name").build(),
                NewMember.builder("login", " ").build(),
                NewMember.builder("login", "\ud800").build(),
                NewMember.builder("login", "Name").password("").build(),
                NewMember.builder("login", "Name").password("p".repeat(4097)).build(),
                NewMember.builder("login", "Name").email("no address").build(),
                NewMember.builder("login", "Name").lang("\0").build(),
                NewMember.builder("login", "Name").tz("nowhere").build())) {
            assertRefusal(() -> host.members().create(member)).isEqualTo(ErrorCodes.ACCOUNT_INVALID);
        }
        assertThat(host.members().count(Filter.all())).isEqualTo(5);
    }

    @Test
    void letsARegularMemberSeeAllAndChangeItself() {
        assertThat(as(worker).members().list(Query.all())).hasSize(5);
        assertThat(as(worker).addons().list(Query.all())).hasSize(1);
        assertThat(as(worker)
                        .members()
                        .update(
                                worker.id(),
                                each -> each.toBuilder().name("New Name").build())
                        .name())
                .isEqualTo("New Name");
        as(worker).members().changePassword(worker.id(), "worker secret", "new secret");
        assertThat(host.members().authenticate("worker", "worker secret", null)).isEmpty();
        assertThat(host.members().authenticate("worker", "new secret", null)).isPresent();
        assertRefusal(() -> as(worker).members().changePassword(worker.id(), "wrong", "x"))
                .isEqualTo(ErrorCodes.ACCESS_DENIED);
    }

    @Test
    void letsAnOutsiderSeeOnlyItself() {
        assertThat(as(guest).members().list(Query.all())).containsExactly(guest);
        assertThat(as(guest).members().find(worker.id())).isEmpty();
        assertThat(as(guest).members().count(Filter.all())).isEqualTo(1);
        assertThat(as(guest).groups().members(group(Group.USER))).isEmpty();
        assertThat(as(guest).groups().members(group(Group.PORTAL))).containsExactly(guest.id());
        assertThat(as(guest).members().groups(guest.id())).hasSize(1);
        assertRefusal(() -> as(guest).members().groups(worker.id())).isEqualTo(ErrorCodes.RECORD_MISSING);
        assertRefusal(() -> as(guest).members().inGroup(worker.id(), Group.USER))
                .isEqualTo(ErrorCodes.RECORD_MISSING);
        assertRefusal(() -> as(guest).addons().list(Query.all())).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertThat(as(guest)
                        .members()
                        .update(guest.id(), each -> each.toBuilder().name("New").build())
                        .name())
                .isEqualTo("New");
    }

    @Test
    void refusesMembersWithoutTheRightToManageMembersOrSettings() {
        for (Member member : List.of(worker, guest)) {
            attempts(member)
                    .forEach((what, attempt) -> assertRefusal(attempt)
                            .as("%s by %s", what, member.login())
                            .isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED));
        }
        assertThat(host.members().count(Filter.all())).isEqualTo(5);
        assertThat(groups(worker)).containsExactly(Group.USER);
    }

    private Map<String, ThrowingCallable> attempts(Member member) {
        TenantDatabase own = as(member);
        Map<String, ThrowingCallable> attempts = new LinkedHashMap<>();
        attempts.put(
                "create",
                () -> own.members().create(NewMember.builder("new", "New").build()));
        attempts.put(
                "change another",
                () -> own.members()
                        .update(owner.id(), each -> each.toBuilder().name("x").build()));
        attempts.put(
                "change its login",
                () -> own.members()
                        .update(member.id(), each -> each.toBuilder().login("x").build()));
        attempts.put(
                "turn its kind",
                () -> own.members()
                        .update(
                                member.id(),
                                each -> each.toBuilder().share(!each.share()).build()));
        attempts.put(
                "deactivate itself",
                () -> own.members()
                        .update(
                                member.id(),
                                each -> each.toBuilder().active(false).build()));
        attempts.put("set a password", () -> own.members().setPassword(member.id(), "x"));
        attempts.put("set the administrator's password", () -> own.members().setPassword(Member.ADMINISTRATOR, "x"));
        attempts.put("change another's password", () -> own.members().changePassword(owner.id(), "x", "y"));
        attempts.put("delete", () -> own.members().delete(member.id()));
        attempts.put("set its groups", () -> own.members().setGroups(member.id(), List.of(group(Group.SYSTEM))));
        attempts.put("act as administrator", () -> own.actingAs(Member.ADMINISTRATOR));
        attempts.put("act as owner", () -> own.actingAs(owner.id()));
        attempts.put("install", () -> own.addons().install(List.of("sale")));
        attempts.put("update", () -> own.addons().update(List.of("sale")));
        attempts.put("uninstall", () -> own.addons().uninstall(List.of("sale")));
        attempts.put("update list", () -> own.addons().refresh());
        attempts.put("list parameters", () -> own.parameters().list(Query.all()));
        attempts.put("read parameter", () -> own.parameters().value(Parameter.DATABASE_UUID));
        attempts.put("set parameter", () -> own.parameters().set("key", "value"));
        attempts.put("list limits", () -> own.recordQuotas().list(Query.all()));
        return attempts;
    }

    @Test
    void letsAManagerManageWithoutBecomingAdministrator() {
        TenantDatabase manager = as(owner);
        Member made = manager.members()
                .create(NewMember.builder("made", "Made").password("secret").build());
        manager.members()
                .update(
                        made.id(),
                        each -> each.toBuilder().login("remade").active(false).build());
        manager.members()
                .update(made.id(), each -> each.toBuilder().active(true).build());
        manager.members().setPassword(made.id(), "other");
        manager.members().setGroups(made.id(), List.of(group(Group.USER), group(Group.ACCESS_RIGHTS)));
        assertThat(groups(made)).containsExactly(Group.ACCESS_RIGHTS, Group.USER);

        GroupId system = group(Group.SYSTEM);
        Map<String, ThrowingCallable> escalations = new LinkedHashMap<>();
        escalations.put("itself", () -> manager.members().setGroups(owner.id(), List.of(system)));
        escalations.put("another", () -> manager.members().setGroups(made.id(), List.of(group(Group.USER), system)));
        escalations.put("unmake", () -> manager.members().setGroups(Member.ADMINISTRATOR, List.of()));
        escalations.put("strip", () -> manager.members().setGroups(Member.ADMINISTRATOR, List.of(system)));
        escalations.put("password", () -> manager.members().setPassword(Member.ADMINISTRATOR, "mine"));
        escalations.put(
                "login",
                () -> manager.members()
                        .update(
                                Member.ADMINISTRATOR,
                                each -> each.toBuilder().login("mine").build()));
        escalations.put(
                "deactivate",
                () -> manager.members()
                        .update(
                                Member.ADMINISTRATOR,
                                each -> each.toBuilder().active(false).build()));
        escalations.put("delete", () -> manager.members().delete(Member.ADMINISTRATOR));
        escalations.put("act", () -> manager.actingAs(Member.ADMINISTRATOR));
        escalations.put("parameters", () -> manager.parameters().set("key", "value"));
        escalations.put("install", () -> manager.addons().install(List.of("sale")));
        escalations.put("limits", () -> manager.recordQuotas().count(Filter.all()));
        escalations.forEach(
                (what, attempt) -> assertRefusal(attempt).as(what).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED));
        assertThat(host.groups().members(system)).containsExactly(Member.ADMINISTRATOR);
        assertThat(host.groups().members(group(Group.ACCESS_RIGHTS)))
                .containsExactly(Member.ADMINISTRATOR, owner.id(), made.id());

        manager.members().delete(made.id());
        assertThat(host.members().find(made.id())).isEmpty();
        assertThat(host.groups().members(group(Group.ACCESS_RIGHTS))).containsExactly(Member.ADMINISTRATOR, owner.id());
    }

    @Test
    void letsASecondAdministratorDoEverythingButRemoveTheFirst() {
        host.members()
                .setGroups(worker.id(), List.of(group(Group.USER), group(Group.ACCESS_RIGHTS), group(Group.SYSTEM)));
        TenantDatabase second = as(worker);
        assertThat(second.addons().install(List.of("sale"))).containsExactly("sale");
        assertThat(second.addons().update(List.of("sale"))).isEmpty();
        second.parameters().set("key", "value");
        second.members().setGroups(owner.id(), List.of(group(Group.USER), group(Group.SYSTEM)));
        second.members().setPassword(Member.ADMINISTRATOR, "new secret");
        second.addons().uninstall(List.of("sale"));
        second.addons().refresh();
        assertThat(second.actingAs(guest.id()).members().count(Filter.all())).isEqualTo(1);
        assertRefusal(() -> second.members().delete(Member.ADMINISTRATOR)).isEqualTo(ErrorCodes.ACCOUNT_IN_USE);
        assertRefusal(() -> second.members()
                        .update(
                                Member.ADMINISTRATOR,
                                each -> each.toBuilder().active(false).build()))
                .isEqualTo(ErrorCodes.ACCOUNT_IN_USE);
    }

    @Test
    void protectsOwnerAdministratorAndSystemMember() {
        for (MemberId id : List.of(owner.id(), Member.ADMINISTRATOR, new MemberId(1))) {
            assertRefusal(() -> host.members().delete(id)).isEqualTo(ErrorCodes.ACCOUNT_IN_USE);
            assertRefusal(() -> host.members()
                            .update(id, each -> each.toBuilder().share(true).build()))
                    .isEqualTo(ErrorCodes.ACCOUNT_IN_USE);
        }
        assertThat(host.members()
                        .update(
                                worker.id(),
                                each -> each.toBuilder().owner(true).build())
                        .owner())
                .isFalse();
        assertThat(host.members()
                        .update(
                                owner.id(),
                                each -> each.toBuilder().owner(false).build())
                        .owner())
                .isTrue();
        assertRefusal(() -> host.members()
                        .update(
                                new MemberId(1),
                                each -> each.toBuilder().active(true).build()))
                .isEqualTo(ErrorCodes.ACCOUNT_IN_USE);
        assertRefusal(() -> host.members().update(new MemberId(99), each -> each))
                .isEqualTo(ErrorCodes.RECORD_MISSING);
        assertRefusal(() -> host.members().setGroups(worker.id(), List.of(new GroupId(99))))
                .isEqualTo(ErrorCodes.RECORD_MISSING);
        assertRefusal(() -> host.members().delete(new MemberId(99))).isEqualTo(ErrorCodes.RECORD_MISSING);
    }

    @Test
    void refusesToActAsAMissingOrInactiveMember() {
        host.members()
                .update(worker.id(), each -> each.toBuilder().active(false).build());
        for (MemberId id : List.of(worker.id(), new MemberId(99), new MemberId(1))) {
            assertRefusal(() -> host.actingAs(id)).isEqualTo(ErrorCodes.ACCESS_DENIED);
        }
        assertThat(host.members().authenticate("worker", "worker secret", null)).isEmpty();
    }

    @Test
    void endsSessionsWhenAPasswordChanges() {
        String session = saas.access().openSession("shop", worker.id().value());
        host.members().authenticate(worker.id(), "worker secret", null);
        as(owner).members().setPassword(worker.id(), "new secret");
        assertThat(saas.access().findSession(session)).isEmpty();
        assertThat(host.members().authenticate(worker.id(), "worker secret", null))
                .isEmpty();
        assertThat(host.members().authenticate(worker.id(), "new secret", null)).isPresent();
    }

    @Test
    void refusesAMemberThatIsDeletedDuringThePasswordCheck() {
        fixture.backend.once("after transact", () -> host.members().delete(worker.id()));
        assertThat(host.members().authenticate("worker", "worker secret", null)).isEmpty();
    }

    @Test
    void reportsMissingAndClosedDatabasesAsUnknown() {
        for (String name : List.of("none", "", "portal.localhost", "\0", "x".repeat(100_000))) {
            assertRefusal(() -> saas.database(name)).isEqualTo(ErrorCodes.DATABASE_UNKNOWN);
        }
        fixture.backend.once(
                "before create",
                () -> assertRefusal(() -> saas.database("draft")).isEqualTo(ErrorCodes.DATABASE_UNKNOWN));
        fixture.tenant("draft");
    }

    @Test
    void admitsOnlyTheAdministratorOfASuspendedDatabase() {
        host.members().setPassword(Member.ADMINISTRATOR, "admin secret");
        saas.tenants().suspend(shop.id());
        TenantDatabase closed = saas.database("shop");

        assertThat(closed.members().authenticate("admin", "admin secret", null)).isPresent();
        assertThat(closed.members().authenticate(Member.ADMINISTRATOR, "admin secret", null))
                .isPresent();
        assertThat(closed.actingAs(Member.ADMINISTRATOR).members().count(Filter.all()))
                .isEqualTo(5);
        assertRefusal(() -> closed.members().authenticate("worker", "worker secret", null))
                .isEqualTo(ErrorCodes.TENANT_STATE);
        assertRefusal(() -> closed.members().authenticate(worker.id(), "worker secret", null))
                .isEqualTo(ErrorCodes.TENANT_STATE);
        assertThat(closed.members().authenticate("worker", "wrong", null))
                .as("a wrong password reveals nothing")
                .isEmpty();
        assertRefusal(() -> closed.actingAs(worker.id())).isEqualTo(ErrorCodes.TENANT_STATE);
        assertRefusal(() -> closed.actingAs(owner.id())).isEqualTo(ErrorCodes.TENANT_STATE);
    }

    @Test
    void hidesHiddenParametersFromMembers() {
        saas.configuration()
                .apply(
                        shop.id(),
                        ConfigurationChange.builder()
                                .hiddenParameter("secret.key", "hidden value")
                                .parameter("open.key", "1")
                                .parameter("saas_client.visible", "1")
                                .build());
        TenantDatabase inside = administrator();

        assertThat(inside.parameters().list(Query.all()))
                .extracting(Parameter::key)
                .contains("open.key", Parameter.DATABASE_UUID)
                .doesNotContain("secret.key", Parameter.MAX_USERS, Parameter.SUSPENDED);
        assertThat(inside.parameters()
                        .list(Query.where(Filter.or(
                                Filter.equal(Parameter.HIDDEN, true),
                                Filter.equal(Parameter.VALUE, "hidden value"),
                                Filter.like(Parameter.KEY, "secret%")))))
                .isEmpty();
        assertThat(inside.parameters().count(Filter.equal(Parameter.HIDDEN, true)))
                .isZero();
        assertThat(inside.parameters().value("secret.key")).isEmpty();
        host.parameters()
                .list(Query.where(Filter.equal(Parameter.HIDDEN, true)))
                .forEach(hidden -> {
                    assertThat(inside.parameters().find(hidden.id())).isEmpty();
                    assertRefusal(() -> inside.parameters().set(hidden.key(), "x"))
                            .isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
                    assertRefusal(() -> inside.parameters().set(hidden.key(), null))
                            .isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
                });
        assertRefusal(() -> inside.parameters().set("saas_client.visible", "2"))
                .isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertRefusal(() -> inside.parameters().set("saas_client.new", "2")).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertRefusal(() -> inside.parameters().set(Parameter.DATABASE_UUID, "x"))
                .isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertThat(inside.parameters().set("open.key", "2")).contains("1");
        assertThat(host.parameters().value("secret.key")).contains("hidden value");
        Consistency.check(fixture.storage);
    }

    @Test
    void letsTheEmbedderSetParametersThatAreNotDerived() {
        host.parameters().set("key", "value");
        assertRefusal(() -> host.parameters().set(Parameter.MAX_USERS, "many"))
                .isEqualTo(ErrorCodes.CONFIGURATION_INVALID);
        assertRefusal(() -> host.parameters().set(Parameter.SUSPENDED, "1"))
                .isEqualTo(ErrorCodes.CONFIGURATION_INVALID);
        assertRefusal(() -> host.parameters().set(Parameter.SUSPENDED, null))
                .isEqualTo(ErrorCodes.CONFIGURATION_INVALID);
        assertRefusal(() -> host.parameters().set(Parameter.EXPIRATION, null))
                .isEqualTo(ErrorCodes.CONFIGURATION_INVALID);
        assertRefusal(() -> host.parameters().set("key", "a\0b")).isEqualTo(ErrorCodes.CONFIGURATION_INVALID);
        Consistency.check(fixture.storage);
    }
}
