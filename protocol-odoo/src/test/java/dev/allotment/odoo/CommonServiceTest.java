// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import static dev.allotment.odoo.OdooPortal.assertFault;
import static dev.allotment.odoo.OdooPortal.list;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class CommonServiceTest {
    private final OdooPortal portal = new OdooPortal();

    @AfterEach
    void close() {
        portal.close();
    }

    @Test
    void reportsVersion17AndProtocol1() {
        assertThat(portal.common("version"))
                .isEqualTo(Map.of(
                        "server_version",
                        "17.0",
                        "server_version_info",
                        List.of(17, 0, 0, "final", 0, ""),
                        "server_serie",
                        "17.0",
                        "protocol_version",
                        1));
    }

    @Test
    void reportsTheConfiguredVersion() {
        try (OdooPortal older = new OdooPortal(new OdooSettings("11.0", true))) {
            assertThat(older.common("version"))
                    .isEqualTo(Map.of(
                            "server_version",
                            "11.0",
                            "server_version_info",
                            List.of(11, 0, 0, "final", 0, ""),
                            "server_serie",
                            "11.0",
                            "protocol_version",
                            1));
        }
    }

    @Test
    void returnsTheIdOfTheUser() {
        assertThat(portal.common("authenticate", OdooPortal.DB, "admin", "admin", Map.of()))
                .isEqualTo(2L);
        assertThat(portal.common("authenticate", OdooPortal.DB, " Admin", "admin", Map.of()))
                .isEqualTo(2L);
        assertThat(portal.common("login", OdooPortal.DB, "admin", "admin")).isEqualTo(2L);
    }

    @Test
    void returnsFalseForAnyWrongCredentials() {
        long user = portal.signUp("gone@example.com");
        portal.admin("res.users", "write", List.of(user), Map.of("active", false));

        assertThat(portal.common("authenticate", OdooPortal.DB, "admin", "wrong", Map.of()))
                .isEqualTo(false);
        assertThat(portal.common("authenticate", OdooPortal.DB, "unknown", "admin", Map.of()))
                .isEqualTo(false);
        assertThat(portal.common("authenticate", OdooPortal.DB, "admin", "", Map.of()))
                .isEqualTo(false);
        assertThat(portal.common("authenticate", OdooPortal.DB, "admin", false, Map.of()))
                .isEqualTo(false);
        assertThat(portal.common("authenticate", OdooPortal.DB, false, "admin", Map.of()))
                .isEqualTo(false);
        assertThat(portal.common("authenticate", OdooPortal.DB, "gone@example.com", OdooPortal.PASSWORD, Map.of()))
                .isEqualTo(false);
    }

    @Test
    void authenticatesMembersOfATenantDatabaseButNotWithThePortalPassword() {
        OdooPortal.Client client = portal.client("owner@example.com");
        portal.saas
                .database(client.name())
                .members()
                .setPassword(new dev.allotment.access.MemberId(client.member()), "another");

        assertThat(portal.common("authenticate", client.name(), "owner@example.com", "another", Map.of()))
                .isEqualTo(client.member());
        assertThat(portal.common("authenticate", client.name(), "owner@example.com", OdooPortal.PASSWORD, Map.of()))
                .isEqualTo(false);
    }

    @Test
    void refusesAnUnknownDatabaseWithFault2() {
        assertFault(
                2, "Database \"nowhere\" does not exist", () -> portal.common("login", "nowhere", "admin", "admin"));
    }

    @Test
    void explainsWrongArgumentsAndUnknownMethodsInFault1() {
        assertFault(
                1,
                "login takes (db, login, password), and password is missing.",
                () -> portal.common("login", OdooPortal.DB, "admin"));
        assertFault(
                1,
                "authenticate takes (db, login, password, user_agent_env=), found 5 arguments.",
                () -> portal.common("authenticate", OdooPortal.DB, "admin", "admin", Map.of(), 1));
        assertFault(
                1,
                "login of login must be text, found a list.",
                () -> portal.common("login", OdooPortal.DB, list("admin"), "admin"));
        assertFault(1, "db of login must be text, found a boolean.", () -> portal.common("login", false, "a", "b"));
        assertFault(1, "version takes (), found 1 arguments.", () -> portal.common("version", 1));
        assertFault(
                1,
                "Service common has no method 'about'; it has version, authenticate and login.",
                () -> portal.common("about"));
        assertFault(
                1,
                "Unknown service 'report'. The services are common, object and db.",
                () -> portal.services.call("report", "render", List.of(), null));
    }
}
