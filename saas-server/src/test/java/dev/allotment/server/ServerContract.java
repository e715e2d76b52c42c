// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static dev.allotment.server.OdooClient.MAIN;
import static dev.allotment.server.OdooClient.list;
import static dev.allotment.server.OdooClient.struct;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.abercap.odoo.FilterCollection;
import com.abercap.odoo.ObjectAdapter;
import com.abercap.odoo.Row;
import com.abercap.odoo.RowCollection;
import dev.allotment.server.command.CommandLineArguments;
import dev.allotment.server.setting.StartFailure;
import dev.allotment.test.Browser;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.apache.xmlrpc.XmlRpcException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What callers see on any backend: over real HTTP, with an independent client library. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ServerContract {
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private static final String MASTER = "a master password";

    private RunningServer server;
    private OdooClient client;
    private OdooClient.Session admin;

    /** Chooses the backend. */
    abstract List<String> backend() throws Exception;

    /** Whether a dump that this server did not make can be restored. */
    abstract boolean restoresForeignDumps();

    @BeforeAll
    void start() throws Exception {
        List<String> arguments = new ArrayList<>(backend());
        arguments.addAll(List.of("--master-password", MASTER));
        server = start(arguments);
        client = new OdooClient(server.port());
        admin = client.session(MAIN, "admin", "admin");
    }

    @AfterAll
    void stop() {
        server.close();
    }

    /** As {@code saas demo} on a free port, with cheap passwords. */
    static RunningServer start(List<String> arguments) throws StartFailure {
        List<String> line = new ArrayList<>(List.of(
                "demo",
                "--demo-customers",
                "false",
                "--port",
                "0",
                "--metrics-port",
                "0",
                "--password-rounds",
                "1000",
                "--node",
                "test"));
        line.addAll(arguments);
        return SaasServer.start(Map.of(), CommandLineArguments.parse("test", line.toArray(new String[0])));
    }

    @Test
    void theSeedScriptSucceeds() throws Exception {
        String login = login();
        String password = "Client Password";
        assertThat(list(admin.execute(
                        "res.users", "signup", Map.of("login", login, "name", "Client Name", "password", password))))
                .containsExactly(login, password);
        Object uid = client.authenticate(MAIN, login, password);
        assertThat(uid).isInstanceOf(Integer.class);

        HttpResponse<String> session = post(
                "/web/session/authenticate",
                "{\"jsonrpc\": \"2.0\", \"method\": \"call\", \"params\": {\"db\": \"" + MAIN + "\", \"login\": \""
                        + login + "\", \"password\": \"" + password + "\"}}");
        assertThat(session.body()).contains("\"uid\":" + uid).contains("\"session_id\":\"");
        assertThat(session.headers().firstValue("set-cookie").orElseThrow())
                .contains("session_id=", "HttpOnly", "SameSite=Lax", "Path=/")
                .doesNotContain("Secure");

        Map<String, Object> created = struct(admin.executeKw(
                "saas_portal.plan", "create_new_database", List.of(1), Map.of("dbname", false, "user_id", uid)));
        Map<String, Object> row = read(created.get("id"), "name", "state", "user_id", "max_users");
        String name = (String) row.get("name");
        assertThat(name).matches("client-\\d{3,}\\.localhost");
        assertThat(row).containsEntry("state", "open");
        assertThat(list(row.get("user_id"))).startsWith(uid);
        assertThat((String) created.get("url"))
                .startsWith("http://" + name + ":" + server.port() + "/saas_client/new_database?access_token=");
        assertThat(UUID.fromString((String) created.get("client_id"))).isNotNull();

        assertThat(admin.execute("saas.config", "do_upgrade_database", configuration(), created.get("id")))
                .isEqualTo("{\"" + name + "\": {\"access_owner_add\": [], \"access_remove\": []}}");
        assertThat(read(created.get("id"), "max_users")).containsEntry("max_users", 10);
        assertThat(client.authenticate(name, login, password))
                .as("the portal's password in the tenant database")
                .isEqualTo(false);
        assertThatThrownBy(() -> admin.execute(
                        "res.users", "signup", Map.of("login", login, "name", "Client Name", "password", password)))
                .isInstanceOf(XmlRpcException.class)
                .hasMessage("Another user is already registered using this email address.");
    }

    @Test
    void aDatabaseIsDumpedAndRestored() throws Exception {
        client.call("db", "create_database", MASTER, "dumped.localhost", false, "en_US", "secret", "boss");
        OdooClient.Session boss = client.session("dumped.localhost", "boss", "secret");
        boss.execute("ir.config_parameter", "set_param", "shop.setting", "kept");
        boss.execute("res.users", "create", Map.of("login", "clerk", "name", "Clerk", "password", "clerk secret"));

        String dump = (String) client.call("db", "dump", MASTER, "dumped.localhost", "zip");

        byte[] archive = Base64.getDecoder().decode(dump);
        assertThat(client.call("db", "restore", MASTER, "restored.localhost", archive, true))
                .isEqualTo(true);
        assertThat(client.authenticate("restored.localhost", "clerk", "clerk secret"))
                .isEqualTo(client.authenticate("dumped.localhost", "clerk", "clerk secret"))
                .isNotEqualTo(false);
        OdooClient.Session restored = client.session("restored.localhost", "boss", "secret");
        assertThat(restored.execute("ir.config_parameter", "get_param", "shop.setting"))
                .isEqualTo("kept");
        assertThat(restored.execute("ir.config_parameter", "get_param", "database.uuid"))
                .isNotEqualTo(boss.execute("ir.config_parameter", "get_param", "database.uuid"));
        assertThat(post(
                                "/jsonrpc",
                                "{\"params\": {\"service\": \"db\", \"method\": \"restore\", \"args\": [\"" + MASTER
                                        + "\", \"again.localhost\", \"" + dump + "\", false]}}")
                        .body())
                .contains("\"result\":true");

        byte[] foreign = unsealed(archive);
        if (restoresForeignDumps()) {
            assertThat(client.call("db", "restore", MASTER, "foreign.localhost", foreign))
                    .isEqualTo(true);
            assertThat(client.authenticate("foreign.localhost", "clerk", "clerk secret"))
                    .isNotEqualTo(false);
        } else {
            XmlRpcException refused = catchThrowableOfType(
                    XmlRpcException.class, () -> client.call("db", "restore", MASTER, "foreign.localhost", foreign));
            assertThat(refused.code).isEqualTo(2);
            assertThat(refused).hasMessageStartingWith("This control plane has not made this dump");
        }
        XmlRpcException damaged = catchThrowableOfType(
                XmlRpcException.class,
                () -> client.call(
                        "db", "restore", MASTER, "damaged.localhost", Arrays.copyOf(archive, archive.length / 2)));
        assertThat(damaged.code).isEqualTo(2);
        assertThat(list(client.call("db", "list"))).doesNotContain("damaged.localhost");
    }

    /** A dump as another control plane would make it, with another seal. */
    private static byte[] unsealed(byte[] archive) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipInputStream from = new ZipInputStream(new ByteArrayInputStream(archive));
                ZipOutputStream to = new ZipOutputStream(out)) {
            for (ZipEntry entry = from.getNextEntry(); entry != null; entry = from.getNextEntry()) {
                to.putNextEntry(new ZipEntry(entry.getName()));
                byte[] content = from.readAllBytes();
                to.write(
                        !entry.getName().equals("manifest.json")
                                ? content
                                : new String(content, StandardCharsets.UTF_8)
                                        .replace("dumped.localhost", "foreign.localhost")
                                        .getBytes(StandardCharsets.UTF_8));
            }
        }
        return out.toByteArray();
    }

    @Test
    void anApiKeyWorksInPlaceOfThePasswordUntilItIsRevoked() throws Exception {
        String key =
                (String) admin.execute("res.users.apikeys", "generate", "admin", "read-only", "Till", "2099-01-01");
        assertThat(client.authenticate(MAIN, "admin", key)).isEqualTo(admin.uid());
        OdooClient.Session session = client.session(MAIN, "admin", key);
        assertThat(session.values("res.users.apikeys", List.of(List.of("name", "=", "Till")), "scope"))
                .containsExactly("read-only");
        XmlRpcException refused = catchThrowableOfType(
                XmlRpcException.class,
                () -> session.execute("res.users", "write", List.of(admin.uid()), Map.of("name", "Eve")));
        assertThat(refused.code).isEqualTo(4);
        assertThat(post(
                                "/jsonrpc",
                                "{\"jsonrpc\": \"2.0\", \"method\": \"call\", \"params\": {\"service\": \"common\","
                                        + " \"method\": \"login\", \"args\": [\"" + MAIN + "\", \"admin\", \"" + key
                                        + "\"]}}")
                        .body())
                .contains("\"result\":" + admin.uid());

        assertThat(session.execute("res.users.apikeys", "revoke", key)).isEqualTo(true);

        assertThat(client.authenticate(MAIN, "admin", key)).isEqualTo(false);
    }

    @Test
    void addonsAreInstalledAndRemovedTogether() throws Exception {
        Object id = create(login());
        upgrade(id, Map.of("install_addons", List.of("point_of_sale")));

        XmlRpcException needed = catchThrowableOfType(
                XmlRpcException.class, () -> upgrade(id, Map.of("uninstall_addons", List.of("sale"))));
        assertThat(needed.code).isEqualTo(2);
        assertThat(needed).hasMessageContaining("point_of_sale").hasMessageContaining("sale");

        upgrade(id, Map.of("uninstall_addons", List.of("point_of_sale", "sale", "stock")));
        upgrade(id, Map.of("install_addons", List.of("sale", "point_of_sale", "stock", "access_settings_menu")));
    }

    @Test
    void aConfigurationThatFailsChangesNothing() throws Exception {
        Object id = create(login());

        XmlRpcException unknown = catchThrowableOfType(
                XmlRpcException.class,
                () -> upgrade(
                        id,
                        Map.of(
                                "install_addons", List.of("sale", "no_such_addon"),
                                "params", List.of(Map.of("key", "saas_client.max_users", "value", 7)))));

        assertThat(unknown.code).isEqualTo(2);
        assertThat(unknown).hasMessageContaining("no_such_addon");
        assertThat(read(id, "max_users")).containsEntry("max_users", 0);
    }

    static List<String> badNames() {
        return List.of("x\"; drop database y; --", "a".repeat(80), "Upper", MAIN, "-a", "a..b", "a b", "ä", "../x");
    }

    @ParameterizedTest
    @MethodSource("badNames")
    void aBadNameIsRefusedAndLeavesNothingBehind(String name) throws Exception {
        assertRefused(name);
    }

    void assertRefused(String name) throws Exception {
        List<Object> before = list(client.call("db", "list"));

        XmlRpcException refused = catchThrowableOfType(
                XmlRpcException.class,
                () -> admin.executeKw(
                        "saas_portal.plan",
                        "create_new_database",
                        List.of(1),
                        Map.of("dbname", name, "user_id", admin.uid())));

        assertThat(refused.code).as(refused.getMessage()).isEqualTo(2);
        assertThat(list(client.call("db", "list"))).isEqualTo(before);
        assertThat(admin.values("saas_portal.client", List.of(List.of("name", "=", name)), "name"))
                .isEmpty();
    }

    static List<String> badCalls() {
        String head = "<?xml version=\"1.0\"?>";
        String call = "<methodCall><methodName>version</methodName><params><param><value>";
        String end = "</value></param></params></methodCall>";
        return List.of(
                head
                        + call
                        + "<struct><member><name>a</name><value>".repeat(1000)
                        + "</value></member></struct>".repeat(1000)
                        + end,
                head + "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]>" + call + "&b;" + end,
                head + "<!DOCTYPE methodCall>" + call + "1" + end,
                head + call + "<ex:serializable xmlns:ex=\"http://ws.apache.org/xmlrpc/namespaces/extensions\">"
                        + "rO0ABQ==</ex:serializable>" + end,
                head + call + "<int>12x</int>" + end,
                (head + call + "1" + end).substring(0, 70),
                "{}",
                "");
    }

    @Test
    void theContentTypeOfJsonIsWrittenAsInTheContract() throws Exception {
        assertThat(post("/jsonrpc", "{}").headers().firstValue("content-type"))
                .hasValue("application/json; charset=utf-8");
    }

    @Test
    void anUnknownServiceIsAFault() throws Exception {
        HttpResponse<String> response =
                post("/xmlrpc/2/report", "<methodCall><methodName>version</methodName><params></params></methodCall>");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body())
                .containsPattern("<name>faultCode</name>\\s*<value><int>1</int></value>")
                .contains("Unknown service");
    }

    @ParameterizedTest
    @MethodSource("badCalls")
    void aBadCallIsAFaultAndTheServerKeepsRunning(String body) throws Exception {
        HttpResponse<String> response = post("/xmlrpc/2/common", body);

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-type").orElseThrow()).isEqualTo("text/xml; charset=utf-8");
        assertThat(response.headers().firstValue("content-length")).isPresent();
        assertThat(response.body())
                .containsPattern("<name>faultCode</name>\\s*<value><int>1</int></value>")
                .doesNotContain("Exception", "dev.allotment", "org.apache", "root:");
        assertThat(struct(client.call("common", "version"))).containsEntry("server_version", "17.0");
    }

    @Test
    void brokenGzipIsAFaultAndOtherCodingsAreRefused() throws Exception {
        HttpResponse<String> broken = post("/xmlrpc/2/common", "not compressed", "gzip");
        assertThat(broken.statusCode()).isEqualTo(200);
        assertThat(broken.body())
                .containsPattern("<name>faultCode</name>\\s*<value><int>1</int></value>")
                .contains("not valid gzip");

        assertThat(post("/xmlrpc/2/common", "x", "br").statusCode()).isEqualTo(415);
        assertThat(post("/jsonrpc", "not compressed", "gzip").statusCode()).isEqualTo(400);
    }

    @Test
    void aLoginOfTenMegabytesIsTooMuch() throws Exception {
        HttpResponse<String> response = post(
                "/xmlrpc/2/common",
                "<methodCall><methodName>authenticate</methodName><params><param><value>" + MAIN
                        + "</value></param><param><value>" + "a".repeat(10_000_000)
                        + "</value></param></params></methodCall>");

        assertThat(response.statusCode()).isEqualTo(413);
        assertThat(client.authenticate(MAIN, "admin", "admin")).isEqualTo(admin.uid());
    }

    @Test
    void aLoginOfFourMegabytesIsJustUnknown() throws Exception {
        assertThat(client.authenticate(MAIN, "a".repeat(4_000_000), "x")).isEqualTo(false);
    }

    @Test
    void aWrongPasswordIsDeniedWithEveryCall() throws Exception {
        assertThat(client.authenticate(MAIN, "admin", "wrong")).isEqualTo(false);
        assertThat(client.authenticate(MAIN, "nobody", "admin")).isEqualTo(false);

        XmlRpcException denied = catchThrowableOfType(
                XmlRpcException.class,
                () -> client.call(
                        "object", "execute_kw", MAIN, admin.uid(), "wrong", "res.users", "search", List.of()));

        assertThat(denied.code).isEqualTo(3);
        assertThat(denied).hasMessage("Access Denied");
    }

    @Test
    void aPortalUserSeesItsOwnDatabasesOnly() throws Exception {
        String login = login();
        Object own = create(login);
        create(login());

        OdooClient.Session user = client.session(MAIN, login, "pw");

        assertThat(user.values("saas_portal.client", List.of(), "id")).containsExactly(own);
        XmlRpcException denied = catchThrowableOfType(
                XmlRpcException.class, () -> user.execute("ir.config_parameter", "get_param", "database.uuid"));
        assertThat(denied.code).isEqualTo(4);
    }

    @Test
    void aLibraryWrittenForOdooWorksUnchanged() throws Exception {
        com.abercap.odoo.Session odoo =
                new com.abercap.odoo.Session("127.0.0.1", server.port(), MAIN, "admin", "admin");
        odoo.startSession();
        assertThat(odoo.getServerVersion().getMajor()).isEqualTo(17);
        assertThat(odoo.getDatabaseList("127.0.0.1", server.port())).contains(MAIN);
        ObjectAdapter partners = odoo.getObjectAdapter("res.partner");
        Row partner = partners.getNewRow(new String[] {"name", "email"});
        partner.put("name", "A Partner");
        partner.put("email", "partner@example.com");
        partners.createObject(partner);
        partner.put("name", "Another Name");
        assertThat(partners.writeObject(partner, true)).isTrue();

        FilterCollection filters = new FilterCollection();
        filters.add("email", "=", "partner@example.com");
        RowCollection found = partners.searchAndReadObject(filters, new String[] {"name", "email"});

        assertThat(found).extracting(row -> row.get("name")).containsExactly("Another Name");
        assertThat(partners.getObjectCount(filters)).isEqualTo(1);
        assertThat(partners.unlinkObject(found)).isTrue();
        assertThat(partners.getObjectCount(filters)).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/xmlrpc/2/common", "/xmlrpc/common", "/jsonrpc", "/web/session/authenticate"})
    void aPathOfAProtocolIsForCalls(String path) throws Exception {
        HttpResponse<String> response =
                HTTP.send(HttpRequest.newBuilder(uri(path)).GET().build(), BodyHandlers.ofString());

        assertThat(response.statusCode()).isEqualTo(405);
        assertThat(response.headers().firstValue("allow")).hasValue("POST, OPTIONS");
    }

    @Test
    void anExtraSlashDoesNotMatter() throws Exception {
        String call = "<methodCall><methodName>version</methodName></methodCall>";

        assertThat(post("//xmlrpc/2/common", call).body()).contains("server_version_info");
        assertThat(post("/xmlrpc/2/common/", call).body()).contains("server_version_info");
    }

    @Test
    void reportsHealthAndMetrics() throws Exception {
        post("/xmlrpc/2/common", "<methodCall><methodName>version</methodName></methodCall>");

        assertThat(get("/health/live")).isEqualTo("{\"status\":\"up\"}\n");
        assertThat(get("/health/ready")).isEqualTo("{\"status\":\"up\"}\n");
        assertThat(metrics())
                .containsPattern("allotment_requests_seconds_count\\{path=\"/xmlrpc/2/common\",status=\"200\"\\} \\d+")
                .contains("jvm_memory_used_bytes", "process_uptime_seconds", "process_files_open_files");
    }

    @Test
    void countsPagesOfThePortalWithTheirDurations() throws Exception {
        get("/web/login");
        Browser visitor = new Browser(server.port());
        visitor.get("http://" + OdooClient.MAIN + ":" + server.port() + "/admin/servers");
        visitor.get("http://" + OdooClient.MAIN + ":" + server.port() + "/mystery");

        assertThat(metrics())
                .containsPattern("allotment_requests_seconds_count\\{path=\"/web/login\",status=\"200\"\\} \\d+")
                .containsPattern("allotment_requests_seconds_count\\{path=\"/admin\",status=\"\\d+\"\\} \\d+")
                .containsPattern("allotment_requests_seconds_bucket\\{path=\"/admin\",status=\"\\d+\",le=\"0.25\"")
                .containsPattern("allotment_requests_seconds_count\\{path=\"other\",status=\"404\"\\} \\d+")
                .doesNotContain("mystery");
    }

    @Test
    void servesNoMetricsToCallers() throws Exception {
        String tenant = String.valueOf(
                struct(list(admin.execute("saas_portal.client", "read", List.of(create(login())), List.of("name")))
                                .get(0))
                        .get("name"));
        for (String host : List.of("127.0.0.1", OdooClient.MAIN, tenant, "unknown.localhost")) {
            Browser.Answer answer = new Browser(server.port()).get("http://" + host + ":" + server.port() + "/metrics");

            assertThat(answer.status()).as(host).isNotEqualTo(200);
            assertThat(answer.body()).as(host).doesNotContain("allotment_");
        }
    }

    @Test
    void servesNothingButMetricsOnTheirPort() throws Exception {
        Browser prometheus = new Browser(server.metricsPort());

        assertThat(prometheus
                        .get("http://127.0.0.1:" + server.metricsPort() + "/web/login")
                        .status())
                .isEqualTo(404);
    }

    @Test
    void reportsMetricsOfDatabaseServersAndTheWarmPool() throws Exception {
        Object plan = admin.execute(
                "saas_portal.plan", "create", Map.of("name", "In stock", "dbname_template", "stock-%i.localhost"));
        admin.execute("saas_portal.plan", "create_template", List.of(plan), List.of("sale"));
        String ready = "allotment_spares{server=\"default\",template=\"" + template(plan) + "\"}";
        double misses = metric("allotment_spares_claims_total{result=\"miss\"}");
        create(login(), plan);
        assertThat(metric("allotment_spares_claims_total{result=\"miss\"}")).isEqualTo(misses + 1);

        admin.execute("saas_portal.plan", "write", List.of(plan), Map.of("spares", 1));
        long end = System.nanoTime() + 60_000_000_000L;
        while (!metrics().contains(ready + " 1.0")) {
            assertThat(System.nanoTime()).as("maintenance fills the warm pool").isLessThan(end);
        }
        double hits = metric("allotment_spares_claims_total{result=\"hit\"}");
        double count = metric("allotment_spares_claiming_seconds_count");
        double sum = metric("allotment_spares_claiming_seconds_sum");
        create(login(), plan);

        assertThat(metric("allotment_spares_claims_total{result=\"hit\"}")).isEqualTo(hits + 1);
        assertThat(metric("allotment_spares_claiming_seconds_count")).isEqualTo(count + 1);
        assertThat(metric("allotment_spares_claiming_seconds_sum"))
                .isGreaterThan(sum)
                .isLessThan(sum + 60);
        assertThat(struct(admin.execute("saas_portal.database", "spare_statistics"))
                        .get("claimed"))
                .isEqualTo((int) hits + 1);
        assertThat(metric("allotment_server_up{server=\"default\"}")).isEqualTo(1);
        assertThat(metric("allotment_server_capacity{server=\"default\"}")).isEqualTo(1000);
        assertThat(metric("allotment_server_databases{server=\"default\"}"))
                .as("at least two tenant databases and their template")
                .isGreaterThanOrEqualTo(3);
        admin.execute("saas_portal.plan", "write", List.of(plan), Map.of("spares", 0));
    }

    @Test
    void reportsFaultsThreadsAndConnections() throws Exception {
        String denied = "allotment_rpc_faults_total{code=\"access.denied\",protocol=\"xmlrpc\"}";
        String malformed = "allotment_rpc_faults_total{code=\"request\",protocol=\"jsonrpc\"}";
        String wrong = "<methodCall><methodName>execute_kw</methodName><params>"
                + List.of(OdooClient.MAIN, "2", "wrong", "res.users", "search").stream()
                        .map(each -> each.equals("2")
                                ? "<param><value><int>2</int></value></param>"
                                : "<param><value><string>" + each + "</string></value></param>")
                        .collect(Collectors.joining())
                + "<param><value><array><data/></array></value></param></params></methodCall>";
        post("/xmlrpc/2/object", wrong);
        post("/jsonrpc", "{");
        double deniedBefore = metric(denied);
        double malformedBefore = metric(malformed);
        post("/xmlrpc/2/object", wrong);
        post("/jsonrpc", "{");

        assertThat(metric(denied)).isEqualTo(deniedBefore + 1);
        assertThat(metric(malformed)).isEqualTo(malformedBefore + 1);
        assertThat(metric("allotment_http_threads_max")).isEqualTo(200);
        assertThat(metric("allotment_http_threads_busy")).isBetween(0.0, 200.0);
        assertThat(metric("allotment_http_requests_waiting")).isZero();
        assertThat(metric("allotment_connections_max{pool=\"tenants\",server=\"default\"}"))
                .isEqualTo(20);
        assertThat(metric("allotment_connections_busy{pool=\"tenants\",server=\"default\"}")
                        + metric("allotment_connections_idle{pool=\"tenants\",server=\"default\"}"))
                .isBetween(0.0, 20.0);
        assertThat(metric("allotment_connections_waiting{pool=\"tenants\",server=\"default\"}"))
                .isZero();
        assertThat(metric("allotment_account_mails_total{result=\"failed\"}")).isZero();
    }

    private Object template(Object plan) throws XmlRpcException {
        Map<String, Object> row =
                struct(list(admin.execute("saas_portal.plan", "read", List.of(plan), List.of("template_id")))
                        .get(0));
        return list(row.get("template_id")).get(0);
    }

    /** The value of one line. */
    private double metric(String name) throws IOException, InterruptedException {
        String line = metrics()
                .lines()
                .filter(each -> each.startsWith(name + " "))
                .findFirst()
                .orElseThrow(() -> new AssertionError("There is no metric " + name));
        return Double.parseDouble(line.substring(name.length() + 1));
    }

    static Map<String, Object> configuration() {
        return Map.of(
                "update_addons", List.of(),
                "install_addons", List.of("sale", "point_of_sale", "stock", "access_settings_menu", "access_apps"),
                "uninstall_addons", List.of(),
                "access_owner_add",
                        List.of(
                                "base.group_sale_manager",
                                "stock.group_stock_manager",
                                "access_settings_menu.group_show_settings_menu"),
                "access_remove", List.of("access_apps.group_show_modules_menu"),
                "params", List.of(Map.of("key", "saas_client.max_users", "value", 10, "hidden", true)));
    }

    private Object create(String login) throws XmlRpcException {
        return create(login, 1);
    }

    private Object create(String login, Object plan) throws XmlRpcException {
        admin.execute("res.users", "signup", Map.of("login", login, "name", login, "password", "pw"));
        return struct(admin.executeKw(
                        "saas_portal.plan",
                        "create_new_database",
                        List.of(plan),
                        Map.of("user_id", client.authenticate(MAIN, login, "pw"))))
                .get("id");
    }

    private void upgrade(Object id, Map<String, ?> payload) throws XmlRpcException {
        admin.execute("saas.config", "do_upgrade_database", payload, id);
    }

    private Map<String, Object> read(Object id, String... fields) throws XmlRpcException {
        return struct(list(admin.execute("saas_portal.client", "read", List.of(id), List.of(fields)))
                .get(0));
    }

    private static String login() {
        return UUID.randomUUID() + "@example.com";
    }

    private String metrics() throws IOException, InterruptedException {
        return HTTP.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.metricsPort() + "/metrics"))
                                .build(),
                        BodyHandlers.ofString())
                .body();
    }

    /** What each returned or threw. */
    private String get(String path) throws IOException, InterruptedException {
        return HTTP.send(HttpRequest.newBuilder(uri(path)).GET().build(), BodyHandlers.ofString())
                .body();
    }

    private HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return post(path, body, "identity");
    }

    private HttpResponse<String> post(String path, String body, String coding)
            throws IOException, InterruptedException {
        return HTTP.send(
                HttpRequest.newBuilder(uri(path))
                        .header("Content-Encoding", coding)
                        .POST(BodyPublishers.ofString(body, StandardCharsets.UTF_8))
                        .build(),
                BodyHandlers.ofString());
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.port() + path);
    }
}
