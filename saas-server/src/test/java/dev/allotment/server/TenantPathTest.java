// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static dev.allotment.server.OdooClient.MAIN;
import static dev.allotment.server.OdooClient.struct;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.test.Browser;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tenants that share a host and are distinguished by their path. */
final class TenantPathTest {
    private static final String CLIENTS = "clients.localhost";

    @Test
    void tenantsWithoutTheirOwnHostAreServedBelowAPath() throws Exception {
        try (RunningServer server = ServerContract.start(List.of("--data", "memory", "--clients-path", "/db"))) {
            OdooClient.Session admin = new OdooClient(server.port()).session(MAIN, "admin", "admin");
            admin.execute(
                    "saas_portal.server",
                    "write",
                    List.of(1),
                    Map.of("clients_host_template", CLIENTS + "/db/{dbname}"));
            String url = String.valueOf(struct(admin.executeKw(
                            "saas_portal.plan",
                            "create_new_database",
                            List.of(1),
                            Map.of("user_id", admin.uid(), "dbname", "shop")))
                    .get("url"));
            String home = "http://" + CLIENTS + ":" + server.port() + "/db/shop";
            assertThat(url).startsWith(home + "/saas_client/new_database?access_token=");

            Browser browser = new Browser(server.port());
            Browser.Answer inside = browser.visit(url);
            assertThat(inside.page().select("h1").text()).isEqualTo("You are inside shop");
            assertThat(browser.get(home + "/nothing").status()).isEqualTo(404);
            assertThat(inside.page().select("form").attr("action")).isEqualTo("/db/shop/web/session/logout");
            assertThat(new Browser(server.port())
                            .visit(home + "/")
                            .page()
                            .select("h1")
                            .text())
                    .isEqualTo("Sign in");
        }
    }
}
