// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import static dev.allotment.odoo.OdooPortal.assertFault;
import static dev.allotment.odoo.OdooPortal.fault;
import static dev.allotment.odoo.OdooPortal.list;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.Parameter;
import dev.allotment.UserId;
import dev.allotment.access.ApiKeyScope;
import dev.allotment.access.NewApiKey;
import dev.allotment.access.SignIns.Browser;
import dev.allotment.odoo.fault.OdooFault;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class OdooWebSessionTest {
    private final OdooPortal portal = new OdooPortal();

    @AfterEach
    void close() {
        portal.close();
    }

    private WebLogin signIn(String db, String login, String password) {
        return portal.services.signIn(db, login, password, null).orElseThrow();
    }

    @Test
    void describesTheSessionAndItsUser() {
        WebLogin login = signIn(OdooPortal.DB, "admin", "admin");

        assertThat(login.info())
                .isEqualTo(Map.ofEntries(
                        Map.entry("uid", 2L),
                        Map.entry("session_id", login.secret()),
                        Map.entry("db", OdooPortal.DB),
                        Map.entry("username", "admin"),
                        Map.entry("name", "Administrator"),
                        Map.entry("partner_display_name", "Administrator"),
                        Map.entry("partner_id", 2L),
                        Map.entry("user_context", Map.of("lang", "en_US", "tz", "UTC", "uid", 2L)),
                        Map.entry("is_admin", true),
                        Map.entry("is_system", true),
                        Map.entry("server_version", "17.0"),
                        Map.entry("server_version_info", list(17, 0, 0, "final", 0, ""))));
        assertThat(portal.services.sessionInfo(login.secret())).isEqualTo(login.info());
        assertThat(login.toString()).doesNotContain(login.secret());
    }

    @Test
    void reportsAPortalUserAsNoAdministrator() {
        portal.signUp("zoe@example.com");

        assertThat(signIn(OdooPortal.DB, "zoe@example.com", OdooPortal.PASSWORD).info())
                .containsEntry("is_admin", false)
                .containsEntry("username", "zoe@example.com");
    }

    @Test
    void opensNoSessionForWrongCredentials() {
        assertThat(portal.services.signIn(OdooPortal.DB, "admin", "wrong", null))
                .isEmpty();
        assertThat(portal.services.signIn(OdooPortal.DB, "unknown", "admin", null))
                .isEmpty();
        assertThat(portal.services.signIn(OdooPortal.DB, "admin", "", null)).isEmpty();
        assertFault(2, "Database \"x\" does not exist", () -> portal.services.signIn("x", "admin", "admin", null));
    }

    @Test
    void findsASessionUntilItIsClosed() {
        WebLogin login = signIn(OdooPortal.DB, "admin", "admin");
        assertThat(portal.services.session(login.secret())).hasValueSatisfying(session -> {
            assertThat(session.database()).isEqualTo(OdooPortal.DB);
            assertThat(session.user()).isEqualTo(2);
            assertThat(session.expiresAt()).isAfter(portal.clock.instant());
        });

        portal.services.signOut(login.secret());
        portal.services.signOut(login.secret());

        assertThat(portal.services.session(login.secret())).isEmpty();
        assertThat(fault(() -> portal.services.sessionInfo(login.secret())).kind())
                .isEqualTo(OdooFault.Kind.SESSION_EXPIRED);
        assertThat(fault(() -> portal.services.callKw(
                                login.secret(), "res.users", "search", list(list()), Map.of(), null))
                        .kind())
                .isEqualTo(OdooFault.Kind.SESSION_EXPIRED);
    }

    @Test
    void callsMethodsWithTheRightsOfTheUser() {
        long user = portal.signUp("zoe@example.com");
        String secret =
                signIn(OdooPortal.DB, "zoe@example.com", OdooPortal.PASSWORD).secret();

        assertThat(portal.services.callKw(secret, "res.users", "search", list(list()), Map.of("limit", 10), null))
                .isEqualTo(list(user));
        assertFault(
                4,
                "You are not allowed to access 'saas_portal.server' records",
                () -> portal.services.callKw(secret, "saas_portal.server", "search", list(list()), Map.of(), null));
    }

    @Test
    void expiresWhenTheUserIsDeactivated() {
        long user = portal.signUp("zoe@example.com");
        String secret =
                signIn(OdooPortal.DB, "zoe@example.com", OdooPortal.PASSWORD).secret();
        portal.admin("res.users", "write", list(user), Map.of("active", false));

        assertThat(portal.services.session(secret)).isEmpty();
    }

    @Test
    void opensSessionsAtTenantDatabases() {
        OdooPortal.Client client = portal.client("owner@example.com");

        WebLogin login = signIn(client.name(), "owner@example.com", OdooPortal.PASSWORD);

        assertThat(login.info())
                .containsEntry("uid", client.member())
                .containsEntry("db", client.name())
                .containsEntry("partner_id", false)
                .containsEntry("is_admin", false);
        assertThat(portal.services.callKw(
                        login.secret(), "res.users", "has_group", list("base.group_user"), Map.of(), null))
                .isEqualTo(true);
    }

    @Test
    void refusesThePasswordOfAnAccountThatNeedsASecondFactor() {
        portal.saas.parameters().set(Parameter.REQUIRE_FACTOR, "true");
        String key = portal.saas
                .actingAs(new UserId(OdooPortal.ADMIN))
                .apiKeys()
                .create(new NewApiKey("Script", ApiKeyScope.EVERYTHING, null))
                .secret();

        for (Callable<Object> call : List.<Callable<Object>>of(
                () -> portal.common("authenticate", OdooPortal.DB, "admin", "admin", Map.of()),
                () -> portal.common("login", OdooPortal.DB, "admin", "admin"),
                () -> portal.admin("res.users", "search", list()),
                () -> signIn(OdooPortal.DB, "admin", "admin"))) {
            assertThat(fault(call::call).getMessage()).contains("Use an API key instead of the password");
        }
        assertThat(portal.common("authenticate", OdooPortal.DB, "admin", key, Map.of()))
                .isEqualTo(2L);
        assertThat(portal.execute(OdooPortal.DB, OdooPortal.ADMIN, key, "res.users", "search", list()))
                .isNotNull();
        assertThat(portal.common("authenticate", OdooPortal.DB, "admin", "wrong", Map.of()))
                .isEqualTo(false);
    }

    @Test
    void wantsAProofInASessionOfThePortalToo() {
        Browser browser = new Browser(null, "Firefox/1", "its secret", null);
        String person = portal.saas
                .signIns()
                .start("admin", "admin", browser)
                .orElseThrow()
                .secret();
        String program = signIn(OdooPortal.DB, "admin", "admin").secret();
        portal.clock.advance(Duration.ofMinutes(15));

        assertThat(fault(() -> changePassword(person)).getMessage()).contains("Confirm first that it is you");
        WebSession session = portal.services.session(person).orElseThrow();
        assertThat(session.portalSecret()).isEqualTo(person);
        assertThat(session.toString()).doesNotContain(person);
        assertThat(changePassword(program)).isEqualTo(true);
    }

    private Object changePassword(String session) {
        return portal.services.callKw(
                session, "res.users", "change_password", list("admin", "another password"), Map.of(), null);
    }
}
