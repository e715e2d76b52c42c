// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationId;
import dev.allotment.OperationKind;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.UserId;
import dev.allotment.access.ApiKeyScope;
import dev.allotment.access.NewApiKey;
import dev.allotment.micrometer.SaasMetrics;
import dev.allotment.springboot.app.InvoiceApplication;
import dev.allotment.springboot.app.Notices;
import dev.allotment.springboot.app.Traces;
import dev.allotment.tenant.TenantDataSources;
import dev.allotment.test.Browser;
import dev.allotment.test.Browser.Answer;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/** An application as in the guide, with a web server, JPA and the actuator, as its customers see it. */
final class RunningApplicationTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final String OPERATOR = "Authorization: Basic b3BlcmF0b3I6c2VjcmV0\r\n";

    private static ConfigurableApplicationContext context;
    private static int port;
    private static Saas saas;
    private static Browser anna;
    private static Browser ben;

    @BeforeAll
    static void start() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        context = SpringApplication.run(
                InvoiceApplication.class,
                "--server.port=" + port,
                "--spring.main.banner-mode=off",
                "--logging.level.root=warn",
                "--allotment.backend=h2",
                "--allotment.settings.memory=true",
                "--allotment.administrator.password=admin",
                "--allotment.web.tenants.allow-anonymous=/open",
                "--spring.jooq.sql-dialect=h2",
                "--management.endpoint.health.show-details=always",
                "--management.endpoints.web.exposure.include=health,allotment");
        saas = context.getBean(Saas.class);
        anna = customer("anna");
        ben = customer("ben");
    }

    @AfterAll
    static void stop() {
        context.close();
        assertThat(context.getBeanFactory().getSingletonCount()).isZero();
    }

    private static String portal(String path) {
        return "http://portal.localhost:" + port + path;
    }

    private static String at(String tenant, String path) {
        return "http://" + tenant + ".portal.localhost:" + port + path;
    }

    /** Signs up in the portal, starts a database, and opens it. */
    private static Browser customer(String name) throws IOException {
        Browser browser = new Browser(port);
        Map<String, String> form = Browser.form(browser.get(portal("/web/signup")));
        form.putAll(Map.of("name", name, "login", name + "@example.com", "password", "a long password"));
        assertThat(browser.post(portal("/web/signup"), form, "Origin: " + portal(""))
                        .status())
                .isEqualTo(303);
        Answer start = browser.get(portal("/my/start"));
        assertThat(start.status()).isEqualTo(200);
        form = Browser.form(start);
        form.put("label", name);
        Answer started = browser.post(portal("/my/start"), form, "Origin: " + portal(""));
        assertThat(started.location()).startsWith("/my/start/");
        String number = started.location().replaceAll("\\D*(\\d+).*", "$1");
        saas.operations().await(new OperationId(Long.parseLong(number)), PATIENCE);
        Answer progress = browser.get(portal(started.location()));
        String open = progress.page().select("form[action*=open]").attr("action");
        Answer opened = browser.post(portal(open), Browser.form(progress), "Origin: " + portal(""));
        assertThat(opened.location()).startsWith(at(name, "/saas_client/"));
        assertThat(browser.visit(opened.location()).body()).isEqualTo("home of " + name + ", logged as " + name);
        return browser;
    }

    @Test
    void eachCustomerSeesOnlyTheEntitiesInTheirOwnDatabase() throws IOException {
        assertThat(anna.get(at("anna", "/add?title=apples")).body()).isEqualTo("added to 1 in one transaction");
        assertThat(ben.get(at("ben", "/add?title=books")).body()).isEqualTo("added to 1 in one transaction");
        assertThat(anna.get(at("anna", "/titles")).body()).isEqualTo("apples");
        assertThat(ben.get(at("ben", "/titles")).body()).isEqualTo("books");
        assertThat(ben.get(at("anna", "/titles")).status()).isEqualTo(303);

        assertThat(anna.get(at("anna", "/later")).body()).isEqualTo("apples");
        assertThat(anna.get(at("anna", "/of?tenant=ben")).body()).isEqualTo("apples|books|apples");
        assertThat(anna.get(at("anna", "/of-in-transaction?tenant=ben")).body())
                .startsWith("refused: The thread is in a transaction");
        assertThat(context.getBean(TenantDataSources.class).acquiredConnections())
                .isZero();
    }

    @Test
    void myBatisAndJooqWorkInTheDatabaseAndTheTransactionOfTheTenant() throws IOException {
        assertThat(context.getBean(DSLContext.class).dialect()).isEqualTo(SQLDialect.H2);
        assertThat(anna.get(at("anna", "/remark?text=good&commit=true")).body()).isEqualTo("2 [good, good by jOOQ]");
        assertThat(anna.get(at("anna", "/remark?text=lost&commit=false")).body())
                .as("rolled back")
                .isEqualTo("4 [good, good by jOOQ]");
        assertThat(ben.get(at("ben", "/remark?text=lost&commit=false")).body())
                .as("not what the mapper has read for anna")
                .isEqualTo("2 []");
        assertThat(ben.get(at("ben", "/remark-of?tenant=anna")).body()).isEqualTo("[] [good, good by jOOQ]");
    }

    @Test
    void servesThePortalAtItsHostAndTheApplicationAtThoseOfTenants() throws IOException {
        Browser stranger = new Browser(port);
        assertThat(stranger.get(portal("/")).location()).isEqualTo("/web/login");
        assertThat(stranger.get(at("anna", "/")).location()).isEqualTo("/web/login");
        assertThat(stranger.get("http://nothing.portal.localhost:" + port + "/").status())
                .isEqualTo(404);
        assertThat(anna.get(at("anna", "/my")).body()).contains("Whitelabel", "status=404");
        String call = """
                {"jsonrpc":"2.0","method":"call","params":{"service":"common","method":"version","args":[]},"id":1}""";
        for (String host : List.of("anna.portal.localhost", "127.0.0.1")) {
            assertThat(stranger.raw("POST /jsonrpc HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: "
                                    + call.length() + "\r\nHost: " + host + "\r\nConnection: close\r\n\r\n" + call)
                            .body())
                    .contains("server_version");
        }
    }

    @Test
    void programsFollowTheProgressOfAnOperation() throws IOException {
        try (GenericApplicationContext child = new GenericApplicationContext(context)) {
            child.refresh();
        } // ends no streams of its parent
        String key = saas.actingAs(new UserId(2))
                .apiKeys()
                .create(new NewApiKey("progress", ApiKeyScope.EVERYTHING, null))
                .secret();
        long operation = saas.operations()
                .list(Query.where(Filter.equal(Operation.KIND, OperationKind.CREATE_TENANT)))
                .get(0)
                .id()
                .value();

        Answer stream = atAddress(
                "GET /api/v1/operations/" + operation + "/events HTTP/1.1\r\nAuthorization: Bearer " + key + "\r\n");

        assertThat(stream.status()).as(stream.body()).isEqualTo(200);
        assertThat(stream.header("Content-Type")).startsWith("text/event-stream");
        assertThat(stream.body()).contains("id: ", "data: {\"state\":\"done\"");
    }

    @Test
    void tellsListenersThatUseTheControlPlane() throws InterruptedException {
        assertThat(context.getBean(Notices.class).created.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .matches("anna|ben");
    }

    @Test
    void springSecurityKnowsTheMemberAndDecides() throws IOException {
        String boss = anna.get(at("anna", "/me")).body();
        assertThat(boss).matches("\\S+ of anna truefalse");
        assertThat(ben.get(at("ben", "/me")).body()).contains(" of ben ");
        assertThat(anna.get(at("anna", "/me-later")).body()).isEqualTo(boss.replaceAll(" .*", ""));
        assertThat(anna.get(at("anna", "/rights")).body()).isEqualTo("for managers");
        assertThat(anna.get(at("anna", "/settings")).status()).isEqualTo(403);
        assertThat(anna.get(at("anna", "/system")).status()).isEqualTo(403);

        assertThat(anna.post(at("anna", "/change"), Map.of(), "Origin: " + at("anna", ""))
                        .body())
                .as("the tenants' filter has checked the origin")
                .isEqualTo("changed");
        assertThat(anna.post(at("anna", "/change"), Map.of(), "Origin: " + at("ben", ""))
                        .status())
                .isEqualTo(403);
        assertThat(atAddress("GET /change HTTP/1.1\r\n" + OPERATOR).status())
                .as("GET is not mapped")
                .isEqualTo(405);
        assertThat(atAddress("POST /change HTTP/1.1\r\nContent-Length: 0\r\n" + OPERATOR)
                        .status())
                .as("elsewhere, Spring Security wants its token, and shows its error page to operators only")
                .isEqualTo(401);
    }

    @Test
    void noSessionOfSpringSecurityIsValidAtAnotherHost() throws IOException {
        anna.get(at("anna", "/me"));
        String session = anna.cookie("anna.portal.localhost", "JSESSIONID");
        assertThat(session).isNotEmpty();
        assertThat(atAddress("GET /me HTTP/1.1\r\nCookie: JSESSIONID=" + session + "\r\n")
                        .status())
                .as("a member is no operator")
                .isEqualTo(401);
        ben.get(at("ben", "/me"));
        ben.setCookie("ben.portal.localhost", "JSESSIONID", session, "/");
        assertThat(ben.get(at("ben", "/me")).body()).contains(" of ben ");

        Answer operator = atAddress("GET /me HTTP/1.1\r\n" + OPERATOR);
        assertThat(operator.body()).isEqualTo("other: operator");
        String stored = operator.header("Set-Cookie").replaceAll("(?s).*JSESSIONID=(\\w+).*", "$1");
        assertThat(atAddress("GET /me HTTP/1.1\r\nCookie: JSESSIONID=" + stored + "\r\n")
                        .body())
                .as("the session of an operator")
                .isEqualTo("other: operator");
        ben.setCookie("ben.portal.localhost", "JSESSIONID", stored, "/");
        assertThat(ben.get(at("ben", "/me")).body()).contains(" of ben ");
        Browser stranger = new Browser(port);
        stranger.setCookie("ben.portal.localhost", "JSESSIONID", stored, "/");
        assertThat(stranger.get(at("ben", "/open")).body())
                .as("a path that needs no sign-in")
                .isEqualTo("other: null");
        assertThat(stranger.get(at("ben", "/me")).location()).startsWith("/web/login");
    }

    /** Sends a request to the address of the server, at which no tenant is. */
    private static Answer atAddress(String head) throws IOException {
        return new Browser(port).raw(head + "Host: 127.0.0.1\r\nConnection: close\r\n\r\n");
    }

    @Test
    void showsTheStateOfTheControlPlaneToOperators() throws IOException {
        assertThat(anna.get(at("anna", "/actuator/allotment"), "Accept: application/json")
                        .status())
                .as("the paths of the actuator are paths of the application")
                .isEqualTo(200);
        Answer state = atAddress("GET /actuator/allotment HTTP/1.1\r\n" + OPERATOR);
        assertThat(state.status()).isEqualTo(200);
        assertThat(state.body())
                .contains("\"health\":{\"up\":true,\"details\":{\"catalog\":\"up\",\"maintenance\":\"up\"}}")
                .contains("\"open\":2")
                .contains("\"nodes\":[{")
                .contains("\"name\":\"default\"")
                .contains("\"listener\":\"notices\"")
                .doesNotContain("anna", "ben", "example.com", "password", "settings", "jdbc:");
    }

    @Test
    void namesTheTenantInTracesButNotInMetrics() throws IOException {
        Traces traces = context.getBean(Traces.class);
        traces.take();
        assertThat(anna.get(at("anna", "/observed?tenant=ben")).status()).isEqualTo(200);
        atAddress("GET /actuator/health HTTP/1.1\r\n");
        List<String> seen = new ArrayList<>();
        await(() -> {
            seen.addAll(traces.take());
            return seen.contains("http.server.requests ");
        });
        assertThat(seen).contains("work ben", "http.server.requests anna");
        assertThat(context.getBean(MeterRegistry.class).getMeters())
                .filteredOn(each -> List.of("work", "http.server.requests")
                        .contains(each.getId().getName()))
                .isNotEmpty()
                .allMatch(each -> each.getId().getTag("tenant") == null);
    }

    /** An observation ends after the response was sent. */
    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(end);
            Thread.onSpinWait();
        }
    }

    @Test
    void showsHealthAndMetrics() throws IOException {
        Answer health = atAddress("GET /actuator/health HTTP/1.1\r\n");
        assertThat(health.status()).isEqualTo(200);
        assertThat(health.body())
                .as("in the order of Spring Boot 4 or 3")
                .containsAnyOf(
                        "\"allotment\":{\"details\":{\"catalog\":\"up\",\"maintenance\":\"up\"},\"status\":\"UP\"}",
                        "\"allotment\":{\"status\":\"UP\",\"details\":{\"catalog\":\"up\",\"maintenance\":\"up\"}}")
                .containsAnyOf("\"db\":{\"details\":{\"", "\"db\":{\"status\":\"UP\",\"details\":{\"");
        anna.get(at("anna", "/titles"));
        assertThat(context.getBean(MeterRegistry.class)
                        .get("allotment.tenant.pools")
                        .gauge()
                        .value())
                .isPositive();
        context.getBean(SaasMetrics.class).refresh();
        assertThat(context.getBean(MeterRegistry.class)
                        .get("allotment.tenants")
                        .tag("state", "open")
                        .gauge()
                        .value())
                .isEqualTo(2);
        assertThat(saas.health().up()).isTrue();
    }
}
