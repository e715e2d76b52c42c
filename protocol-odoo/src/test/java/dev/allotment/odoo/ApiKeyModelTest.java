// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import static dev.allotment.odoo.OdooPortal.list;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.DuplicateTenant;
import dev.allotment.TenantId;
import dev.allotment.odoo.fault.OdooFault;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** API keys in place of passwords, and {@code res.users.apikeys}. */
final class ApiKeyModelTest {
    private static final String KEYS = "res.users.apikeys";
    private static final String SOON = "2026-05-01";
    private static final String LOGIN = "owner@example.com";

    private final OdooPortal portal = new OdooPortal();
    private final OdooPortal.Client client = portal.client(LOGIN);

    @AfterEach
    void close() {
        portal.close();
    }

    @Test
    void aKeyIsAcceptedInPlaceOfThePasswordOfItsUserOnly() {
        String key = (String) portal.admin(KEYS, "generate", "admin", false, "Till", false);

        assertThat(portal.common("authenticate", OdooPortal.DB, " ADMIN ", key, Map.of()))
                .isEqualTo(OdooPortal.ADMIN);
        assertThat(portal.common("login", OdooPortal.DB, "admin", key)).isEqualTo(OdooPortal.ADMIN);
        assertThat(portal.common("login", OdooPortal.DB, LOGIN, key)).isEqualTo(false);
        assertThat(portal.common("login", client.name(), "admin", key)).isEqualTo(false);
        assertThat(portal.execute(OdooPortal.DB, OdooPortal.ADMIN, key, "res.users", "search_count", list()))
                .isEqualTo(2L);
        assertRefused(
                3,
                "Access Denied",
                () -> portal.execute(OdooPortal.DB, client.owner(), key, "res.users", "search_count", list()));
        assertRefused(
                3,
                "Access Denied",
                () -> portal.execute(client.name(), OdooPortal.ADMIN, key, "res.users", "search_count", list()));
        assertThat(portal.services.signIn(OdooPortal.DB, "admin", key, null)).isEmpty();
    }

    @Test
    void aMemberMakesAKeyWithItsPasswordAndRevokesItWithTheKey() {
        String key = (String) portal.owner(client, KEYS, "generate", OdooPortal.PASSWORD, "rpc", "Till", SOON);

        assertThat(portal.common("login", client.name(), LOGIN, key)).isEqualTo(client.member());
        assertThat(OdooPortal.rows(owner(key, KEYS, "search_read", list(), list("name", "scope", "expiration_date"))))
                .extracting(row -> row.get("name"), row -> row.get("scope"), row -> row.get("expiration_date"))
                .containsExactly(org.assertj.core.api.Assertions.tuple("Till", "everything", "2026-05-01 00:00:00"));
        String next = (String) owner(key, KEYS, "generate", key, "read-only", "Shop", SOON);
        assertRefused(
                4, "read-only", () -> owner(next, "res.users", "write", list(client.member()), Map.of("name", "Eve")));
        assertThat(owner(next, "res.users", "search_count", list())).isEqualTo(2L);
        assertThat(owner(key, KEYS, "revoke", key)).isEqualTo(true);
        assertRefused(3, "Access Denied", () -> owner(key, "res.users", "search_count", list()));
        assertRefused(3, "Access Denied", () -> owner(next, KEYS, "revoke", key));
    }

    @Test
    void aReadOnlyKeyWidensNothing() {
        String key = (String) portal.admin(KEYS, "generate", "admin", "read-only", "Till", SOON);
        for (Object scope : list(false, "rpc", "everything", "customer:1", "plan:1")) {
            assertRefused(4, "cannot create", () -> admin(key, KEYS, "generate", key, scope, "More", SOON));
            assertRefused(4, "cannot create", () -> admin(key, KEYS, "generate", "admin", scope, "More", SOON));
            assertRefused(4, "cannot create", () -> portal.admin(KEYS, "generate", key, scope, "More", SOON));
        }
        assertRefused(4, "read-only", () -> admin(key, "res.users", "write", list(2), Map.of("name", "Eve")));
        assertRefused(4, "read-only", () -> admin(key, "saas_portal.client", "suspend", list(client.id())));
        assertRefused(4, "read-only", () -> admin(key, "res.users", "change_password", "admin", "new"));
    }

    @Test
    void aKeyForOnePlanReadsWhatBelongsToItAndIsToldWhatDoesNot() {
        portal.client("other@example.com");
        long plan =
                portal.saas.tenants().get(new TenantId(client.id())).planId().value();
        String key = (String) portal.admin(KEYS, "generate", "admin", "plan:" + plan, "Till", SOON);

        assertThat(OdooPortal.rows(admin(key, "saas_portal.client", "search_read", list())))
                .extracting(row -> row.get("id"))
                .containsExactly(client.id());
        assertThat(OdooPortal.rows(admin(key, "saas_portal.plan", "search_read", list())))
                .hasSize(1);
        assertThat(OdooPortal.rows(admin(key, "res.users", "search_read", list())))
                .extracting(row -> row.get("login"))
                .containsExactlyInAnyOrder("admin", LOGIN);
        assertThat(OdooPortal.rows(admin(key, "res.partner", "search_read", list())))
                .hasSize(1);
        for (String model : new String[] {"saas_portal.server", "saas_portal.event", "ir.config_parameter"}) {
            assertRefused(4, "not allowed", () -> admin(key, model, "search_read", list()));
        }
        assertRefused(4, "plan:" + plan, () -> admin(key, "res.users", "write", list(2), Map.of("name", "Eve")));
        for (Object model : OdooPortal.rows(portal.admin("ir.model", "search_read", list())).stream()
                .map(row -> row.get("model"))
                .toList()) {
            try {
                admin(key, (String) model, "search_read", list());
            } catch (OdooFault fault) {
                assertThat(fault.code()).as(model + ": " + fault.getMessage()).isNotEqualTo(1);
            }
        }
    }

