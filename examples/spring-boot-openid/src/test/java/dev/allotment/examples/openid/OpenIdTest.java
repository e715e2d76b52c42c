// SPDX-License-Identifier: Apache-2.0
package dev.allotment.examples.openid;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreateTenant;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SignUp;
import dev.allotment.User;
import dev.allotment.access.Member;
import dev.allotment.access.Members;
import dev.allotment.access.NewMember;
import dev.allotment.test.Browser;
import dev.allotment.test.Browser.Answer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** A provider and the application run, and persons sign in as with a browser. */
final class OpenIdTest {
    private static final String BEN = "ben@example.com";
    private static final String EVA = "eva@example.com";
    private static final String STRANGER = "stranger@example.com";
    private static final String COOKIE = "__Host-signin";
    private static final String CODE = "/login/oauth2/code/staff";

    private static int providerPort;
    private static int port;
    private static ConfigurableApplicationContext provider;
    private static ConfigurableApplicationContext application;
    private static Saas saas;

    @BeforeAll
    static void start() throws IOException {
        providerPort = freePort();
        port = freePort();
        String issuer = "http://127.0.0.1:" + providerPort;
        provider = SpringApplication.run(
                Provider.class,
                "--server.port=" + providerPort,
                "--spring.config.location=optional:classpath:/provider.properties",
                "--spring.main.banner-mode=off",
                "--logging.level.root=warn",
                "--issuer=" + issuer,
                "--persons=" + String.join(",", BEN, EVA, STRANGER, Provider.UNVERIFIED + BEN),
                "--redirect-uris=" + at("anna", CODE) + "," + at("dora", CODE));
        application = SpringApplication.run(
                OpenIdExample.class,
                "--server.port=" + port,
                "--spring.main.banner-mode=off",
                "--logging.level.root=warn",
                "--allotment.settings.memory=true",
                "--allotment.settings.path=",
                "--server.servlet.session.cookie.name=" + COOKIE,
                "--server.servlet.session.cookie.secure=true",
                "--CLIENT_SECRET=the secret of the client",
                "--spring.security.oauth2.client.provider.staff.issuer-uri=" + issuer);
        saas = application.getBean(Saas.class);
        tenant("anna").create(NewMember.builder(BEN, "Ben").build());
        tenant("dora").create(NewMember.builder(EVA, "Eva").build());
    }

