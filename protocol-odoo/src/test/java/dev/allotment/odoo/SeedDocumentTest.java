// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import static dev.allotment.odoo.OdooPortal.list;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class SeedDocumentTest {
    private static final String LOGIN = "client-email@example.com";

    private static final Map<String, Object> DATA = Map.of(
            "update_addons", List.of(),
            "install_addons", List.of("sale", "point_of_sale", "stock", "access_settings_menu", "access_apps"),
            "uninstall_addons", List.of(),
            "access_owner_add",
                    List.of(
                            "base.group_sale_manager",
                            "stock.group_stock_manager",
                            "access_settings_menu.group_show_settings_menu"),
            "access_remove", List.of("access_apps.group_show_modules_menu"),
            "params", List.of(Map.of("key", "saas_client.max_users", "value", 10, "hidden", true)));

    @Test
    void runsTheScriptToTheEnd() {
        try (OdooPortal portal = new OdooPortal()) {
            Object adminUid = portal.common("authenticate", OdooPortal.DB, "admin", "admin", Map.of());
            assertThat(adminUid).isEqualTo(OdooPortal.ADMIN);
            portal.plan(Map.of());
            assertThat(portal.admin(
                            "res.users",
                            "signup",
                            Map.of("login", LOGIN, "name", "Client Name", "password", "Client Password")))
                    .isEqualTo(list(LOGIN, "Client Password"));
            Object clientUid = portal.common("authenticate", OdooPortal.DB, LOGIN, "Client Password", Map.of());
            WebLogin login = portal.services
                    .signIn(OdooPortal.DB, LOGIN, "Client Password", null)
                    .orElseThrow();
            assertThat(login.info()).containsEntry("uid", clientUid).containsEntry("session_id", login.secret());

            @SuppressWarnings("unchecked")
            Map<String, Object> res = (Map<String, Object>) portal.adminKw(
                    "saas_portal.plan", "create_new_database", list(1), Map.of("dbname", false, "user_id", clientUid));

            assertThat((String) res.get("url"))
                    .startsWith("http://client-001.localhost:8069/saas_client/new_database?access_token=");
            assertThat(res)
                    .containsEntry("auth_url", res.get("url"))
                    .containsOnlyKeys("url", "id", "client_id", "auth_url");
            assertThat(UUID.fromString((String) res.get("client_id"))).isNotNull();
            Object clientId = res.get("id");

            Object result = portal.admin("saas.config", "do_upgrade_database", DATA, clientId);

            assertThat(result)
                    .isEqualTo("{\"client-001.localhost\": {\"access_owner_add\": [], \"access_remove\": []}}");
            assertThat(portal.read("saas_portal.client", (Long) clientId, "max_users", "state", "user_id"))
                    .containsEntry("max_users", 10)
                    .containsEntry("state", "open")
                    .containsEntry("user_id", list(clientUid, "Client Name"));
        }
    }
}