    @Test
    void generateRefusesWhatIsWrong() {
        long user = client.owner();
        assertRefused(3, "Access Denied", () -> portal.admin(KEYS, "generate", "wrong", false, "Till", SOON));
        assertRefused(3, "Access Denied", () -> portal.admin(KEYS, "generate", false, false, "Till", SOON));
        assertRefused(2, "scope", () -> portal.admin(KEYS, "generate", "admin", "admin", "Till", SOON));
        assertRefused(2, "name", () -> portal.admin(KEYS, "generate", "admin", false, false, SOON));
        assertRefused(
                2,
                "must have an expiration date",
                () -> portal.execute(
                        OdooPortal.DB,
                        user,
                        OdooPortal.PASSWORD,
                        KEYS,
                        "generate",
                        OdooPortal.PASSWORD,
                        false,
                        "K",
                        false));
        assertRefused(
                2,
                "You cannot exceed 90 days",
                () -> portal.execute(
                        OdooPortal.DB,
                        user,
                        OdooPortal.PASSWORD,
                        KEYS,
                        "generate",
                        OdooPortal.PASSWORD,
                        false,
                        "K",
                        "2027-01-01"));
    }

    @Test
    void aKeyCountsOnlyInTheDatabaseThatItWasMadeFor() {
        String key = (String) portal.owner(client, KEYS, "generate", OdooPortal.PASSWORD, false, "Till", SOON);
        String copy = portal.saas
                .tenants()
                .duplicate(DuplicateTenant.builder(new TenantId(client.id())).build())
                .tenant()
                .name();

        assertThat(portal.common("login", copy, LOGIN, OdooPortal.PASSWORD)).isEqualTo(client.member());
        assertThat(portal.common("login", copy, LOGIN, key)).isEqualTo(false);
        assertThat(portal.execute(copy, client.member(), OdooPortal.PASSWORD, KEYS, "search_count", list()))
                .isEqualTo(0L);
    }

    @Test
    void aKeyThatHasEndedDoesNotKeepItsUserFromSigningIn() {
        String revoked = (String) portal.admin(KEYS, "generate", "admin", false, "Till", false);
        String expired = (String) portal.admin(KEYS, "generate", "admin", false, "Shop", "2026-03-02");
        String theirs = (String) portal.owner(client, KEYS, "generate", OdooPortal.PASSWORD, false, "Till", SOON);
        String others = (String) portal.inside(client, KEYS, "generate", OdooPortal.MASTER, false, "Till", false);
        portal.admin(KEYS, "revoke", revoked);
        portal.owner(client, KEYS, "revoke", theirs);
        portal.clock.advance(Duration.ofDays(2));
        portal.nanos.addAndGet(Duration.ofMinutes(1).toNanos());

        for (int i = 0; i < 30; i++) {
            for (String key : List.of(revoked, expired)) {
                assertRefused(3, "Access Denied", () -> admin(key, "res.users", "search_count", list()));
                assertThat(portal.common("login", OdooPortal.DB, "admin", key)).isEqualTo(false);
            }
            for (String key : List.of(theirs, others)) {
                assertRefused(3, "Access Denied", () -> owner(key, "res.users", "search_count", list()));
                assertThat(portal.common("login", client.name(), LOGIN, key)).isEqualTo(false);
            }
        }

        assertThat(portal.common("login", OdooPortal.DB, "admin", "admin")).isEqualTo(OdooPortal.ADMIN);
        assertThat(portal.common("login", client.name(), LOGIN, OdooPortal.PASSWORD))
                .isEqualTo(client.member());
    }

    @Test
    void aPasswordThatLooksLikeAKeyIsStillAPassword() {
        String password = "9c1f4be27a05d38861e2b7f04d9a3c5588b01e6f";
        portal.admin("res.users", "change_password", "admin", password);

        assertThat(portal.common("login", OdooPortal.DB, "admin", password)).isEqualTo(OdooPortal.ADMIN);
        assertThat(admin(password, "res.users", "search_count", list(list("id", "=", 2))))
                .isEqualTo(1L);
    }

    @Test
    void tooManyWrongPasswordsForAKeyHaveToWait() {
        String key = (String) portal.owner(client, KEYS, "generate", OdooPortal.PASSWORD, false, "Till", SOON);
        for (int i = 0; i < 10; i++) {
            assertRefused(3, "Access Denied", () -> owner(key, KEYS, "generate", "wrong", false, "Till", SOON));
        }

        assertRefused(1, "Too many wrong passwords", () -> owner(key, KEYS, "generate", "wrong", false, "Till", SOON));
        assertThat(owner(key, KEYS, "search_count", list())).isEqualTo(1L);
    }

    @Test
    void aSuspendedTenantAdmitsNoKeyOfItsMembers() {
        String key = (String) portal.owner(client, KEYS, "generate", OdooPortal.PASSWORD, false, "Till", SOON);
        portal.saas.tenants().suspend(new TenantId(client.id()));

        assertRefused(2, "it is suspended", () -> owner(key, "res.users", "search_count", list()));
    }

    private static void assertRefused(int code, String part, ThrowingCallable call) {
        OdooFault fault = OdooPortal.fault(call);
        assertThat(fault).hasMessageContaining(part);
        assertThat(fault.code()).isEqualTo(code);
    }

    private Object owner(String key, String model, String method, Object... args) {
        return portal.execute(client.name(), client.member(), key, model, method, args);
    }

    private Object admin(String key, String model, String method, Object... args) {
        return portal.execute(OdooPortal.DB, OdooPortal.ADMIN, key, model, method, args);
    }
}
