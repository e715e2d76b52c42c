// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import static dev.allotment.odoo.OdooPortal.assertFault;
import static dev.allotment.odoo.OdooPortal.list;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.NewUser;
import dev.allotment.Query;
import dev.allotment.Role;
import dev.allotment.User;
import dev.allotment.odoo.fault.OdooFault;
import dev.allotment.spi.backend.RecordTypes;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class UserModelTest {
    private final OdooPortal portal = new OdooPortal();

    @AfterEach
    void close() {
        portal.close();
    }

    private Object signUp(Map<String, ?> values, Object... token) {
        List<Object> args = list(values);
        args.addAll(list(token));
        return portal.adminKw("res.users", "signup", args, Map.of());
    }

    @Test
    void hasAllFieldsOfTheContract() {
        assertThat(portal.read("res.users", 2).keySet())
                .contains(
                        "id",
                        "login",
                        "name",
                        "email",
                        "active",
                        "share",
                        "groups_id",
                        "partner_id",
                        "lang",
                        "tz",
                        "create_date",
                        "login_date");
    }

    @Test
    void signsUpAPortalUser() {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("login", "zoe");
        values.put("name", "Zoe");
        values.put("password", "secret");
        values.put("email", "zoe@example.com");
        values.put("lang", "de_DE");
        values.put("tz", "Europe/Berlin");

        assertThat(signUp(values)).isEqualTo(list("zoe", "secret"));

        long id = (Long) portal.common("login", OdooPortal.DB, "zoe", "secret");
        assertThat(portal.read(
                        "res.users", id, "login", "name", "email", "share", "active", "lang", "tz", "partner_id"))
                .isEqualTo(Map.of(
                        "id", id,
                        "login", "zoe",
                        "name", "Zoe",
                        "email", "zoe@example.com",
                        "share", true,
                        "active", true,
                        "lang", "de_DE",
                        "tz", "Europe/Berlin",
                        "partner_id", list(id, "Zoe")));
    }

    @Test
    void refusesATakenLoginWithOdoosSentence() {
        portal.signUp("zoe@example.com");

        assertFault(
                2,
                "Another user is already registered using this email address.",
                () -> signUp(Map.of("login", "Zoe@Example.com", "name", "Zoe", "password", "x")));
    }

    @Test
    void refusesSignUpWithOdoosSentenceIfItIsOff() {
        for (Map<String, String> off : List.of(
                Map.of("auth_signup.allow_uninvited", "False"), Map.of("auth_signup.invitation_scope", "b2b"))) {
            off.forEach((key, value) -> portal.admin("ir.config_parameter", "set_param", key, value));
            assertFault(
                    2,
                    "Signup is not allowed for uninvited users",
                    () -> signUp(Map.of("login", "zoe@example.com", "name", "Zoe", "password", "x")));
            portal.admin("ir.config_parameter", "set_param", "auth_signup.allow_uninvited", true);
        }
        assertThat(signUp(Map.of("login", "zoe@example.com", "name", "Zoe", "password", "x")))
                .isEqualTo(list("zoe@example.com", "x"));
    }

    @Test
    void refusesSignUpByAPortalUserIfAddressesAreConfirmedOrAfterTooMany() {
        long user = portal.signUp("zoe@example.com");
        for (int i = 0; i < 20; i++) {
            signUpAs(user, "friend-" + i);
        }
        assertFault(
                2,
                "Too many accounts were requested from your address, more than 20 within an hour; try again later.",
                () -> signUpAs(user, "one more"));
        portal.signUp("by-the-administrator@example.com");
        portal.nanos.addAndGet(3600_000_000_000L);
        portal.admin("ir.config_parameter", "set_param", "saas_portal.signup_confirmation", true);
        assertFault(
                2,
                "Signing up here requires a confirmed email address; the page for that is"
                        + " http://portal.localhost:8069/web/signup",
                () -> signUpAs(user, "one more"));
        portal.signUp("by-the-administrator-too@example.com");
    }

    private Object signUpAs(long user, String login) {
        Map<String, String> values = Map.of("login", login, "name", "Friend", "password", "secret");
        return portal.execute(OdooPortal.DB, user, OdooPortal.PASSWORD, "res.users", "signup", values);
    }

    @Test
    void refusesAnotherEmailWithoutThePassword() {
        long user = portal.signUp("zoe@example.com");
        assertThat(portal.execute(
                        OdooPortal.DB,
                        user,
                        OdooPortal.PASSWORD,
                        "res.users",
                        "write",
                        list(user),
                        Map.of("name", "Zoe Z.")))
                .isEqualTo(true);
        assertFault(
                4,
                "You are not allowed to modify 'res.users' records: You are not allowed to change the email"
                        + " address of a user without that user's current password.",
                () -> portal.execute(
                        OdooPortal.DB,
                        user,
                        OdooPortal.PASSWORD,
                        "res.users",
                        "write",
                        list(user),
                        Map.of("email", "thief@example.com")));
    }

    @Test
    void refusesUnknownMissingAndWrongValuesOfSignUp() {
        assertFault(
                2,
                "Invalid field 'role' on model 'res.users'",
                () -> signUp(Map.of("login", "x", "name", "x", "password", "x", "role", "ADMINISTRATOR")));
        assertThat(OdooPortal.fault(() -> signUp(Map.of("name", "x", "password", "x")))
                        .code())
                .isEqualTo(2);
        assertThat(OdooPortal.fault(() -> signUp(Map.of("login", "x", "password", "x")))
                        .code())
                .isEqualTo(2);
        assertThat(OdooPortal.fault(() -> signUp(Map.of("login", "x", "name", "x")))
                        .code())
                .isEqualTo(2);
        assertFault(
                2,
                "password of signup must be text, found a number.",
                () -> signUp(Map.of("login", "x", "name", "x", "password", 7)));
        assertFault(
                2,
                "Signup token is not valid: invitations by token are not supported.",
                () -> signUp(Map.of("login", "x", "name", "x", "password", "x"), "token"));
        assertFault(
                2,
                "This password is one of the most common ones, so it is guessed first."
                        + " Choose another one, for example a few random words.",
                () -> signUp(Map.of("login", "x", "name", "x", "password", "password1")));
        assertThat(portal.admin("res.users", "search_count", list())).isEqualTo(1L);
        assertThat(signUp(Map.of("login", "x", "name", "x", "password", "x"), false))
                .isEqualTo(list("x", "x"));
    }

    @Test
    void refusesALoginOf10Megabytes() {
        String login = "x".repeat(10_000_000);

        assertThat(OdooPortal.fault(() -> signUp(Map.of("login", login, "name", "x", "password", "x")))
                        .code())
                .isEqualTo(2);
        assertThat(portal.common("login", OdooPortal.DB, login, "x")).isEqualTo(false);
    }

    @Test
    void distinguishesPortalUsersByShare() {
        long user = portal.signUp("zoe@example.com");

        assertThat(portal.admin("res.users", "search", list(list("share", "=", false))))
                .isEqualTo(list(2L));
        assertThat(portal.admin("res.users", "search", list(list("share", "=", true))))
                .isEqualTo(list(user));
        assertThat(portal.admin("res.users", "search", list(list("share", "!=", false))))
                .isEqualTo(list(user));
        assertThat(portal.read("res.users", 2, "share")).containsEntry("share", false);
    }

    @Test
    void changesThePasswordOfTheCaller() {
        long user = portal.signUp("zoe@example.com");

        assertThat(portal.execute(
                        OdooPortal.DB,
                        user,
                        OdooPortal.PASSWORD,
                        "res.users",
                        "change_password",
                        OdooPortal.PASSWORD,
                        "new"))
                .isEqualTo(true);

        assertFault(
                3,
                "Access Denied",
                () -> portal.execute(OdooPortal.DB, user, OdooPortal.PASSWORD, "res.users", "context_get"));
        assertThat(portal.execute(OdooPortal.DB, user, "new", "res.users", "context_get"))
                .isEqualTo(Map.of("lang", "en_US", "tz", "UTC", "uid", user));
        assertThat(portal.execute(
                        OdooPortal.DB,
                        user,
                        "new",
                        "res.users",
                        "change_password",
                        "new",
                        "new",
                        Map.of("lang", "en_US")))
                .isEqualTo(true);
        for (Object old : list("wrong", "", false)) {
            assertFault(
                    3,
                    "Access Denied",
                    () -> portal.execute(OdooPortal.DB, user, "new", "res.users", "change_password", old, "newer"));
        }
        assertThat(OdooPortal.fault(() ->
                                portal.execute(OdooPortal.DB, user, "new", "res.users", "change_password", "new", ""))
                        .code())
                .isEqualTo(2);
    }

    @Test
    void reportsGroupsOfTheCaller() {
        long user = portal.signUp("zoe@example.com");

        for (String group : List.of("base.group_user", "base.group_system", "base.group_erp_manager")) {
            assertThat(portal.admin("res.users", "has_group", group)).isEqualTo(true);
            assertThat(portal.execute(OdooPortal.DB, user, OdooPortal.PASSWORD, "res.users", "has_group", group))
                    .isEqualTo(false);
        }
        assertThat(portal.admin("res.users", "has_group", "base.group_portal")).isEqualTo(false);
        assertThat(portal.execute(
                        OdooPortal.DB, user, OdooPortal.PASSWORD, "res.users", "has_group", "base.group_portal"))
                .isEqualTo(true);
        assertThat(portal.admin("res.users", "has_group", "no.such_group")).isEqualTo(false);
    }

    @Test
    void returnsLanguageZoneAndId() {
        assertThat(portal.admin("res.users", "context_get")).isEqualTo(Map.of("lang", "en_US", "tz", "UTC", "uid", 2L));
        assertThat(portal.admin("res.users", "context_get", Map.of("lang", "fr_FR")))
                .isEqualTo(Map.of("lang", "en_US", "tz", "UTC", "uid", 2L));
    }

    @Test
    void readsFalseAsNoGroupsAndAnEmptyListAsNoChange() {
        long staff = create(Map.of("login", "b", "name", "B", "password", "secret", "share", false));

        portal.admin("res.users", "write", list(staff), Map.of("groups_id", list()));
        assertThat(portal.read("res.users", staff, "share")).containsEntry("share", false);
        portal.admin("res.users", "write", list(staff), Map.of("groups_id", false));
        assertThat(portal.read("res.users", staff, "share")).containsEntry("share", true);
    }

    @Test
    void recordsTheLastSignInByPassword() {
        long user = portal.signUp("zoe@example.com");
        portal.clock.advance(Duration.ofHours(1));
        portal.common("login", OdooPortal.DB, "zoe@example.com", OdooPortal.PASSWORD);

        assertThat(portal.read("res.users", user, "create_date", "login_date"))
                .containsEntry("create_date", "2026-03-01 12:00:00")
                .containsEntry("login_date", "2026-03-01 13:00:00");
    }

    @Test
    void createsAPortalUserByDefault() {
        portal.admin("ir.config_parameter", "set_param", "auth_signup.allow_uninvited", false);
        long plain = create(Map.of("login", "a", "name", "A", "password", "secret"));
        long staff = create(Map.of("login", "b", "name", "B", "password", "secret", "share", false));
        Object system = portal.admin("ir.model.data", "xmlid_to_res_id", "base.group_system");
        long grouped = create(
                Map.of("login", "c", "name", "C", "password", "secret", "groups_id", list((Object) list(4, system))));
        long inactive = create(Map.of("login", "d", "name", "D", "password", "secret", "active", false));

        assertThat(portal.read("res.users", plain, "share")).containsEntry("share", true);
        assertThat(portal.read("res.users", staff, "share")).containsEntry("share", false);
        assertThat(portal.read("res.users", grouped, "share")).containsEntry("share", false);
        assertThat(portal.read("res.users", inactive, "active")).containsEntry("active", false);
        assertThat(portal.common("login", OdooPortal.DB, "a", "secret")).isEqualTo(plain);
        assertThat(portal.common("login", OdooPortal.DB, "d", "secret")).isEqualTo(false);
        assertThat(OdooPortal.fault(() -> create(Map.of("login", "e", "name", "E", "password", "")))
                        .code())
                .isEqualTo(2);
        assertThat(portal.admin("res.users", "search_count", list(list("login", "=", "e"))))
                .isEqualTo(0L);
    }

    @Test
    void createsAnAccountThatCannotSignInWithoutAPassword() {
        long invited = create(Map.of("login", "invited", "name", "Invited"));

        for (String guess : List.of("", "invited")) {
            assertThat(portal.common("login", OdooPortal.DB, "invited", guess)).isEqualTo(false);
        }
        portal.admin("res.users", "write", list(invited), Map.of("password", "secret"));
        assertThat(portal.common("login", OdooPortal.DB, "invited", "secret")).isEqualTo(invited);
    }

    @Test
    void changesNothingIfThePasswordIsRefused() {
        long user = portal.signUp("zoe@example.com");
        Object before = portal.read("res.users", user);

        assertThat(OdooPortal.fault(() -> portal.execute(
                                OdooPortal.DB,
                                user,
                                OdooPortal.PASSWORD,
                                "res.users",
                                "write",
                                list(user),
                                Map.of("name", "Zoe Z", "password", "mine")))
                        .code())
                .isEqualTo(4);
        assertThat(OdooPortal.fault(() -> portal.admin(
                                "res.users",
                                "write",
                                list(user),
                                Map.of("name", "Zoe Z", "password", "x".repeat(5000))))
                        .code())
                .isEqualTo(2);

        assertThat(portal.read("res.users", user)).isEqualTo(before);
    }

    @Test
    void changesSeveralUsersOrNone() {
        long owner = portal.client("owner@example.com").owner();
        long zoe = portal.signUp("zoe@example.com");
        long adam = portal.signUp("adam@example.com");
        Object before = portal.admin("res.users", "search_read", list());
        Object partners = portal.admin("res.partner", "search_read", list());

        assertThat(OdooPortal.fault(() -> portal.admin("res.users", "create", (Object) list(
                                Map.of("login", "new", "name", "New", "password", "secret"),
                                Map.of("login", "zoe@example.com", "name", "Zoe", "password", "secret"))))
                        .code())
                .isEqualTo(2);
        assertThat(OdooPortal.fault(
                                () -> portal.admin("res.users", "write", list(zoe, adam), Map.of("login", "the same")))
                        .code())
                .isEqualTo(2);
        assertThat(OdooPortal.fault(() -> portal.admin("res.users", "unlink", list(zoe, owner)))
                        .code())
                .isEqualTo(2);
        assertThat(portal.admin("res.users", "search_read", list())).isEqualTo(before);
        assertThat(portal.admin("res.partner", "search_read", list())).isEqualTo(partners);

        assertThat(portal.admin("res.users", "write", list(zoe, adam), Map.of("active", false, "password", "new")))
                .isEqualTo(true);
        for (long user : List.of(zoe, adam)) {
            assertFault(
                    3,
                    "Access Denied",
                    () -> portal.execute(OdooPortal.DB, user, OdooPortal.PASSWORD, "res.users", "context_get"));
        }
    }

    @Test
    void renamesTheirPartnerUnlessItDiffersOrIsShared() {
        long user = portal.signUp("zoe@example.com");

        portal.execute(
                OdooPortal.DB, user, OdooPortal.PASSWORD, "res.users", "write", list(user), Map.of("name", "Zoe Z"));
        List<?> partner = (List<?>) portal.read("res.users", user, "partner_id").get("partner_id");
        assertThat(partner.get(1)).isEqualTo("Zoe Z");

        portal.admin("res.partner", "write", list(partner.get(0)), Map.of("name", "Zoe's shop"));
        portal.admin("res.users", "write", list(user), Map.of("name", "Zoe"));
        assertThat(portal.read("res.users", user, "partner_id"))
                .containsEntry("partner_id", list(partner.get(0), "Zoe's shop"));
    }

    private long create(Map<String, Object> values) {
        return (Long) portal.admin("res.users", "create", values);
    }

    @Test
    void writesAllFieldsOfAUser() {
        long user = portal.signUp("zoe@example.com");
        Map<String, Object> values = Map.of(
                "name",
                "Zoe Z",
                "login",
                "zoe",
                "email",
                false,
                "lang",
                "fr_FR",
                "tz",
                "Europe/Paris",
                "share",
                false,
                "password",
                "another");

        assertThat(portal.admin("res.users", "write", list(user), values)).isEqualTo(true);

        assertThat(portal.read("res.users", user, "name", "login", "email", "lang", "tz", "share", "password"))
                .isEqualTo(Map.of(
                        "id",
                        user,
                        "name",
                        "Zoe Z",
                        "login",
                        "zoe",
                        "email",
                        false,
                        "lang",
                        "fr_FR",
                        "tz",
                        "Europe/Paris",
                        "share",
                        false,
                        "password",
                        false));
        assertThat(portal.common("login", OdooPortal.DB, "zoe", "another")).isEqualTo(user);
    }

    @Test
    void derivesGroupsFromTheRole() {
        long user = portal.signUp("zoe@example.com");
        long system = (Long) portal.admin("ir.model.data", "xmlid_to_res_id", "base.group_system");
        long portalGroup = (Long) portal.admin("ir.model.data", "xmlid_to_res_id", "base.group_portal");

        assertThat(portal.read("res.users", user, "groups_id")).containsEntry("groups_id", list(portalGroup));
        assertThat(portal.admin("res.users", "search", list(list("groups_id", "in", list(portalGroup)))))
                .isEqualTo(list(user));
        assertThat(portal.admin("res.users", "search", list(list("groups_id", "ilike", "settings"))))
                .isEqualTo(list(2L));
        assertThat(portal.admin("res.groups", "read", list(portalGroup), list("users")))
                .isEqualTo(list(Map.of("id", portalGroup, "users", list(user))));

        portal.admin("res.users", "write", list(user), Map.of("groups_id", list((Object) list(6, 0, list(system)))));
        assertThat(portal.read("res.users", user, "share")).containsEntry("share", false);
        portal.admin(
                "res.users", "write", list(user), Map.of("groups_id", list(list(3, system), list(4, portalGroup))));
        assertThat(portal.read("res.users", user, "share")).containsEntry("share", true);
        assertFault(
                2,
                "Field 'groups_id' on model 'res.users' must be a list of the commands [4, id] (link), [3, id]"
                        + " (unlink), [5] (clear) and [6, 0, ids] (set), found a list.",
                () -> portal.admin("res.users", "write", list(user), Map.of("groups_id", list((Object)
                        list(0, 0, Map.of())))));
    }

    @Test
    void anOperatorKeepsItsRoleIfAClientWritesWhatItHasRead() {
        User support = portal.saas
                .accounts()
                .create(NewUser.builder("support@example.com", "Support")
                        .password(OdooPortal.PASSWORD)
                        .role(Role.SUPPORT)
                        .build());
        long id = support.id().value();
        long regular = (Long) portal.admin("ir.model.data", "xmlid_to_res_id", "base.group_user");

        assertThat(portal.read("res.users", id, "share", "groups_id"))
                .containsEntry("share", false)
                .containsEntry("groups_id", list(regular));
        portal.admin("res.users", "write", list(id), Map.of("share", false));
        portal.admin("res.users", "write", list(id), Map.of("groups_id", list((Object) list(6, 0, list(regular)))));

        assertThat(portal.saas.accounts().get(support.id()).role()).isEqualTo(Role.SUPPORT);
    }

    @Test
    void anOperatorDoesWhatItsRolePermits() {
        long id = portal.saas
                .accounts()
                .create(NewUser.builder("reader@example.com", "Reader")
                        .password(OdooPortal.PASSWORD)
                        .role(Role.READER)
                        .build())
                .id()
                .value();
        long plan = portal.plan(Map.of());

        assertThat(portal.execute(OdooPortal.DB, id, OdooPortal.PASSWORD, "saas_portal.plan", "search", list()))
                .isEqualTo(list(plan));
        assertThat(portal.execute(OdooPortal.DB, id, OdooPortal.PASSWORD, "saas_portal.server", "search_count", list()))
                .isNotEqualTo(0L);
        for (String model : List.of("saas_portal.plan", "res.users")) {
            assertThat(OdooPortal.fault(() ->
                                    portal.execute(OdooPortal.DB, id, OdooPortal.PASSWORD, model, "unlink", list(plan)))
                            .code())
                    .as(model)
                    .isEqualTo(4);
        }
        assertThat(OdooPortal.fault(() -> portal.execute(
                                OdooPortal.DB,
                                id,
                                OdooPortal.PASSWORD,
                                "res.users",
                                "write",
                                list(id),
                                Map.of("share", false, "groups_id", list(list(4, 4)))))
                        .code())
                .isEqualTo(4);
        assertThat(OdooPortal.fault(() -> portal.execute(
                                OdooPortal.DB,
                                id,
                                OdooPortal.PASSWORD,
                                "saas_portal.plan",
                                "create_new_database",
                                list(plan)))
                        .code())
                .isEqualTo(4);
    }

    @Test
    void refusesGroupsThatDoNotResultFromTheRole() {
        long user = portal.signUp("zoe@example.com");
        List<Object> writes = List.of(
                list((Object) list(4, 1)),
                list((Object) list(4, 3)),
                list((Object) list(6, 0, list(1))),
                list((Object) list(5)),
                list((Object) list(3, 2)),
                list(1),
                false,
                "");
        for (Object groups : writes) {
            OdooFault fault =
                    OdooPortal.fault(() -> portal.admin("res.users", "write", list(user), Map.of("groups_id", groups)));
            assertThat(fault.code()).as("%s", groups).isEqualTo(2);
            assertThat(fault).hasMessageContaining("groups_id");
        }
        portal.admin("res.users", "write", list(user), Map.of("groups_id", list((Object) list(4, 2))));
        assertFault(
                2,
                "A password cannot be removed. Write a new one, or make the user inactive.",
                () -> portal.admin("res.users", "write", list(user), Map.of("password", false)));
    }

    @Test
    void removesAUserUnlessItOwnsADatabase() {
        long user = portal.signUp("zoe@example.com");
        OdooPortal.Client client = portal.client("owner@example.com");

        assertThat(portal.admin("res.users", "unlink", list(user))).isEqualTo(true);
        assertThat(portal.admin("res.users", "search_count", list(list("id", "=", user))))
                .isEqualTo(0L);
        assertThat(OdooPortal.fault(() -> portal.admin("res.users", "unlink", list(client.owner())))
                        .code())
                .isEqualTo(2);
    }

    @Test
    void neverReturnsOrStoresThePlainPassword() {
        long user = portal.signUp("zoe@example.com");

        assertThat(portal.read("res.users", user)).containsEntry("password", false);
        String stored = portal.backend
                .catalog()
                .transact(tx ->
                        tx.records(RecordTypes.CREDENTIALS).list(Query.all()).toString());
        assertThat(stored).contains("pbkdf2").doesNotContain(OdooPortal.PASSWORD);
    }

    @Test
    void refusesGroupsThatDoNotExist() {
        Object before = portal.read("res.users", 2, "groups_id", "share");

        for (List<Object> groups :
                List.of(list(999_999L), list((Object) list(6, 0, list(999_999L))), list((Object) list(4, 999_999L)))) {
            assertFault(
                    2,
                    "Record does not exist or has been deleted. (Record: res.groups(999999,), User: 2)",
                    () -> portal.admin("res.users", "write", list(2L), Map.of("groups_id", groups)));
        }

        assertThat(portal.read("res.users", 2, "groups_id", "share")).isEqualTo(before);
    }

    @Test
    void theLastAdministratorStaysOne() {
        assertThat(OdooPortal.fault(() -> portal.admin("res.users", "write", list(2L), Map.of("active", false)))
                        .code())
                .isEqualTo(2);
        assertThat(OdooPortal.fault(() -> portal.admin("res.users", "write", list(2L), Map.of("share", true)))
                        .code())
                .isEqualTo(2);
        assertThat(OdooPortal.fault(() -> portal.admin("res.users", "unlink", list(2L)))
                        .code())
                .isEqualTo(2);
        assertThat(portal.admin("res.users", "search_count", list())).isNotEqualTo(0L);
    }
}
