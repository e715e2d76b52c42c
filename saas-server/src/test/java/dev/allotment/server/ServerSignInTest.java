// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static dev.allotment.server.OdooClient.MAIN;
import static dev.allotment.server.OdooClient.struct;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.test.Browser;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ServerSignInTest {
    private static final String PASSWORD = "The portal's password";
    private static final String SHOP = "shop.localhost";
    /** The verifier of RFC 7636, appendix B. */
    private static final String VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    private RunningServer server;
    private OdooClient.Session admin;
    private String uuid;
    private String url;

    @BeforeAll
    void start() throws Exception {
        server = ServerContract.start(List.of("--data", "memory"));
        OdooClient client = new OdooClient(server.port());
        admin = client.session(MAIN, "admin", "admin");
        signUp("owner@example.com");
        Map<String, Object> created = create("owner@example.com", SHOP);
        uuid = String.valueOf(created.get("client_id"));
        url = String.valueOf(created.get("url"));
        signUp("stranger@example.com");
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private void signUp(String login) throws Exception {
        admin.execute(
                "res.users", "signup", Map.of("login", login, "name", "Name <i>of</i> " + login, "password", PASSWORD));
    }

    private Map<String, Object> create(String login, String name) throws Exception {
        Object user = admin.values("res.users", List.of(List.of("login", "=", login)), "id")
                .get(0);
        return struct(admin.executeKw(
                "saas_portal.plan", "create_new_database", List.of(1), Map.of("user_id", user, "dbname", name)));
    }

    private String portal(String path) {
        return "http://" + MAIN + ":" + server.port() + path;
    }

    private String shop(String path) {
        return "http://" + SHOP + ":" + server.port() + path;
    }

    private Browser.Answer signIn(Browser browser, String login, String page) throws IOException {
        Map<String, String> form = new LinkedHashMap<>(Browser.form(browser.get(page)));
        form.put("login", login);
        form.put("password", PASSWORD);
        return browser.post(portal("/web/login"), form);
    }

    private Browser signedIn(String login) throws IOException {
        Browser browser = new Browser(server.port());
        assertThat(signIn(browser, login, portal("/web/login")).status()).isEqualTo(303);
        return browser;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private String question(String type, String redirectUri, String more) {
        return portal("/oauth2/auth?response_type=" + type + "&scope=userinfo&state=a%20state&client_id=" + uuid
                + "&redirect_uri=" + encoded(redirectUri) + more);
    }

    private static String challenge() throws Exception {
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(VERIFIER.getBytes(StandardCharsets.US_ASCII));
        return "&code_challenge_method=S256&code_challenge="
                + Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
    }

    private String code(Browser browser) throws Exception {
        String location = browser.get(question("code", shop("/auth_oauth/signin"), challenge()))
                .location();
        assertThat(location)
                .startsWith(shop("/auth_oauth/signin?"))
                .contains("state=a+state")
                .doesNotContain("#");
        return value(location, "code");
    }

    private static String value(String location, String name) {
        String found = location.replaceAll(".*[?&#]" + name + "=([^&]*).*", "$1");
        return URLDecoder.decode(found, StandardCharsets.UTF_8);
    }

    private Browser.Answer exchange(Map<String, String> changes) throws IOException {
        Map<String, String> fields = new LinkedHashMap<>(Map.of(
                "grant_type",
                "authorization_code",
                "client_id",
                uuid,
                "redirect_uri",
                shop("/auth_oauth/signin"),
                "code_verifier",
                VERIFIER));
        fields.putAll(changes);
        fields.values().removeIf(String::isEmpty);
        return new Browser(server.port()).post(portal("/oauth2/token"), fields);
    }

    @Test
    void aTokenSignsInAFormSignsOutAndThePortalSignsInAgain() throws Exception {
        Browser browser = new Browser(server.port());
        Browser.Answer inside = browser.visit(url);
        assertThat(inside.status()).isEqualTo(200);
        Document page = inside.page();
        assertThat(page.select("h1").text()).isEqualTo("You are inside " + SHOP);
        assertThat(page.select("p").first().text()).contains("Name <i>of</i> owner@example.com");
        assertThat(page.select("h2").eachText())
                .containsExactly("Installed add-ons", "Your groups", "Parameters", "Limits");
        assertThat(page.select("li").eachText()).contains("Internal User base.group_user");
        assertThat(inside.header("content-security-policy")).contains("frame-ancestors 'none'");

        Browser.Answer out = browser.post(shop(page.select("header form").attr("action")), Browser.form(inside));
        assertThat(out.location()).isEqualTo("/web/login");
        Browser.Answer login = browser.visit(shop("/"));
        Map<String, String> form = Browser.form(login);
        form.put("login", "owner@example.com");
        form.put("password", PASSWORD);
        assertThat(browser.post(shop("/web/login"), form).body()).contains("Your portal password does not work here");

        String button = login.page().select("a.button").attr("href");
        assertThat(login.page().select("a.button").text()).isEqualTo("Sign in via the portal");
        Browser.Answer atPortal = browser.visit(shop(button));
        assertThat(atPortal.page().select("input[name=redirect]").val()).startsWith("/oauth2/auth?");
        Map<String, String> portalForm = Browser.form(atPortal);
        portalForm.put("login", "owner@example.com");
        portalForm.put("password", PASSWORD);
        Browser.Answer back = browser.post(portal("/web/login"), portalForm);
        Browser.Answer again = browser.visit(portal(back.location()));
        assertThat(again.page().select("h1").text()).isEqualTo("You are inside " + SHOP);
        assertThat(browser.get(shop("/nothing")).status()).isEqualTo(404);
    }

    @Test
    void aDatabaseWithSalesTakesOrders() throws Exception {
        String host = "http://orders.localhost:" + server.port();
        Map<String, Object> created = create("owner@example.com", "orders.localhost");
        admin.execute("saas.config", "do_upgrade_database", ServerContract.configuration(), created.get("id"));
        Browser browser = new Browser(server.port());
        Browser.Answer empty = browser.visit(String.valueOf(created.get("url")));
        assertThat(empty.page().text()).contains("There are no orders yet.");

        Map<String, String> order = Browser.form(empty.page().selectFirst("form[action=/orders]"));
        order.putAll(Map.of("customer", "<b>Harbour</b>", "product", "Beans", "quantity", "12", "price", "18.50"));
        Browser.Answer stored = browser.post(host + "/orders", order);
        assertThat(stored.status()).isEqualTo(303);
        assertThat(browser.get(host + stored.location()).page().select("td").eachText())
                .startsWith("S00001", "<b>Harbour</b>", "Beans", "12", "222.00 EUR");

        for (String quantity : List.of("0", "-1", "1e3", "10000", "")) {
            order.put("quantity", quantity);
            Browser.Answer refused = browser.post(host + "/orders", order);
            assertThat(refused.status()).isEqualTo(422);
            assertThat(refused.page().select("[role=alert]").text()).contains("a quantity from 1 to 9999");
        }
        order.put("form", "another");
        assertThat(browser.post(host + "/orders", order)
                        .page()
                        .select("[role=alert]")
                        .text())
                .contains("This form has expired.");
        assertThat(browser.get(host + "/")
                        .page()
                        .select("tbody tr td:first-child")
                        .eachText())
                .contains("S00001")
                .doesNotContain("S00002");
        assertThat(new Browser(server.port()).post(host + "/orders", order).status())
                .as("not signed in")
                .isNotEqualTo(303);
        Map<String, Object> plain = create("owner@example.com", "plain.localhost");
        Map<String, String> elsewhere = Browser.form(
                browser.visit(String.valueOf(plain.get("url"))).page().selectFirst("header form"));
        elsewhere.putAll(Map.of("customer", "x", "product", "x", "quantity", "1", "price", "1"));
        assertThat(browser.post("http://plain.localhost:" + server.port() + "/orders", elsewhere)
                        .status())
                .as("a database without sales")
                .isEqualTo(404);
    }

    @Test
    void aMistypedPathShowsAPageToBrowsersAndALineToPrograms() throws Exception {
        HttpResponse<String> page = request("/nothere", "text/html,*/*;q=0.8", "GET");
        assertThat(page.statusCode()).isEqualTo(404);
        assertThat(Jsoup.parse(page.body()).select("h1").text()).isEqualTo("Page not found");
        assertThat(page.body()).contains("/portal/static/portal.css", "Back to the start page");
        assertThat(page.headers().firstValue("content-security-policy")).isPresent();

        assertThat(request("/nothere", "*/*", "GET").body()).isEqualTo("There is nothing at this path.\n");
        assertThat(request("/nothere", "text/html", "POST").body()).isEqualTo("There is nothing at this path.\n");
        assertThat(request("/doc/nothing", "text/html", "GET").body()).doesNotContain("portal.css");
    }

    private HttpResponse<String> request(String path, String accept, String method) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + server.port() + path))
                .header("Accept", accept)
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "//evil.example/auth_oauth/signin",
                "http://evil.example/auth_oauth/signin",
                "http://shop.localhost:PORT@evil.example/auth_oauth/signin",
                "http://shop.localhost:PORT.evil.example/auth_oauth/signin",
                "http://evil.example\\@shop.localhost:PORT/auth_oauth/signin",
                "http:\\\\shop.localhost:PORT\\auth_oauth\\signin",
                "http://shop.localhost:1/auth_oauth/signin",
                "http://shop.localhost/auth_oauth/signin",
                "https://shop.localhost:PORT/auth_oauth/signin",
                "http://x.shop.localhost:PORT/auth_oauth/signin",
                "http://other.localhost:PORT/auth_oauth/signin",
                "HTTP://shop.localhost:PORT/auth_oauth/signin",
                "http://SHOP.localhost:PORT/auth_oauth/signin",
                "http://shop.localhost.:PORT/auth_oauth/signin",
                "http://shop.localhost:PORT/auth_oauth/signin/",
                "http://shop.localhost:PORT/auth_oauth/../signin",
                "http://shop.localhost:PORT/auth_oauth/%73ignin",
                "http://shop.localhost:PORT/auth_oauth/signin?next=//evil.example",
                "http://shop.localhost:PORT/auth_oauth/signin#x",
                "http://shop.localhost:PORT/auth_oauth/signin ",
                "javascript:alert(1)",
                "",
            })
    void thePortalRedirectsOnlyToTheTenantsExactAddress(String uri) throws Exception {
        Browser browser = signedIn("owner@example.com");
        String wrong = uri.replace("PORT", Integer.toString(server.port()));
        for (String type : new String[] {"token", "code"}) {
            Browser.Answer answer = browser.get(question(type, wrong, challenge()));
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.headers()).doesNotContainKey("location");
        }
    }

    @Test
    void anUnknownOrRepeatedClientIsNotRedirected() throws Exception {
        Browser browser = signedIn("owner@example.com");
        String good = question("token", shop("/auth_oauth/signin"), "");
        for (String wrong : new String[] {
            good.replace(uuid, "00000000-0000-4000-8000-000000000000"),
            good.replace(uuid, uuid.toUpperCase(Locale.ROOT)),
            good.replace("client_id=" + uuid, ""),
            good + "&client_id=" + uuid,
            good + "&redirect_uri=" + encoded("http://evil.example/"),
            good.replaceFirst("redirect_uri=", "redirect_uri=" + encoded("http://evil.example/") + "&redirect_uri="),
            portal("/oauth2/auth"),
        }) {
            Browser.Answer answer = browser.get(wrong);
            assertThat(answer.status()).describedAs(wrong).isEqualTo(400);
            assertThat(answer.headers()).doesNotContainKey("location");
        }
    }

    @Test
    void aCodeNeedsAProofByS256() throws Exception {
        Browser browser = signedIn("owner@example.com");
        String own = shop("/auth_oauth/signin");
        for (String more : new String[] {
            "",
            "&code_challenge=" + VERIFIER,
            "&code_challenge_method=plain&code_challenge=" + VERIFIER,
            "&code_challenge_method=S256",
            "&code_challenge_method=S256&code_challenge=short",
            challenge() + "&response_mode=fragment",
            challenge() + "&state=another",
        }) {
            String location = browser.get(question("code", own, more)).location();
            assertThat(location).describedAs(more).startsWith(own + "?").contains("error=invalid_request");
            assertThat(location).doesNotContain("code=");
        }
        for (String type : new String[] {"id_token", "code%20token", "none"}) {
            String location = browser.get(question(type, own, challenge())).location();
            assertThat(location).startsWith(own + "?").contains("error=").contains("state=a+state");
        }
    }

    @Test
    void aCodeGivesATokenOnceToTheApplicationThatRequestedIt() throws Exception {
        Browser browser = signedIn("owner@example.com");
        Browser.Answer good = exchange(Map.of("code", code(browser)));
        assertThat(good.status()).isEqualTo(200);
        assertThat(good.header("content-type")).startsWith("application/json");
        assertThat(good.header("cache-control")).isEqualTo("no-store");
        assertThat(good.headers()).doesNotContainKey("access-control-allow-origin");
        assertThat(good.body()).contains("\"token_type\":\"Bearer\"", "\"expires_in\":3600");
        String token = good.body().replaceAll(".*\"access_token\":\"([^\"]*)\".*", "$1");
        Browser entered = new Browser(server.port());
        assertThat(entered.visit(shop("/saas_client/new_database?access_token=" + token + "&state=%7B%7D"))
                        .body())
                .contains("You are inside");

        String used = code(browser);
        assertThat(exchange(Map.of("code", used)).status()).isEqualTo(200);
        assertThat(exchange(Map.of("code", used)).body()).contains("invalid_grant");
        String other =
                String.valueOf(create("stranger@example.com", "other.localhost").get("client_id"));
        for (Map<String, String> wrong : List.of(
                Map.of("client_id", other),
                Map.of("redirect_uri", shop("/")),
                Map.of("code_verifier", VERIFIER.replace('d', 'e')),
                Map.of("code_verifier", ""),
                Map.of("redirect_uri", ""),
                Map.of("client_id", ""),
                Map.of("grant_type", "password"),
                Map.of("grant_type", "client_credentials"))) {
            Map<String, String> fields = new LinkedHashMap<>(wrong);
            fields.put("code", code(browser));
            Browser.Answer refused = exchange(fields);
            assertThat(refused.status()).describedAs(wrong.toString()).isBetween(400, 401);
            assertThat(refused.body()).contains("\"error\":").doesNotContain("access_token");
        }
        assertThat(browser.get(portal("/oauth2/token")).status()).isEqualTo(405);
    }

    @Test
    void aTokenNamesItsOwnerUntilItIsUsed() throws Exception {
        Browser browser = signedIn("owner@example.com");
        String location =
                browser.get(question("token", shop("/auth_oauth/signin"), "")).location();
        assertThat(location).startsWith(shop("/auth_oauth/signin#")).contains("state=a+state", "token_type=Bearer");
        assertThat(URI.create(location).getQuery()).isNull();
        String token = value(location, "access_token");

        Browser program = new Browser(server.port());
        String info = portal("/oauth2/tokeninfo?access_token=" + token);
        assertThat(program.get(info).body())
                .contains("\"client_id\":\"" + uuid + "\"", "\"email\":\"owner@example.com\"", "\"user_id\":")
                .contains("\"scope\":\"userinfo\"");
        assertThat(program.get(portal("/oauth2/tokeninfo"), "Authorization: Bearer " + token)
                        .status())
                .isEqualTo(200);
        assertThat(program.get(info, "Origin: http://evil.example").headers())
                .doesNotContainKey("access-control-allow-origin");
        assertThat(program.visit(shop("/saas_client/new_database?access_token=" + token))
                        .body())
                .contains("You are inside");
        Browser.Answer used = program.get(info);
        assertThat(used.status()).isEqualTo(401);
        assertThat(used.body()).isEqualTo("{\"error\":\"invalid_token\"}");
    }

    @Test
    void anotherCustomerIsRefusedAndLearnsNothing() throws Exception {
        Browser browser = signedIn("stranger@example.com");
        for (String type : new String[] {"code", "token"}) {
            String location = browser.get(question(type, shop("/auth_oauth/signin"), challenge()))
                    .location();
            assertThat(location).startsWith(shop("/auth_oauth/signin?error=access_denied"));
        }
        Browser nobody = new Browser(server.port());
        assertThat(nobody.get(question("token", shop("/auth_oauth/signin"), "")).location())
                .startsWith("/web/login?redirect=%2Foauth2%2Fauth%3F");
    }

    @Test
    void callsOfProgramsAreServedOnEveryHost() throws Exception {
        Browser program = new Browser(server.port());
        for (String host : new String[] {MAIN, SHOP, "127.0.0.1", "unknown.example"}) {
            Browser.Answer version = program.raw("POST /xmlrpc/2/common HTTP/1.1\r\nHost: " + host + ":" + server.port()
                    + "\r\nConnection: close\r\nContent-Length: 57\r\n\r\n"
                    + "<methodCall><methodName>version</methodName></methodCall>");
            assertThat(version.status()).describedAs(host).isEqualTo(200);
            assertThat(version.body()).contains("server_version");
        }
    }
}
