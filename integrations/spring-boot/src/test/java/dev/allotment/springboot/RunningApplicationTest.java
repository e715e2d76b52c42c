// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.OperationId;
import dev.allotment.Saas;
import dev.allotment.micrometer.SaasMetrics;
import dev.allotment.springboot.app.InvoiceApplication;
import dev.allotment.springboot.app.Notices;
import dev.allotment.tenant.TenantDataSources;
import dev.allotment.test.Browser;
import dev.allotment.test.Browser.Answer;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** An application as in the guide, with a web server, JPA and the actuator, as its customers see it. */
final class RunningApplicationTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

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
                "--management.endpoint.health.show-details=always",
                "--management.endpoints.web.exposure.include=health");
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
    void servesThePortalAtItsHostAndTheApplicationAtThoseOfTenants() throws IOException {
        Browser stranger = new Browser(port);
        assertThat(stranger.get(portal("/")).location()).isEqualTo("/web/login");
        assertThat(stranger.get(at("anna", "/")).location()).isEqualTo("/web/login");
        assertThat(stranger.get("http://nothing.portal.localhost:" + port + "/").status())
                .isEqualTo(404);
        assertThat(anna.get(at("anna", "/my")).body()).contains("Whitelabel", "status=404");
        assertThat(stranger.post(at("anna", "/jsonrpc"), Map.of()).status()).isNotEqualTo(303);
    }

    @Test
    void tellsListenersThatUseTheControlPlane() throws InterruptedException {
        assertThat(context.getBean(Notices.class).created.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .matches("anna|ben");
    }

    @Test
    void showsHealthAndMetrics() throws IOException {
        Answer health =
                new Browser(port).raw("GET /actuator/health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
        assertThat(health.status()).isEqualTo(200);
        assertThat(health.body())
                .as("in the order of Spring Boot 4 or 3")
                .containsAnyOf(
                        "\"allotment\":{\"details\":{\"catalog\":\"up\",\"upkeep\":\"up\"},\"status\":\"UP\"}",
                        "\"allotment\":{\"status\":\"UP\",\"details\":{\"catalog\":\"up\",\"upkeep\":\"up\"}}")
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
