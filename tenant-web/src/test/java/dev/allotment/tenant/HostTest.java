// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreatedTenant;
import dev.allotment.Parameter;
import dev.allotment.PaymentTerms;
import dev.allotment.ServerId;
import dev.allotment.Tenant;
import dev.allotment.billing.PaymentReport;
import dev.allotment.billing.PaymentState;
import dev.allotment.test.Browser;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HostTest {
    private static final String SHOP = "shop.localhost";
    private static final String OTHER = "other.localhost";

    private World world;

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void ignoresTheSessionOfAnotherTenant() throws Exception {
        world = World.open();
        CreatedTenant shop = world.create(SHOP);
        world.create(OTHER);
        Browser browser = world.inside(shop);
        assertThat(browser.get(world.at(SHOP, "/")).body()).startsWith(SHOP);

        browser.setCookie(OTHER, "session_id", browser.cookie(SHOP, "session_id"));
        assertThat(browser.get(world.at(OTHER, "/")).location()).isEqualTo("/web/login");
        browser.setCookie("portal.localhost", "session_id", browser.cookie(SHOP, "session_id"));
        assertThat(browser.get(world.at("portal.localhost", "/")).body()).isEqualTo("no tenant at /");
    }

    @Test
    void ignoresCasePortAndTrailingDotAndRefusesTwoHosts() throws Exception {
        world = World.open();
        Browser browser = world.inside(world.create(SHOP));
        String rest = " HTTP/1.1\r\nConnection: close\r\nCookie: session_id=" + browser.cookie(SHOP, "session_id")
                + "\r\nHost: ";
        for (String host : new String[] {"SHOP.localhost", "shop.localhost.", "shop.localhost:1", SHOP}) {
            assertThat(browser.raw("GET /" + rest + host + "\r\n\r\n").body())
                    .describedAs(host)
                    .startsWith(SHOP + " for owner@");
        }
        world.create(OTHER);
        for (String request : new String[] {
            "GET /" + rest + SHOP + "\r\nHost: " + OTHER + "\r\n\r\n",
            "GET /" + rest + OTHER + "\r\nHost: " + SHOP + "\r\n\r\n",
            "GET /" + rest + "shop.localhost@other.localhost\r\n\r\n",
            "GET /" + rest + "shop.localhost/\r\n\r\n",
            "GET /" + rest + "sh op.localhost\r\n\r\n",
            "GET /" + rest + "sh_op.localhost\r\n\r\n",
            "GET /" + rest + "-shop.localhost\r\n\r\n",
        }) {
            assertThat(browser.raw(request).status()).describedAs(request).isEqualTo(400);
        }
        Browser.Answer absolute = browser.raw("GET http://" + OTHER + "/" + rest + SHOP + "\r\n\r\n");
        assertThat(absolute.body())
                .describedAs("%d: whichever host counts, the session belongs to the other tenant", absolute.status())
                .doesNotContain(OTHER + " for owner@");
        for (String unknown : new String[] {"evil.example", "x.shop.localhost", "shop.localhost.evil.example"}) {
            assertThat(browser.raw("GET /" + rest + unknown + "\r\n\r\n").status())
                    .describedAs(unknown)
                    .isEqualTo(404);
        }
        for (String own : new String[] {"portal.localhost", "localhost", "127.0.0.1", "[::1]", "[::1]:8080"}) {
            assertThat(browser.raw("GET /" + rest + own + "\r\n\r\n").body())
                    .describedAs(own)
                    .isEqualTo("no tenant at /");
        }
    }

    @Test
    void passesUnknownHostsOnIfTheEmbedderWantsThat() throws Exception {
        world = World.open(TenantFilter.Builder::passOnUnknownHosts);
        assertThat(world.browser().get(world.at("www.example.test", "/")).body())
                .isEqualTo("no tenant at /");
    }

    @Test
    void pathsForTenantsOnlyDoNotExistAtOtherHosts() throws Exception {
        world = World.open(builder -> builder.tenantsOnly("/orders/*").passOnUnknownHosts());
        Browser browser = world.inside(world.create(SHOP));

        assertThat(browser.get(world.at(SHOP, "/orders/1")).body()).startsWith(SHOP + " for owner@");
        for (String host : List.of("portal.localhost", "localhost", "127.0.0.1", "www.example.test")) {
            for (String path : List.of("/orders", "/orders/1", "//orders/1", "/%6frders/1", "/orders;x=y/1")) {
                Browser.Answer answer = browser.get(world.at(host, path));
                assertThat(answer.status()).as(host + path).isIn(400, 404);
                assertThat(answer.body()).as(host + path).doesNotContain("no tenant at");
            }
            assertThat(browser.get(world.at(host, "/prices")).body()).isEqualTo("no tenant at /prices");
        }
    }

    @Test
    void showsAPageForASuspendedTenantAndSignsMembersOutForGood() throws Exception {
        world = World.open();
        CreatedTenant shop = world.create(SHOP);
        Browser browser = world.inside(shop);
        world.saas.tenants().suspend(shop.tenant().id());

        Browser.Answer page = browser.get(world.at(SHOP, "/"));
        assertThat(page.status()).isEqualTo(503);
        assertThat(page.page().select("h1").text()).isEqualTo("This database is suspended");
        assertThat(page.page().select("a.button").attr("href")).startsWith("http://portal.localhost");
        assertThat(browser.get(world.at(SHOP, "/web/login")).status()).isEqualTo(503);
        assertThat(browser.post(world.at(SHOP, "/orders"), Map.of()).status()).isEqualTo(503);
        assertThat(browser.get(world.at(SHOP, "/saas_client/static/client.css")).status())
                .isEqualTo(200);

        world.saas.tenants().resume(shop.tenant().id());
        world.nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
        assertThat(browser.get(world.at(SHOP, "/")).location()).isEqualTo("/web/login");
    }

    @Test
    void showsAPageForAnExpiredTenant() throws Exception {
        world = World.open();
        CreatedTenant shop = world.create(SHOP);
        world.saas
                .tenants()
                .update(
                        shop.tenant().id(),
                        each -> each.toBuilder()
                                .trial(true)
                                .expiresAt(world.clock.instant().plus(Duration.ofHours(1)))
                                .build());
        world.clock.advance(Duration.ofHours(2));
        world.saas.maintenance().run();

        Browser.Answer page = world.browser().get(world.at(SHOP, "/"));
        assertThat(page.status()).isEqualTo(503);
        assertThat(page.body()).contains("This database has expired", "Your trial has ended.");
    }

    @Test
    void saysThatAPaymentIsMissing() throws Exception {
        world = World.open();
        Tenant shop = world.create(SHOP).tenant();
        world.saas
                .plans()
                .update(
                        Objects.requireNonNull(shop.planId()),
                        each -> each.toBuilder()
                                .paymentTerms(PaymentTerms.parse("notify 0, suspend 3"))
                                .build());
        world.saas
                .payments()
                .report(PaymentReport.ofTenant(shop.id(), PaymentState.PAST_DUE).build());
        world.clock.advance(Duration.ofDays(3));
        world.saas.maintenance().run();

        Browser.Answer page = world.browser().get(world.at(SHOP, "/"));
        assertThat(page.status()).isEqualTo(503);
        assertThat(page.page().select("h1").text()).isEqualTo("This database is suspended");
        assertThat(page.body()).contains("A payment is missing.").doesNotContain("has ended", "storage limit");

        world.saas.tenants().suspend(shop.id());
        world.saas
                .payments()
                .report(PaymentReport.ofTenant(shop.id(), PaymentState.PAID).build());
        world.saas.maintenance().run();
        world.nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
        assertThat(world.browser().get(world.at(SHOP, "/")).body())
                .contains("This database is suspended")
                .doesNotContain("payment");
    }

    @Test
    void cachesTheTenantOfAHostForSecondsAndThenNoticesChanges() throws Exception {
        world = World.open();
        CreatedTenant shop = world.create(SHOP);
        Browser browser = world.inside(shop);
        world.saas.tenants().rename(shop.tenant().id(), OTHER);

        assertThat(browser.get(world.at(SHOP, "/")).status())
                .describedAs("cached")
                .isEqualTo(303);
        world.nanos.addAndGet(TimeUnit.SECONDS.toNanos(5));
        assertThat(browser.get(world.at(SHOP, "/")).status()).isEqualTo(404);
        browser.setCookie(OTHER, "session_id", browser.cookie(SHOP, "session_id"));
        assertThat(browser.get(world.at(OTHER, "/")).body()).startsWith(OTHER + " for owner@");
        world.saas.tenants().purge(shop.tenant().id());
        world.nanos.addAndGet(TimeUnit.SECONDS.toNanos(5));
        assertThat(browser.get(world.at(OTHER, "/")).status()).isEqualTo(404);
    }

    @Test
    void bypassesConfiguredPathsAndAllowsAnonymousOnes() throws Exception {
        world = World.open(builder -> builder.bypass(List.of("/xmlrpc/*")).allowAnonymous("/", "/public/*"));
        CreatedTenant shop = world.create(SHOP);
        Browser browser = world.browser();

        assertThat(browser.get(world.at(SHOP, "/xmlrpc/2/common")).body()).isEqualTo("no tenant at /xmlrpc/2/common");
        assertThat(browser.get(world.at(SHOP, "/public/x")).body())
                .isEqualTo(SHOP + " for a stranger in [] at /x as null false path /public/x");
        assertThat(browser.get(world.at(SHOP, "/publicity")).status()).isEqualTo(303);
        assertThat(browser.get(world.at(SHOP, "/public/../orders")).status()).isEqualTo(303);
        assertThat(browser.post(world.at(SHOP, "/public/x"), Map.of(), "Origin: http://evil.example")
                        .status())
                .isEqualTo(403);
        world.saas.tenants().suspend(shop.tenant().id());
        assertThat(browser.get(world.at(SHOP, "/xmlrpc/2/common")).status()).isEqualTo(200);
    }

    @Test
    void servesTenantsUnderPathsOfASharedHostWithCookiesForThesePaths() throws Exception {
        world = World.open(builder -> builder.pathPrefix("/db"));
        world.saas.parameters().set(Parameter.BASE_DOMAIN, "clients.localhost");
        world.saas
                .servers()
                .update(
                        new ServerId(1),
                        server -> server.toBuilder()
                                .clientsHostTemplate("{base_saas_domain}/db/{dbname}")
                                .build());
        CreatedTenant shop = world.create("shop");
        world.create("shop2");
        Browser browser = world.browser();
        Browser.Answer in = browser.get(shop.signInLink().url().toString());

        assertThat(in.location()).isEqualTo("/db/shop/");
        assertThat(in.header("set-cookie")).contains("; Path=/db/shop;");
        assertThat(browser.get(world.at("clients.localhost", "/db/shop/orders")).body())
                .startsWith("shop for owner@shop in [")
                .endsWith("at /db/shop/x as owner@shop true path /orders");
        assertThat(browser.get(world.at("clients.localhost", "/db/shop2/orders"))
                        .location())
                .isEqualTo("/db/shop2/web/login?redirect=%2Fdb%2Fshop2%2Forders");
        assertThat(browser.get(world.at("clients.localhost", "/db/shop2/web/login?redirect=/db/shop/x"))
                        .page()
                        .select("input[name=redirect]")
                        .val())
                .isEqualTo("/db/shop2/");
        assertThat(browser.get(world.at(
                                "clients.localhost", "/db/shop2/web/login?redirect=/db/shop2/%252e%252e/shop/x"))
                        .page()
                        .select("input[name=redirect]")
                        .val())
                .isEqualTo("/db/shop2/");
        for (String shifted : new String[] {
            "/%64b/shop/web/orders",
            "/d%62/shop/orders",
            "/db/%73hop/orders",
            "/db/shop/x/../../shop/orders",
            "/db/shop/x/%2e%2e/%2E./shop/orders",
            "/db/shop2/../shop/orders",
            "/db/shop;x/orders"
        }) {
            Browser.Answer answer = browser.raw("GET " + shifted
                    + " HTTP/1.1\r\nHost: clients.localhost\r\nConnection: close\r\nCookie: session_id="
                    + browser.cookie("clients.localhost", "session_id") + "\r\n\r\n");
            assertThat(answer.status()).describedAs(shifted).isEqualTo(400);
        }
        assertThat(browser.get(world.at("clients.localhost", "/db/shop/%6frders%20x/...;y=/%64"))
                        .body())
                .describedAs("the rest belongs to the application")
                .endsWith(" path /orders x/.../d");
        world.saas.customDomains().add(shop.tenant().id(), "www.shop.test");
        assertThat(world.browser().get(world.at("www.shop.test", "/orders")).location())
                .describedAs("at its own host")
                .isEqualTo("/web/login?redirect=%2Forders");
        for (String elsewhere : new String[] {"portal.localhost", "evil.example", "localhost"}) {
            assertThat(browser.get(world.at(elsewhere, "/db/shop/orders")).body())
                    .isEqualTo("no tenant at /db/shop/orders");
        }
        world.saas.parameters().set(Parameter.BASE_DOMAIN, "portal.localhost");
        assertThat(browser.get(world.at("portal.localhost", "/db/shop/")).body())
                .describedAs("never at the portal's host")
                .isEqualTo("no tenant at /db/shop/");
    }

    @Test
    void setsSecureCookiesBehindTlsThatSiblingHostsCannotSet() throws Exception {
        world = World.open(builder -> builder.trustedProxies(List.of("127.0.0.1")));
        CreatedTenant shop = world.create(SHOP);
        Browser browser = world.browser();
        String https = "X-Forwarded-Proto: https";

        assertThat(browser.get(world.at(SHOP, "/web/login"), https).headers().get("set-cookie"))
                .singleElement()
                .asString()
                .startsWith("__Host-signin_form=")
                .endsWith("; Secure");
        Browser.Answer in = browser.get(shop.signInLink().url().toString(), https);
        assertThat(in.headers().get("set-cookie")).allMatch(each -> each.endsWith("; Secure"));
        assertThat(in.header("strict-transport-security")).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"nope", "utf-7", "\"no such\"", "%%%"})
    void refusesAnUnknownCharsetAtEveryPath(String charset) throws Exception {
        world = World.open(builder -> builder.allowAnonymous("/public/*"));
        world.create(SHOP);
        String host = URI.create(world.at(SHOP, "/")).getRawAuthority();
        for (String path : List.of("/web/login", "/auth_oauth/signin", "/public/x")) {
            Browser.Answer answer = world.browser()
                    .raw("POST " + path + " HTTP/1.1\r\nHost: " + host + "\r\nOrigin: http://" + host
                            + "\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded; charset="
                            + charset + "\r\nContent-Length: 3\r\n\r\na=b");
            assertThat(answer.status()).as(path).isEqualTo(415);
            assertThat(answer.body()).startsWith("The charset of this request is not supported");
            assertThat(answer.headers()).containsKey("X-Content-Type-Options");
        }
    }
}
