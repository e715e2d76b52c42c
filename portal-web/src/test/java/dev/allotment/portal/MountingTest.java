// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.portal.PortalVisit.Answer;
import java.util.List;
import org.junit.jupiter.api.Test;

class MountingTest {

    @Test
    void worksUnderItsOwnPath() throws Exception {
        try (PortalTestServer server = PortalTestServer.openUnder("/account")) {
            server.signUp("carla@example.com", "Carla");
            server.plan("Starter");
            PortalVisit visit = PortalVisit.signedIn(server, "carla@example.com");

            Answer page = visit.get("/my/start");
            assertThat(page.status()).isEqualTo(200);
            assertThat(page.page().select("a[href]:not(footer a, .terms a), link[href], script[src], form[action]"))
                    .allSatisfy(each -> assertThat(each.attr("href") + each.attr("src") + each.attr("action"))
                            .matches("/account/.*|#.*"));
            Answer started = page.submit("/my/start", "label", "garden");
            assertThat(started.location()).startsWith("/account/my/start/");
            assertThat(started.follow().status()).isEqualTo(200);
            assertThat(visit.get("/my/nothing-such").status()).isEqualTo(404);
        }
    }

    @Test
    void asAFilterLeavesOtherHostsAndPathsToTheApplication() throws Exception {
        try (PortalTestServer server = PortalTestServer.open()) {
            PortalVisit visit = new PortalVisit(server);
            for (String path : List.of("/web/login", "/portal/static/brand.css")) {
                assertThat(visit.get("/filtered" + path).status()).isEqualTo(200);
                assertThat(visit.get("/filtered" + path).body()).isNotEqualTo("The application");
            }
            assertThat(visit.get("/filtered/").location()).isEqualTo("/filtered/web/login");
            assertThat(visit.get("/filtered/my/nothing").status()).isNotEqualTo(200);
            for (String path : List.of("/mystery", "/web", "/web/loginx", "/products")) {
                assertThat(visit.get("/filtered" + path).body()).isEqualTo("The application");
            }
            for (String path : List.of("/", "/my", "/admin/plans", "/web/login", "/oauth2/token")) {
                assertThat(visit.get("/filtered" + path, "Host", "shop.localhost")
                                .body())
                        .isEqualTo("The application");
            }
        }
    }

    @Test
    void showsTheTitleAndColourOfTheProduct() throws Exception {
        try (PortalTestServer server = PortalTestServer.open()) {
            Answer page = new PortalVisit(server).get("/web/login");
            assertThat(page.page().title()).isEqualTo("Sign in · Sprout & Co");
            String brand = page.page().select("link[href*=brand]").attr("href");
            assertThat(new PortalVisit(server).get(brand).body())
                    .as("without an accent")
                    .isEmpty();
            assertThat(page.page().select("footer a").eachAttr("href"))
                    .containsExactly(
                            "mailto:help@example.com",
                            "https://example.com/agreement?a=1&b=2",
                            "https://example.com/terms?a=1&b=2");
            assertThat(new PortalVisit(server)
                            .get("/web/signup")
                            .page()
                            .select("form a")
                            .eachAttr("href"))
                    .containsExactly("https://example.com/agreement?a=1&b=2");
            Answer logo =
                    new PortalVisit(server).get(page.page().select("img.logo").attr("src"));
            assertThat(logo.header("content-type")).isEqualTo("image/svg+xml");
            assertThat(logo.header("content-security-policy")).isEqualTo("sandbox; default-src 'none'");
        }
    }
}
