// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreatedTenant;
import dev.allotment.NewUser;
import dev.allotment.Role;
import dev.allotment.Saas;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.access.Member;
import dev.allotment.support.NewSupportAccess;
import dev.allotment.support.SupportAccess;
import dev.allotment.support.SupportAccesses;
import dev.allotment.test.Browser;
import dev.allotment.testing.DelegatingBackend;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An operator enters a tenant through the host of the tenant, after its customer has agreed. */
final class SupportAccessTest {
    private static final String SHOP = "shop.localhost";
    private static final String OTHER = "other.localhost";
    private static final String WHY = "Ticket 4711: the totals differ";

    private World world;
    private Tenant shop;
    private SupportAccesses owner;
    private SupportAccesses operator;
    private Browser browser;

    @BeforeEach
    void open() throws Exception {
        world = World.open();
        CreatedTenant created = world.create(SHOP);
        shop = created.tenant();
        owner = world.saas.actingAs(Objects.requireNonNull(shop.ownerId())).supportAccesses();
        operator = of(operator("olga"));
        browser = world.browser();
    }

    @AfterEach
    void close() {
        world.close();
    }

    private User operator(String name) {
        return world.saas
                .accounts()
                .create(NewUser.builder(name + "@provider.example", "Olga <b>Ö</b>")
                        .password(World.PASSWORD)
                        .role(Role.SUPPORT)
                        .build());
    }

    private SupportAccesses of(User user) {
        return world.saas.actingAs(user.id()).supportAccesses();
    }

    private String at(String path) {
        return world.at(SHOP, path);
    }

    private SupportAccess granted(NewSupportAccess request) {
        return owner.grant(operator.request(request).id(), 3);
    }

    private SupportAccess administrator() {
        return granted(NewSupportAccess.asAdministrator(shop.id(), WHY));
    }

    private String link(SupportAccess access) {
        return operator.open(access.id()).url().toString();
    }

    private Browser entered(SupportAccess access) throws IOException {
        assertThat(browser.get(link(access)).location()).isEqualTo("/");
        return browser;
    }

