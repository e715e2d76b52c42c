// SPDX-License-Identifier: Apache-2.0
package dev.allotment.examples.springboot;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.allotment.CreateTenant;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SignUp;
import dev.allotment.User;
import dev.allotment.access.Member;
import dev.allotment.test.Browser;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.xmlrpc.client.XmlRpcClient;
import org.apache.xmlrpc.client.XmlRpcClientConfigImpl;
import org.h2.Driver;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.servlet.context.ServletWebServerApplicationContext;

final class SpringBootExampleTest {
    private static final String MAIN = "portal.localhost";
    private static final String JSON = "Accept: application/json";

    @Test
    void servesTenantsOverXmlRpcOnH2() throws Exception {
        assertThat(new Driver().getMinorVersion()).isEqualTo(3);
        serves("--allotment.backend=h2", "--allotment.settings.memory=true");
    }

    @Test
    void servesTenantsOverXmlRpcOnPostgres() throws Exception {
        assertThat(org.postgresql.Driver.class.getPackage().getImplementationVersion())
                .isEqualTo("42.7.8");
        assertThat(HikariDataSource.class.getProtectionDomain().getCodeSource().getLocation())
                .asString()
                .contains("HikariCP-6.");
        try (EmbeddedPostgres postgres =
                EmbeddedPostgres.builder().setServerConfig("fsync", "off").start()) {
            serves(
                    "--allotment.backend=postgres",
                    "--allotment.settings.url=jdbc:postgresql://localhost:" + postgres.getPort() + "/postgres",
                    "--allotment.settings.user=postgres");
        }
    }

    private static void serves(String... settings) throws Exception {
        List<String> arguments = new ArrayList<>(List.of(settings));
        arguments.addAll(List.of(
                "--spring.config.location=classpath:/test.properties",
                "--server.port=0",
                "--spring.main.banner-mode=off",
                "--logging.level.root=warn",
                "--allotment.administrator.password=admin"));
        try (var context = (ServletWebServerApplicationContext)
                SpringApplication.run(SpringBootExample.class, arguments.toArray(String[]::new))) {
            int port = context.getWebServer().getPort();
            Saas saas = context.getBean(Saas.class);

            keepsInvoicesApart(port, saas);
            lives(port, saas);
            HttpResponse<String> page = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/web/login"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(page.statusCode()).isEqualTo(200);
            assertThat(page.body()).contains("<form").contains("name=\"password\"");
            assertThat(exchange(port, "GET /actuator/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 200")
                    .contains(
                            "\"allotment\":{\"status\":\"UP\",\"details\":{\"catalog\":\"up\",\"maintenance\":\"up\"}}")
                    .contains("\"db\":{\"status\":\"UP\",\"details\":{\"");
            refusesWhatIsMalformed(port);
        }
    }

    private static void keepsInvoicesApart(int port, Saas saas) throws IOException {
        Browser anna = customer(port, saas, "anna");
        Browser ben = customer(port, saas, "ben");
        String annas = "http://anna.portal.localhost:" + port + "/";
        String bens = "http://ben.portal.localhost:" + port + "/";
        assertThat(anna.post(annas, Map.of("title", "apples"), JSON).body())
                .contains("{\"id\":1,\"title\":\"apples\"}");
        assertThat(anna.get(annas, JSON).body()).contains("[{\"id\":1,\"title\":\"apples\"}]");
        assertThat(ben.get(bens, JSON).body()).contains("[]");
        assertThat(ben.get(annas).status()).isEqualTo(303);
    }

    /** Signs a customer up, starts a database, and follows its sign-in link. */
    private static Browser customer(int port, Saas saas, String name) throws IOException {
        User user = saas.accounts()
                .signUp(SignUp.builder(name + "@example.com", name, "a password")
                        .build());
        Plan plan = saas.plans().list(Query.all()).get(0);
        URI link = saas.tenants()
                .create(CreateTenant.onPlan(plan).owner(user).name(name).build())
                .signInLink()
                .url();
        Browser browser = new Browser(port);
        browser.get("http://" + link.getHost() + ":" + port + link.getRawPath() + "?" + link.getRawQuery());
        return browser;
    }

    /** As on the project's own server, although Tomcat reads forms in another way. */
    private static void refusesWhatIsMalformed(int port) throws IOException {
        String form = "application/x-www-form-urlencoded";
        assertThat(post(port, form, "form=%ff")).startsWith("HTTP/1.1 400");
        assertThat(post(port, form, "form=%")).startsWith("HTTP/1.1 400");
        assertThat(post(port, form, "form=" + "x".repeat(300_000))).startsWith("HTTP/1.1 413");
        assertThat(post(port, form, "a=b&".repeat(2000))).startsWith("HTTP/1.1 400");
        assertThat(post(port, form + "; charset=nope", "form=a")).startsWith("HTTP/1.1 415");
        assertThat(exchange(port, "GET /web/login?redirect=% HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 400");
        assertThat(exchange(
                        port,
                        "GET /my HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nCookie: session_id=\"x\r\n\r\n"))
                .startsWith("HTTP/1.1 303");
    }

    private static String post(int port, String type, String body) throws IOException {
        return exchange(
                port,
                "POST /web/login HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: " + type
                        + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
    }

    private static String exchange(int port, String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static void lives(int port, Saas saas) throws Exception {
        assertThat(client(port, "/xmlrpc/2/common")
                        .execute("authenticate", new Object[] {MAIN, "admin", "admin", Map.of()}))
                .isEqualTo(2);
        Object plan = call(port, "saas_portal.plan", "create", List.of(Map.of("name", "Shop")), Map.of());
        call(port, "saas_portal.plan", "create_template", List.of(plan), Map.of());
        Map<?, ?> made = (Map<?, ?>)
                call(port, "saas_portal.plan", "create_new_database", List.of(plan), Map.of("dbname", "one"));
        List<?> id = List.of(made.get("id"));
        assertThat(saas.database("one").members().list(Query.all()))
                .extracting(Member::owner)
                .containsExactlyInAnyOrder(false, true);

        call(port, "saas_portal.client", "rename_database", List.of(id, "two"), Map.of());
        call(port, "saas_portal.client", "duplicate_database", List.of(id), Map.of("dbname", "three"));
        call(port, "saas_portal.client", "delete_database", List.of(id), Map.of());

        Object[] left = (Object[])
                call(port, "saas_portal.client", "search_read", List.of(List.of()), Map.of("fields", List.of("name")));
        assertThat(Stream.of(left).map(each -> String.valueOf(((Map<?, ?>) each).get("name"))))
                .containsExactlyInAnyOrder("anna", "ben", "three");
    }

    private static Object call(int port, String model, String method, List<?> arguments, Map<String, ?> named)
            throws Exception {
        return client(port, "/xmlrpc/2/object")
                .execute("execute_kw", new Object[] {MAIN, 2, "admin", model, method, arguments, named});
    }

    private static XmlRpcClient client(int port, String path) throws Exception {
        XmlRpcClientConfigImpl config = new XmlRpcClientConfigImpl();
        config.setServerURL(URI.create("http://127.0.0.1:" + port + path).toURL());
        XmlRpcClient client = new XmlRpcClient();
        client.setConfig(config);
        return client;
    }
}