    @AfterAll
    static void stop() {
        application.close();
        provider.close();
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    private static Members tenant(String name) {
        User owner = saas.accounts()
                .signUp(SignUp.builder(name + "@example.com", name, "a password")
                        .build());
        Plan plan = saas.plans().list(Query.all()).get(0);
        saas.tenants().create(CreateTenant.onPlan(plan).owner(owner).name(name).build());
        return saas.database(name).members();
    }

    private static String at(String tenant, String path) {
        return "http://" + tenant + ".portal.localhost:" + port + path;
    }

    /** Starts at the application, signs in at the provider, and returns the address that the provider redirects to. */
    private static String answerOfTheProvider(Browser browser, String tenant, String person) throws IOException {
        String link = browser.get(at(tenant, "/web/login"))
                .page()
                .select("a:contains(Sign in with Example)")
                .attr("href");
        String question = browser.get(at(tenant, link)).location();
        Browser there = new Browser(providerPort);
        URI login = URI.create(question).resolve(there.get(question).location());
        Map<String, String> form = Browser.form(there.get(login.toString()));
        form.put("username", person);
        form.put("password", "secret");
        Answer signedIn = there.post(login.toString(), form);
        return there.get(login.resolve(signedIn.location()).toString()).location();
    }

    private static Answer signIn(Browser browser, String tenant, String person) throws IOException {
        String answer = answerOfTheProvider(browser, tenant, person);
        assertThat(answer).startsWith(at(tenant, CODE)).contains("code=");
        return browser.get(answer);
    }

    private static void assertRefused(Browser browser, Answer answer, String tenant) throws IOException {
        assertThat(answer.status()).isEqualTo(403);
        assertThat(browser.cookie(tenant + ".portal.localhost", "session_id")).isEmpty();
        assertThat(browser.get(at(tenant, "/")).location()).isEqualTo("/web/login");
    }

    @Test
    void aMemberWorksInItsTenant() throws IOException {
        Browser ben = new Browser(port);
        assertThat(ben.get(at("anna", "/")).location()).isEqualTo("/web/login");
        Answer entered = signIn(ben, "anna", BEN);
        assertThat(entered.status()).isEqualTo(302);
        assertThat(URI.create(at("anna", "/")).resolve(entered.location())).hasToString(at("anna", "/"));
        assertThat(ben.get(at("anna", "/")).body()).isEqualTo(BEN + " of anna");
    }

    @Test
    void aMemberOfAnotherTenantIsAStranger() throws IOException {
        for (String person : List.of(STRANGER, EVA)) {
            Browser browser = new Browser(port);
            assertRefused(browser, signIn(browser, "anna", person), "anna");
        }
    }

    @Test
    void anAddressThatTheProviderHasNotVerifiedIsNotTrusted() throws IOException {
        Browser browser = new Browser(port);
        assertRefused(browser, signIn(browser, "anna", Provider.UNVERIFIED + BEN), "anna");
    }

    @Test
    void aMemberThatIsNotActiveIsRefused() throws IOException {
        Members members = saas.database("dora").members();
        Member eva = members.findByLogin(EVA).orElseThrow();
        members.update(eva.id(), each -> each.toBuilder().active(false).build());
        Browser browser = new Browser(port);
        assertRefused(browser, signIn(browser, "dora", EVA), "dora");
        members.update(eva.id(), each -> each.toBuilder().active(true).build());
        signIn(browser, "dora", EVA);
        assertThat(browser.get(at("dora", "/")).body()).isEqualTo(EVA + " of dora");
    }

    @Test
    void anAnswerIsValidInTheBrowserThatAskedOnlyAndOnce() throws IOException {
        Browser ben = new Browser(port);
        String answer = answerOfTheProvider(ben, "anna", BEN);
        Browser victim = new Browser(port);
        assertRefused(victim, victim.get(answer), "anna");
        assertThat(ben.get(answer).status()).isEqualTo(302);
        assertThat(ben.get(answer).status()).isEqualTo(403);
    }

    @Test
    void theSessionOfSpringSecurityIsValidNowhere() throws IOException {
        Browser ben = new Browser(port);
        assertThat(ben.get(at("anna", "/oauth2/authorization/staff")).header("set-cookie"))
                .startsWith(COOKIE + "=")
                .contains("Path=/;", "Secure", "HttpOnly")
                .doesNotContain("Domain");
        signIn(ben, "anna", BEN);
        String session = ben.cookie("anna.portal.localhost", COOKIE);
        assertThat(session).isNotEmpty();
        Browser elsewhere = new Browser(port);
        elsewhere.setCookie("127.0.0.1", COOKIE, session);
        assertThat(elsewhere.get("http://127.0.0.1:" + port + "/anything").status())
                .isEqualTo(403);
        elsewhere.setCookie("dora.portal.localhost", COOKIE, session);
        assertThat(elsewhere.get(at("dora", "/")).location()).isEqualTo("/web/login");
    }

    @Test
    void thePageShowsThisExample() throws IOException {
        String page = withoutIndentation(Files.readString(Path.of("..", "..", "docs", "spring-boot.md")));
        String code = withoutIndentation(Files.readString(
                Path.of("src", "main", "java", "dev", "allotment", "examples", "openid", "SignInWithOpenId.java")));
        assertThat(page).contains(code.substring(code.indexOf("@Configuration")));
        try (Stream<String> lines = Files.lines(Path.of("src", "main", "resources", "application.properties"))) {
            assertThat(page)
                    .contains(lines.filter(line -> line.matches("spring.*|allotment.web.*"))
                            .collect(Collectors.joining("\n")));
        }
    }

    private static String withoutIndentation(String text) {
        return text.replaceAll("(?m)^ +", "");
    }
}
