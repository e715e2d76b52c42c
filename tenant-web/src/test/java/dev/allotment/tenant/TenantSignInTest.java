// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.CreatedTenant;
import dev.allotment.CustomDomain;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.access.AuthorizationRequest;
import dev.allotment.access.Member;
import dev.allotment.access.NewMember;
import dev.allotment.brand.Brand;
import dev.allotment.brand.BrandAsset;
import dev.allotment.brand.BrandFile;
import dev.allotment.brand.BrandLink;
import dev.allotment.brand.BrandText;
import dev.allotment.brand.Colour;
import dev.allotment.test.Browser;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
        assertThat(answer.body()).contains(reason).contains("Sign in via the portal");
        assertThat(answer.headers()).doesNotContainKey("location");
        assertThat(answer.header("set-cookie")).doesNotContain("session_id=");
    }

    /** Returns the code that the portal would send back for this browser. */
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
    void signsTheOwnerInWithALinkAndLeavesNoTokenBehind() throws Exception {
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

        assertRefused(world.browser().get(url), 403, "This link has already been used");
        assertThat(browser.get(url).body()).contains("You are already signed in");
    }

    @Test
    void refusesAnExpiredLinkAPrefetchAndAnotherTenantsLink() throws Exception {
        String url = world.url(shop);
        CreatedTenant other = world.create(OTHER);

        assertThat(browser.head(url).status()).isEqualTo(405);
        assertThat(browser.get(url, "Sec-Purpose: prefetch;prerender").status()).isEqualTo(503);
        assertRefused(browser.get(url.replace(SHOP, OTHER)), 403, "Each link works once");
        assertThat(world.browser().visit(url).body()).startsWith(SHOP);
        String late = world.url(shop).replace("new_database", "edit_database");
        String good = world.url(shop).replace("new_database", "edit_database");
        assertThat(world.browser().visit(good).body()).startsWith(SHOP);
        world.clock.advance(Duration.ofMinutes(61));
        assertRefused(world.browser().get(late), 403, "more than an hour old");
        assertThat(other.signInLink().token()).isNotEmpty();
    }

    @Test
    void setsANewCookieThatScriptsAndOtherHostsCannotRead() throws Exception {
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
                .describedAs("the former session")
                .isEmpty();

        Browser old = world.browser();
        old.setCookie(SHOP, "session_id", first);
        assertThat(old.get(at("/")).location()).isEqualTo("/web/login");
    }

    @Test
    void resistsACookieThatASiblingHostHasPlanted() throws Exception {
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
                .as("with the planted cookie")
                .contains(" for clerk in ");
    }

    @Test
    void acceptsAMembersPasswordAndExplainsThatThePortalsDoesNotWork() throws Exception {
        Member clerk = world.member(shop, "clerk", "the clerk's password");
        Browser.Answer refused = login("owner@" + SHOP, World.PASSWORD);
        assertRefused(refused, 403, "Your portal password does not work here");
        assertThat(refused.page().select("[role=alert]")).hasSize(1);
        assertThat(refused.page().select("#login").val()).isEqualTo("owner@" + SHOP);
        assertThat(refused.page().select("#password").val()).isEmpty();

        Browser.Answer unknown = login("nobody", World.PASSWORD);
        assertThat(unknown.page().select("[role=alert]").text())
                .isEqualTo(refused.page().select("[role=alert]").text());
        assertThat(login("clerk", "the clerk's password").location()).isEqualTo("/");
        assertThat(browser.get(at("/")).body()).contains(" for clerk in ");
        assertThat(browser.get(at("/web/login")).location())
                .describedAs("already signed in")
                .isEqualTo("/");
        assertThat(clerk.active()).isTrue();
    }

    @Test
    void signsInWhomTheApplicationHasAuthenticated() throws Exception {
        try (World own = World.open(builder -> builder.allowAnonymous("/enter", "/enter-late"))) {
            Tenant tenant = own.create(SHOP).tenant();
            own.create(OTHER);
            Member clerk = own.member(tenant, "clerk", "secret");
            Member boss = own.member(tenant, "boss", "secret");
            String enter = own.at(SHOP, "/enter?member=");
            Browser visitor = own.browser();
            visitor.setCookie(SHOP, "session_id", "chosen-by-an-attacker");

            Browser.Answer entered = visitor.get(enter + clerk.id().value());
            assertThat(entered.body()).startsWith(SHOP + " for a stranger in ");
            assertThat(entered.header("set-cookie")).contains("session_id=", "Path=/", "HttpOnly", "SameSite=Lax");
            String secret = visitor.cookie(SHOP, "session_id");
            assertThat(secret).hasSize(43);
            assertThat(visitor.get(own.at(SHOP, "/")).body()).startsWith(SHOP + " for clerk in ");

            visitor.get(enter + boss.id().value());
            assertThat(visitor.get(own.at(SHOP, "/")).body()).startsWith(SHOP + " for boss in ");
            assertThat(own.saas.access().findSession(secret))
                    .as("the former session of this browser")
                    .isEmpty();
            visitor.setCookie(OTHER, "session_id", visitor.cookie(SHOP, "session_id"));
            assertThat(visitor.get(own.at(OTHER, "/")).location()).isEqualTo("/web/login");

            Member former = own.saas
                    .database(SHOP)
                    .members()
                    .create(NewMember.builder("former", "Former").active(false).build());
            Browser refused = own.browser();
            refused.get(enter + former.id().value());
            assertThat(refused.get(own.at(SHOP, "/")).location())
                    .as("an inactive member")
                    .isEqualTo("/web/login");

            Browser late = own.browser();
            assertThat(late.get(own.at(SHOP, "/enter-late?member=") + boss.id().value())
                            .body())
                    .contains("The response is committed.");
            assertThat(late.get(own.at(SHOP, "/")).location()).isEqualTo("/web/login");
        }
    }

    @Test
    void linksToTheSignInOfTheApplication() throws Exception {
        try (World own = World.open(builder -> builder.signInLink("Sign in with <Example>", "/enter"))) {
            own.create(SHOP);
            Browser.Answer page = own.browser().get(own.at(SHOP, "/web/login"));
            assertThat(page.page().select("a[href=/enter]").text()).isEqualTo("Sign in with <Example>");
        }
        TenantFilter.Builder elsewhere = TenantFilter.builder(world.saas);
        for (String path : List.of("//evil.example", "https://evil.example", "")) {
            assertThatThrownBy(() -> elsewhere.signInLink("Sign in", path).build())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("Invalid sign-in link");
        }
    }

    @Test
    void refusesAFormThatAnotherSiteHasMade() throws Exception {
        world.member(shop, "attacker", "secret");
        Map<String, String> form = Browser.form(browser.get(at("/web/login")));
        form.put("login", "attacker");
        form.put("password", "secret");

        assertRefused(browser.post(at("/web/login"), form, "Sec-Fetch-Site: same-site"), 403, "sent from another site");
        assertRefused(
                browser.post(at("/web/login"), form, "Origin: http://evil.localhost"), 403, "sent from another site");
        assertRefused(browser.post(at("/web/login"), form, "Origin: null"), 403, "sent from another site");
        assertRefused(world.browser().post(at("/web/login"), form), 403, "sent from another site");
        Map<String, String> without = new HashMap<>(form);
        without.remove("form");
        assertRefused(browser.post(at("/web/login"), without), 403, "sent from another site");
        assertThat(browser.post(at("/web/login"), form, "Origin: " + at(""), "Sec-Fetch-Site: same-origin")
                        .status())
                .isEqualTo(303);
    }

    @Test
    void signsOutOnlyWithAFormOfTheSameSession() throws Exception {
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
    void redirectsToPagesOfTheSameTenantOnly(String target) throws Exception {
        world.member(shop, "clerk", "secret");
        String redirect = URLEncoder.encode(target, StandardCharsets.UTF_8);
        Map<String, String> form = Browser.form(browser.get(at("/web/login?redirect=" + redirect)));
        assertThat(form.get("redirect")).isEqualTo("/");
        form.put("login", "clerk");
        form.put("password", "secret");
        form.put("redirect", target);
        assertThat(browser.post(at("/web/login"), form).location()).isEqualTo("/");
        assertThat(browser.get(at("/web/login?redirect=" + redirect)).location())
                .isEqualTo("/");
    }

    @Test
    void returnsToTheRequestedPage() throws Exception {
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
    void bindsThePortalsAnswerToTheBrowserAndTheCodeToItsRequest() throws Exception {
        Browser.Answer sent = browser.get(at("/auth_oauth/portal?redirect=/orders"));
        String location = sent.location();
        assertThat(location)
                .startsWith("http://portal.localhost:" + world.port + "/oauth2/auth?response_type=code&")
                .contains("client_id=" + shop.uuid(), "code_challenge_method=S256", "scope=userinfo")
                .contains("redirect_uri=" + URLEncoder.encode(at("/auth_oauth/signin"), StandardCharsets.UTF_8));
        String code = code(location);
        String answer = at("/auth_oauth/signin?code=" + code + "&state=" + state(location));

        assertRefused(world.browser().get(answer), 400, "started in another browser");
        assertRefused(browser.get(answer.replaceAll("state=.*", "state=x")), 400, "started in another browser");
        assertRefused(browser.get(answer.replaceAll("&state=.*", "")), 400, "started in another browser");
        Browser.Answer in = browser.get(answer);
        assertThat(in.location()).isEqualTo("/orders");
        assertThat(in.header("referrer-policy")).isEqualTo("no-referrer");
        assertThat(browser.get(at("/orders")).body()).contains(" for owner@" + SHOP);
        assertThat(browser.get(answer).status()).describedAs("used again").isEqualTo(400);
    }

    @Test
    void returnsToTheRequestedHostAndPageFromThePortal() throws Exception {
        String host = "www.shop.test";
        CustomDomain domain = world.saas.customDomains().add(shop.id(), host);
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
        assertThat(browser.get(world.at("unproven.test", "/auth_oauth/portal")).status())
                .isEqualTo(404);
        world.saas.customDomains().remove(domain.id());
        assertThatThrownBy(() -> code(location, signIn)).isInstanceOf(SaasException.class);
    }

    @Test
    void refusesACodeThatWasUsedOrBelongsToAnotherBrowserOrTenant() throws Exception {
        String location = browser.get(at("/auth_oauth/portal")).location();
        Browser victim = world.browser();
        String victims = victim.get(at("/auth_oauth/portal")).location();
        String stolen = code(victims);
        assertRefused(
                browser.get(at("/auth_oauth/signin?code=" + stolen + "&state=" + state(location))),
                403,
                "Each link works once");
        assertRefused(
                victim.get(at("/auth_oauth/signin?code=" + stolen + "&state=" + state(victims))),
                403,
                "Each link works once");

        world.create(OTHER);
        String elsewhere = world.at(OTHER, "/auth_oauth/");
        String others = browser.get(elsewhere + "portal").location();
        String code = code(others);
        assertRefused(
                browser.get(elsewhere + "signin?code=" + code + "&state=" + state(others)),
                403,
                "Each link works once");
        assertRefused(
                browser.get(at("/auth_oauth/signin?error=access_denied&state=" + state(location))),
                403,
                "The portal did not grant you access");
    }

    @Test
    void acceptsATokenInTheFragmentInTheBrowserThatRequestedIt() throws Exception {
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

        assertRefused(world.browser().post(at("/auth_oauth/signin"), form), 400, "started in another browser");
        assertRefused(
                browser.post(at("/auth_oauth/signin"), form, "Sec-Fetch-Site: cross-site"),
                400,
                "started in another browser");
        assertThat(browser.post(at("/auth_oauth/signin"), form).location()).isEqualTo("/");
        assertThat(browser.get(at("/")).body()).contains(" for owner@" + SHOP);
    }

    @Test
    void servesPagesThatCannotBeFramedOrCachedAndContainNothingInline() throws Exception {
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

    @Test
    void showsTheBrandingOfTheProduct() throws Exception {
        BrandFile logo = BrandFile.of("<svg xmlns='http://www.w3.org/2000/svg'/>".getBytes(StandardCharsets.UTF_8));
        Brand brand = Brand.builder()
                .name("Sprout & Co")
                .accent(Colour.of("#123456"))
                .file(BrandAsset.LOGO, logo)
                .support("help@example.com")
                .link(BrandLink.Kind.TERMS, "Terms", "https://example.com/terms")
                .text(BrandText.TENANT_SIGN_IN, "Use your <work> account.")
                .build();
        try (World branded = World.open()) {
            branded.create(SHOP);
            Browser visitor = branded.browser();
            branded.saas.brands().apply(brand);

            String page = visitor.get(branded.at(SHOP, "/web/login")).body();
            assertThat(page)
                    .contains("<strong>Sprout &amp; Co</strong>", "<img src=\"/saas_client/static/brand/" + logo.hash())
                    .contains("<a href=\"mailto:help@example.com\">Help</a>")
                    .contains("<a href=\"https://example.com/terms\">Terms</a>")
                    .contains("Use your &lt;work&gt; account.");
            assertThat(visitor.get(branded.at(SHOP, "/saas_client/static/brand.css"))
                            .body())
                    .contains("--brand:#123456");
            Browser.Answer image = visitor.get(branded.at(SHOP, "/saas_client/static/brand/" + logo.hash()));
            assertThat(image.header("content-type")).isEqualTo("image/svg+xml");
            assertThat(image.header("content-security-policy")).isEqualTo("sandbox; default-src 'none'");
            assertThat(image.header("x-content-type-options")).isEqualTo("nosniff");
            assertThat(image.header("cache-control")).contains("immutable");
        }
        assertThat(browser.get(at("/web/login")).body()).doesNotContain("<footer>", "Sprout");
        assertThat(browser.get(at("/saas_client/static/brand/logo")).status()).isEqualTo(404);
    }
}