    private void assertEnded(Browser visitor) throws IOException {
        Browser.Answer answer = visitor.get(at("/"));
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.body()).contains("Support session ended").doesNotContain(SHOP + " for ");
        assertThat(visitor.post(at("/"), Map.of()).status()).isIn(401, 403);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes", "text"})
    void pagesHaveTheBannerAndTheApplicationKnowsTheImpersonator(String by) throws Exception {
        SupportAccess access = granted(NewSupportAccess.look(shop.id(), WHY));
        Browser.Answer entry = browser.get(link(access));
        assertThat(entry.header("referrer-policy")).isEqualTo("no-referrer");
        assertThat(entry.header("cache-control")).isEqualTo("no-store");
        assertThat(browser.get(at("/")).body()).startsWith(SHOP + " for owner@" + SHOP);

        Browser.Answer page = browser.get(at("/page?by=" + by));

        assertThat(page.header("cache-control")).isEqualTo("no-store");
        assertThat(page.body())
                .contains("<BODY data-x='a>b'><aside class=\"saas-support\"")
                .endsWith("</aside>Olga <b>Ö</b> LOOK<p>é 😀</p></body></html>");
        assertThat(page.page().select("aside p").text())
                .isEqualTo("Olga <b>Ö</b> of support is looking at this database until 1 March 2026, 15:00 UTC.");
        assertThat(page.page().select("aside form").attr("action")).isEqualTo("/saas_client/support/end");
        assertThat(browser.get(at(page.page().select("aside link").attr("href")))
                        .status())
                .isEqualTo(200);
        assertThat(world.inside(world.create(OTHER))
                        .get(world.at(OTHER, "/page?by=" + by))
                        .body())
                .contains("<BODY data-x='a>b'>no impersonator")
                .doesNotContain("aside");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/broken?how=throw",
                "/broken?how=send",
                "/async?how=dispatch",
                "/async?how=own",
                "/async?how=later",
                "/async?how=write"
            })
    void errorsAndAsynchronousPagesHaveTheBannerOnce(String path) throws Exception {
        entered(granted(NewSupportAccess.look(shop.id(), WHY)));

        Browser.Answer page = browser.get(at(path));

        assertThat(page.status()).isEqualTo(path.startsWith("/broken") ? 500 : 200);
        assertThat(page.header("cache-control")).isEqualTo("no-store");
        assertThat(page.body()).contains("LOOK<p>é 😀</p>");
        Document parsed = page.page();
        assertThat(parsed.select("aside.saas-support"))
                .singleElement()
                .isSameAs(parsed.body().child(0));
        assertThat(world.inside(world.create(OTHER)).get(world.at(OTHER, path)).body())
                .contains("no impersonator")
                .doesNotContain("aside");
    }

    @Test
    void theApplicationIsAskedForWholePagesThatAreNotCompressed() throws Exception {
        String[] headers = {
            "Accept-Encoding: gzip, br",
            "If-None-Match: \"page\"",
            "If-Modified-Since: Sun, 01 Mar 2026 12:00:00 GMT",
            "Range: bytes=0-9"
        };
        assertThat(world.inside(world.create(OTHER))
                        .get(world.at(OTHER, "/headers"), headers)
                        .body())
                .contains("Accept-Encoding=gzip, br [gzip, br], If-None-Match=\"page\"");
        entered(administrator());

        assertThat(browser.get(at("/headers"), headers).body())
                .endsWith(": Accept-Encoding=identity [identity], If-None-Match=null [], Range=null [] -1" + " false");
        Map<String, String> form = Map.of("form", "any");
        assertThat(browser.post(at("/headers"), form, headers).body())
                .as("what protects a change")
                .contains("If-None-Match=\"page\"");
    }

    @Test
    void theOperatorEndsTheSession() throws Exception {
        SupportAccess access = administrator();
        Map<String, String> form = Browser.form(entered(access).get(at("/page")));

        assertThat(browser.post(at("/saas_client/support/end"), Map.of()).status())
                .isEqualTo(403);
        assertThat(browser.post(at("/saas_client/support/end"), form, "Origin: http://other.localhost")
                        .status())
                .isEqualTo(403);
        assertThat(browser.get(at("/")).body()).startsWith(SHOP + " for ");
        Browser kept = world.browser();
        kept.setCookie(SHOP, "session_id", browser.cookie(SHOP, "session_id"));
        assertThat(browser.post(at("/saas_client/support/end"), form).body()).contains("You have left this database");

        assertThat(browser.cookie(SHOP, "session_id")).isEmpty();
        assertEnded(kept);
        assertThat(owner.uses(access.id()))
                .hasSize(1)
                .allSatisfy(use -> assertThat(use.endedAt()).isNotNull());
    }

    @Test
    void revocationEndsTheSessionWithTheNextRequest() throws Exception {
        SupportAccess access = administrator();
        entered(access);
        assertThat(browser.get(at("/")).body()).startsWith(SHOP + " for ");

        owner.revoke(access.id());

        assertEnded(browser);
    }

    @Test
    void aSessionCacheDoesNotKeepASessionOfSupportOpen() throws Exception {
        world.close();
        world = World.open(builder -> builder.sessionCacheTtl(Duration.ofMinutes(1)));
        shop = world.create(SHOP).tenant();
        owner = world.saas.actingAs(Objects.requireNonNull(shop.ownerId())).supportAccesses();
        operator = of(operator("olga"));
        browser = world.browser();
        SupportAccess access = administrator();
        entered(access);
        assertThat(browser.get(at("/")).body()).startsWith(SHOP + " for ");

        owner.revoke(access.id());

        assertEnded(browser);
    }

    /** Nothing has to pass: neither the clock nor the ticker of the caches moves. */
    @Test
    void revocationOnAnotherNodeEndsTheSessionWithTheNextRequest() throws Exception {
        world.close();
        world = World.open(builder -> builder.sessionCacheTtl(Duration.ofMinutes(1)));
        shop = world.create(SHOP).tenant();
        owner = world.saas.actingAs(Objects.requireNonNull(shop.ownerId())).supportAccesses();
        operator = of(operator("olga"));
        browser = world.browser();
        SupportAccess access = administrator();
        entered(access);
        try (Saas other = world.node(new DelegatingBackend(world.backend) {})) {
            for (int i = 0; i < 2; i++) {
                assertThat(browser.get(at("/")).body()).startsWith(SHOP + " for ");
            }

            other.actingAs(Objects.requireNonNull(shop.ownerId()))
                    .supportAccesses()
                    .revoke(access.id());

            assertEnded(browser);
        }
    }

    @Test
    void theEndOfTheTimeEndsTheSession() throws Exception {
        entered(administrator());
        world.clock.advance(Duration.ofMinutes(50));
        assertThat(browser.get(at("/")).body()).startsWith(SHOP + " for ");
        world.clock.advance(Duration.ofMinutes(50));
        assertThat(browser.get(at("/")).body()).startsWith(SHOP + " for ");
        world.clock.advance(Duration.ofMinutes(50));
        assertThat(browser.get(at("/")).body()).startsWith(SHOP + " for ");
        world.clock.advance(Duration.ofMinutes(30));

        assertEnded(browser);
    }

    @Test
    void aLinkWorksOnceForAMinuteAtItsTenant() throws Exception {
        world.create(OTHER);
        SupportAccess access = administrator();
        String url = link(access);

        assertThat(browser.head(url).status()).isEqualTo(405);
        assertThat(browser.post(url, Map.of()).status()).isEqualTo(404);
        assertThat(browser.get(url, "Sec-Purpose: prefetch;prerender").status()).isEqualTo(503);
        assertRefused(browser.get(url.replace(SHOP, OTHER)));
        assertRefused(browser.get(url.replace("support?", "new_database?")));
        assertRefused(browser.get(url.replaceAll("token=.*", "token=x")));
        assertThat(browser.get(url).status()).isEqualTo(303);
        assertRefused(world.browser().get(url));
        String late = link(access);
        world.clock.advance(SupportAccesses.LINK_LIFE);
        assertRefused(world.browser().get(late));
        String revoked = link(access);
        owner.revoke(access.id());
        assertRefused(world.browser().get(revoked));
    }

    private static void assertRefused(Browser.Answer answer) {
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.headers()).doesNotContainKey("location");
        assertThat(answer.header("set-cookie")).doesNotContain("session_id=support");
    }

    @Test
    void theCookieIsOfNoUseAtAnotherHostOrWithoutItsMark() throws Exception {
        world.create(OTHER);
        String secret = entered(administrator()).cookie(SHOP, "session_id");

        Browser other = world.browser();
        other.setCookie(OTHER, "session_id", secret);
        assertThat(other.get(world.at(OTHER, "/")).status()).isEqualTo(401);
        Browser unmarked = world.browser();
        unmarked.setCookie(SHOP, "session_id", secret.replace("support.", ""));
        assertThat(unmarked.get(at("/")).location()).isEqualTo("/web/login");
        Browser marked = world.browser();
        Member clerk = world.member(shop, "clerk", "secret");
        marked.setCookie(
                SHOP,
                "session_id",
                "support." + world.saas.access().openSession(SHOP, clerk.id().value()));
        assertThat(marked.get(at("/")).status()).isEqualTo(401);
        assertThat(browser.get(at("/")).body()).startsWith(SHOP + " for ");
    }

    /** A page of a sibling host has planted one of them. */
    @Test
    void aPlantedSecondSessionEndsBoth() throws Exception {
        Member clerk = world.member(shop, "clerk", "secret");
        String secret = entered(administrator()).cookie(SHOP, "session_id");
        browser.setCookie(
                SHOP,
                "session_id",
                world.saas.access().openSession(SHOP, clerk.id().value()),
                "/orders");

        assertThat(browser.get(at("/orders")).body()).doesNotStartWith(SHOP + " for ");

        Browser alone = world.browser();
        alone.setCookie(SHOP, "session_id", secret);
        assertEnded(alone);
    }

    @Test
    void anOperatorBecomesNoMember() throws Exception {
        Member clerk = world.member(shop, "clerk", "secret");
        entered(granted(NewSupportAccess.look(shop.id(), WHY)));

        assertThat(browser.get(at("/enter?member=" + clerk.id().value())).body())
                .contains("An operator of support sent this request");

        assertThat(browser.get(at("/")).body()).startsWith(SHOP + " for owner@" + SHOP);
        assertThat(browser.cookie(SHOP, "session_id")).startsWith("support.");
    }

    @Test
    void entersAsTheMemberThatTheCustomerHasAgreedTo() throws Exception {
        world.member(shop, "clerk", "secret");
        entered(granted(NewSupportAccess.asMember(shop.id(), "clerk", WHY)));

        assertThat(browser.get(at("/")).body()).startsWith(SHOP + " for clerk in ");
        assertThat(browser.get(at("/page")).page().select("aside p").text())
                .contains("acts in this database as clerk until");
    }

    @Test
    void anOperatorWhoLosesTheRoleLosesTheSession() throws Exception {
        entered(administrator());
        User olga = world.saas.accounts().findByLogin("olga@provider.example").orElseThrow();

        world.saas
                .accounts()
                .update(olga.id(), each -> each.toBuilder().role(Role.BILLING).build());

        assertEnded(browser);
    }
}
