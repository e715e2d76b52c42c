// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.AuthorizationRequest;
import dev.allotment.CreatedTenant;
import dev.allotment.ErrorCodes;
import dev.allotment.Member;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.TenantAlias;
import dev.allotment.test.Browser;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Signing in to a client database")
final class TenantSignInTest {
    private static final String SHOP = "shop.localhost";
    private static final String OTHER = "other.localhost";

    private World world;
    private CreatedTenant created;
    private Tenant shop;
    private Browser browser;

    @BeforeEach
    void open() throws Exception {
        world = World.open();
        created = world.create(SHOP);
        shop = created.tenant();
        browser = world.browser();
    }

    @AfterEach
    void close() {
        world.close();
    }

    private String at(String path) {
        return world.at(SHOP, path);
    }

    private Browser.Answer login(String login, String password) throws Exception {
        Map<String, String> form = Browser.form(browser.get(at("/web/login")));
        form.put("login", login);
        form.put("password", password);
        return browser.post(at("/web/login"), form);
    }

    private static void assertRefused(Browser.Answer answer, int status, String reason) {
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.body()).contains(reason).contains("Log in via SaaS Portal");
        assertThat(answer.headers()).doesNotContainKey("location");
        assertThat(answer.header("set-cookie")).doesNotContain("session_id=");
    }

    /** What the portal would send back for the browser that has been sent there. */
    private String code(String location) {
        return code(location, at("/auth_oauth/signin"));
    }

    private String code(String location, String redirectUri) {
        String challenge = location.replaceAll(".*code_challenge=([^&]*).*", "$1");
        return world.saas
                .actingAs(Objects.requireNonNull(shop.ownerId()))
                .access()
                .authorize(new AuthorizationRequest(shop.uuid(), redirectUri, challenge));
    }

    private static String state(String location) {
        return location.replaceAll(".*[?&]state=([^&]*).*", "$1");
    }

    @Test
    @DisplayName(
            "by the URL that the owner got leads inside at once, and leaves its token in no history and no referrer")
    void token() throws Exception {
        String url = created.signInLink().url().toString();
        Browser.Answer first = browser.get(url);

        assertThat(first.status()).isEqualTo(303);
        assertThat(first.location()).isEqualTo("/");
        assertThat(first.body()).isEmpty();
        assertThat(first.header("referrer-policy")).isEqualTo("no-referrer");
        assertThat(first.header("cache-control")).isEqualTo("no-store");
        String secret = browser.cookie(SHOP, "session_id");
        assertThat(secret).hasSize(43).isNotEqualTo(created.signInLink().token());
        assertThat(browser.get(at("/")).body())
                .startsWith(SHOP + " for owner@" + SHOP + " in [")
                .contains("base.group_user")
                .endsWith("at /x as owner@" + SHOP + " true path /");

        assertRefused(world.browser().get(url), 403, "This link has been used");
        assertThat(browser.get(url).body()).contains("You are logged in already");
    }

    @Test
    @DisplayName(
            "by that URL is over after an hour, is not done for a program that only looks, and not for another database")
    void tokenLimits() throws Exception {
        String url = world.url(shop);
        CreatedTenant other = world.create(OTHER);

        assertThat(browser.head(url).status()).isEqualTo(405);
        assertThat(browser.get(url, "Sec-Purpose: prefetch;prerender").status()).isEqualTo(503);
        assertRefused(browser.get(url.replace(SHOP, OTHER)), 403, "lets you in once");
        assertThat(world.browser().visit(url).body()).startsWith(SHOP);
        String late = world.url(shop).replace("new_database", "edit_database");
        String good = world.url(shop).replace("new_database", "edit_database");
        assertThat(world.browser().visit(good).body()).startsWith(SHOP);
        world.clock.advance(Duration.ofMinutes(61));
        assertRefused(world.browser().get(late), 403, "more than an hour old");
        assertThat(other.signInLink().token()).isNotEmpty();
    }

    @Test
    @DisplayName(
            "gives the browser a cookie that scripts, other hosts and other sites do not get, and a new one each time")
    void cookies() throws Exception {
        browser.setCookie(SHOP, "session_id", "chosen-by-an-attacker");
        Browser.Answer answer = browser.get(world.url(shop));
        String cookie = answer.headers().get("set-cookie").get(0);

        assertThat(cookie).startsWith("session_id=").contains("Path=/", "HttpOnly", "SameSite=Lax");
        assertThat(cookie).doesNotContainIgnoringCase("domain").doesNotContain("Secure");
        String first = browser.cookie(SHOP, "session_id");
        assertThat(first).isNotEqualTo("chosen-by-an-attacker");
        browser.get(world.url(shop));
        assertThat(browser.cookie(SHOP, "session_id")).isNotEqualTo(first);
        assertThat(world.saas.access().findSession(first))
                .describedAs("the session before")
                .isEmpty();

        Browser old = world.browser();
        old.setCookie(SHOP, "session_id", first);
        assertThat(old.get(at("/")).location()).isEqualTo("/web/login");
    }

    @Test
    @DisplayName("is not done, nor undone, by a cookie that a page of a sibling host has planted")
    void tossedCookies() throws Exception {
        world.member(shop, "clerk", "secret");
        Member attacker = world.member(shop, "attacker", "secret");
        login("clerk", "secret");
        browser.setCookie(SHOP, "session_id", "garbage", "/orders");
        assertThat(browser.get(at("/orders")).body()).contains(" for clerk in ");

        String planted = world.saas.access().openSession(SHOP, attacker.id().value());
        browser.setCookie(SHOP, "session_id", planted, "/orders");
        assertThat(browser.get(at("/orders")).status()).isEqualTo(303);
        assertThat(world.saas.access().findSession(planted)).isEmpty();
        login("clerk", "secret");
        assertThat(browser.get(at("/orders")).body())
                .as("though the cookie is still there")
                .contains(" for clerk in ");
    }

    @Test
    @DisplayName("with a member's password works; the portal's password does not, and says why")
    void passwords() throws Exception {
        Member clerk = world.member(shop, "clerk", "the clerk's password");
        Browser.Answer refused = login("owner@" + SHOP, World.PASSWORD);
        assertRefused(refused, 403, "The password of the portal does not work here");
        assertThat(refused.page().select("[role=alert]")).hasSize(1);
        assertThat(refused.page().select("#login").val()).isEqualTo("owner@" + SHOP);
        assertThat(refused.page().select("#password").val()).isEmpty();

        Browser.Answer unknown = login("nobody", World.PASSWORD);
        assertThat(unknown.page().select("[role=alert]").text())
                .isEqualTo(refused.page().select("[role=alert]").text());
        assertThat(login("clerk", "the clerk's password").location()).isEqualTo("/");
        assertThat(browser.get(at("/")).body()).contains(" for clerk in ");
        assertThat(browser.get(at("/web/login")).location())
                .describedAs("no need to")
                .isEqualTo("/");
        assertThat(clerk.active()).isTrue();
    }

    @Test
    @DisplayName("is not done with a form that another site has made up")
    void loginForgery() throws Exception {
        world.member(shop, "attacker", "secret");
        Map<String, String> form = Browser.form(browser.get(at("/web/login")));
        form.put("login", "attacker");
        form.put("password", "secret");

        assertRefused(browser.post(at("/web/login"), form, "Sec-Fetch-Site: same-site"), 403, "not ours");
        assertRefused(browser.post(at("/web/login"), form, "Origin: http://evil.localhost"), 403, "not ours");
        assertRefused(browser.post(at("/web/login"), form, "Origin: null"), 403, "not ours");
        assertRefused(world.browser().post(at("/web/login"), form), 403, "not ours");
        Map<String, String> without = new HashMap<>(form);
        without.remove("form");
        assertRefused(browser.post(at("/web/login"), without), 403, "not ours");
        assertThat(browser.post(at("/web/login"), form, "Origin: " + at(""), "Sec-Fetch-Site: same-origin")
                        .status())
                .isEqualTo(303);
    }

    @Test
    @DisplayName("ends with a form of one's own session, and only then")
    void logout() throws Exception {
        world.member(shop, "clerk", "secret");
        login("clerk", "secret");
        String secret = browser.cookie(SHOP, "session_id");
        Browser.Answer question = browser.get(at("/web/session/logout"));
        Map<String, String> form = Browser.form(question);
        assertThat(question.status()).isEqualTo(200);
        assertThat(question.page().select("p").first().text()).contains("Member <b>clerk</b>");

        assertThat(browser.post(at("/web/session/logout"), Map.of()).status()).isEqualTo(403);
        assertThat(browser.post(at("/web/session/logout"), form, "Origin: http://other.localhost")
                        .status())
                .isEqualTo(403);
        assertThat(browser.get(at("/")).body()).contains(" for clerk in ");
        assertThat(browser.post(at("/web/session/logout"), form).location()).isEqualTo("/web/login");
        assertThat(browser.cookie(SHOP, "session_id")).isEmpty();
        assertThat(world.saas.access().findSession(secret)).isEmpty();
        assertThat(browser.get(at("/web/session/logout")).location()).isEqualTo("/web/login");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "//evil.example/x",
                "/\\evil.example",
                "\\\\evil.example",
                "https://evil.example/",
                "http:evil.example",
                "/\t/evil.example",
                "/\n/evil.example",
                " /orders",
                "///evil.example",
                "javascript:alert(1)",
                "http://shop.localhost@evil.example/",
                "HTTP://SHOP.LOCALHOST.evil.example/",
                "orders",
                "/web/login",
                "/web/session/logout",
                "/auth_oauth/signin?code=x",
            })
    @DisplayName("leads to no place but a page of the same database")
    void openRedirect(String wish) throws Exception {
        world.member(shop, "clerk", "secret");
        String redirect = URLEncoder.encode(wish, StandardCharsets.UTF_8);
        Map<String, String> form = Browser.form(browser.get(at("/web/login?redirect=" + redirect)));
        assertThat(form.get("redirect")).isEqualTo("/");
        form.put("login", "clerk");
        form.put("password", "secret");
        form.put("redirect", wish);
        assertThat(browser.post(at("/web/login"), form).location()).isEqualTo("/");
        assertThat(browser.get(at("/web/login?redirect=" + redirect)).location())
                .isEqualTo("/");
    }

    @Test
    @DisplayName("leads back to the page that was asked for")
    void wish() throws Exception {
        world.member(shop, "clerk", "secret");
        String login = browser.get(at("/orders/7?tab=a%20b&x=//y")).location();
        assertThat(login).startsWith("/web/login?redirect=");
        Map<String, String> form = Browser.form(browser.get(at(login)));
        form.put("login", "clerk");
        form.put("password", "secret");
        assertThat(browser.post(at("/web/login"), form).location()).isEqualTo("/orders/7?tab=a%20b&x=//y");

        Browser.Answer script = world.browser().get(at("/orders"), "Accept: application/json");
        assertThat(world.browser().post(at("/orders"), Map.of()).status()).isEqualTo(401);
        assertThat(script.status()).isIn(303, 401);
    }

    @Test
    @DisplayName("via the portal binds the answer to the browser, and a code to the question that it answers")
    void viaPortal() throws Exception {
        Browser.Answer sent = browser.get(at("/auth_oauth/portal?redirect=/orders"));
        String location = sent.location();
        assertThat(location)
                .startsWith("http://portal.localhost:" + world.port + "/oauth2/auth?response_type=code&")
                .contains("client_id=" + shop.uuid(), "code_challenge_method=S256", "scope=userinfo")
                .contains("redirect_uri=" + URLEncoder.encode(at("/auth_oauth/signin"), StandardCharsets.UTF_8));
        String code = code(location);
        String answer = at("/auth_oauth/signin?code=" + code + "&state=" + state(location));

        assertRefused(world.browser().get(answer), 400, "not begun in this browser");
        assertRefused(browser.get(answer.replaceAll("state=.*", "state=x")), 400, "not begun in this browser");
        assertRefused(browser.get(answer.replaceAll("&state=.*", "")), 400, "not begun in this browser");
        Browser.Answer in = browser.get(answer);
        assertThat(in.location()).isEqualTo("/orders");
        assertThat(in.header("referrer-policy")).isEqualTo("no-referrer");
        assertThat(browser.get(at("/orders")).body()).contains(" for owner@" + SHOP);
        assertThat(browser.get(answer).status()).describedAs("sent again").isEqualTo(400);
    }

    @Test
    @DisplayName("via the portal from another of its hosts comes back to that one, to the page that was asked for")
    void viaPortalAtAnotherHost() throws Exception {
        String host = "www.shop.test";
        TenantAlias alias = world.saas.aliases().add(shop.id(), host);
        String signIn = world.at(host, "/auth_oauth/signin");

        String location = browser.get(world.at(host, "/auth_oauth/portal?redirect=/orders"))
                .location();
        assertThat(location)
                .startsWith("http://portal.localhost:" + world.port + "/oauth2/auth?")
                .contains("redirect_uri=" + URLEncoder.encode(signIn, StandardCharsets.UTF_8));
        String code = code(location, signIn);
        Browser.Answer in = browser.get(signIn + "?code=" + code + "&state=" + state(location));
        assertThat(in.location()).isEqualTo("/orders");
        assertThat(browser.get(world.at(host, "/orders")).body()).contains(" for owner@" + SHOP);
        assertThat(browser.cookie(SHOP, "session_id")).isEmpty();

        assertThatThrownBy(() -> code(location, "http://unproven.test:" + world.port + "/auth_oauth/signin"))
                .isInstanceOfSatisfying(
                        SaasException.class, e -> assertThat(e.code()).isEqualTo(ErrorCodes.ACCESS_REDIRECT_INVALID));
        assertThat(browser.get(world.at("unproven.test", "/auth_oauth/portal")).body())
                .startsWith("no tenant at ");
        world.saas.aliases().remove(alias.id());
        assertThatThrownBy(() -> code(location, signIn)).isInstanceOf(SaasException.class);
    }

    @Test
    @DisplayName(
            "via the portal refuses a code that was used, that answers another browser, or that is another client's")
    void codes() throws Exception {
        String location = browser.get(at("/auth_oauth/portal")).location();
        Browser victim = world.browser();
        String victims = victim.get(at("/auth_oauth/portal")).location();
        String stolen = code(victims);
        assertRefused(
                browser.get(at("/auth_oauth/signin?code=" + stolen + "&state=" + state(location))), 403, "lets you in");
        assertRefused(
                victim.get(at("/auth_oauth/signin?code=" + stolen + "&state=" + state(victims))), 403, "lets you in");

        world.create(OTHER);
        String elsewhere = world.at(OTHER, "/auth_oauth/");
        String others = browser.get(elsewhere + "portal").location();
        String code = code(others);
        assertRefused(browser.get(elsewhere + "signin?code=" + code + "&state=" + state(others)), 403, "lets you in");
        assertRefused(
                browser.get(at("/auth_oauth/signin?error=access_denied&state=" + state(location))),
                403,
                "The portal did not let you in");
    }

    @Test
    @DisplayName(
            "takes a token from behind the #, as clients of the predecessor get it, in the browser that asked for it")
    void fragment() throws Exception {
        String location = browser.get(at("/auth_oauth/portal")).location();
        String token = world.saas
                .actingAs(Objects.requireNonNull(shop.ownerId()))
                .access()
                .issue(shop.id())
                .token();
        Browser.Answer page = browser.get(at("/auth_oauth/signin"));
        assertThat(page.page().select("script").attr("src")).isEqualTo("/saas_client/static/signin.js");
        Map<String, String> form = Browser.form(page);
        form.put("access_token", token);
        form.put("state", state(location));

        assertRefused(world.browser().post(at("/auth_oauth/signin"), form), 400, "not begun in this browser");
        assertRefused(
                browser.post(at("/auth_oauth/signin"), form, "Sec-Fetch-Site: cross-site"), 400, "not begun in this");
        assertThat(browser.post(at("/auth_oauth/signin"), form).location()).isEqualTo("/");
        assertThat(browser.get(at("/")).body()).contains(" for owner@" + SHOP);
    }

    @Test
    @DisplayName("happens on pages that nobody frames, that hold nothing inline, and that are not kept")
    void headers() throws Exception {
        for (String path : new String[] {
            "/web/login", "/auth_oauth/signin", "/saas_client/new_database?access_token=x", "/saas_client/nothing"
        }) {
            Browser.Answer page = browser.get(at(path));
            assertThat(page.header("content-security-policy"))
                    .contains("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'")
                    .doesNotContain("unsafe");
            assertThat(page.header("x-content-type-options")).isEqualTo("nosniff");
            assertThat(page.header("cache-control")).isEqualTo("no-store");
            assertThat(page.header("referrer-policy"))
                    .isEqualTo(page.body().contains("<form") ? "same-origin" : "no-referrer");
            assertThat(page.page().select("[style], [onclick], script:not([src]), style"))
                    .isEmpty();
        }
        for (String file : new String[] {"client.css", "signin.js", "client.svg"}) {
            assertThat(browser.get(at("/saas_client/static/" + file)).status()).isEqualTo(200);
        }
        assertThat(browser.get(at("/saas_client/static/../TenantFilter.class")).status())
                .isNotEqualTo(200);
    }
}
