// SPDX-License-Identifier: Apache-2.0
package dev.allotment.xmlrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.Saas;
import dev.allotment.spi.Settings;
import dev.allotment.spi.protocol.ProtocolAdapter;
import dev.allotment.test.AdapterServer;
import dev.allotment.testing.MemoryBackend;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.xmlrpc.XmlRpcException;
import org.apache.xmlrpc.client.XmlRpcClient;
import org.apache.xmlrpc.client.XmlRpcClientConfigImpl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Apache's client in its default configuration, over HTTP against the adapter over a control plane in memory. */
class XmlRpcEndToEndTest {
    private static final String DB = "portal.localhost";
    private static final String LOGIN = "client-email@example.com";
    private static final String PASSWORD = "Client Password";

    private final Saas saas = Saas.builder()
            .backend(MemoryBackend.create())
            .mainDatabase(DB)
            .administrator("admin", "admin")
            .passwordIterations(1)
            .open();
    private final ProtocolAdapter adapter = new XmlRpcProvider().open(saas, Settings.of(Map.of()));
    private final AdapterServer host = new AdapterServer(adapter);

    @AfterEach
    void stop() {
        host.close();
        saas.close();
    }

    @Test
    void theScriptOfTheSeedDocumentGetsItsDatabase() throws Exception {
        Object uid = call("/xmlrpc/2/common", "authenticate", DB, "admin", "admin", Map.of());
        assertThat(uid).isEqualTo(2);
        execute(
                "saas_portal.plan",
                "create",
                List.of(Map.of("name", "Basic", "dbname_template", "client-%i.localhost")));
        Map<String, String> values = Map.of("login", LOGIN, "name", "Client Name", "password", PASSWORD);

        assertThat((Object[]) execute("res.users", "signup", List.of(values))).containsExactly(LOGIN, PASSWORD);

        Object clientUid = call("/xmlrpc/2/common", "authenticate", DB, LOGIN, PASSWORD, Map.of());
        assertThat(clientUid).isInstanceOf(Integer.class).isNotEqualTo(uid);
        Map<?, ?> created = (Map<?, ?>) execute(
                "saas_portal.plan", "create_new_database", List.of(1), Map.of("dbname", false, "user_id", clientUid));
        assertThat(created.get("url"))
                .asString()
                .startsWith("http://client-001.localhost:8069/saas_client/new_database?access_token=");
        Map<String, Object> payload = Map.of(
                "update_addons",
                List.of(),
                "params",
                List.of(Map.of("key", "saas_client.max_users", "value", 10, "hidden", true)));
        assertThat(execute("saas.config", "do_upgrade_database", Arrays.asList(payload, created.get("id"))))
                .asString()
                .contains("client-001.localhost");

        Object[] clients = (Object[]) execute(
                "saas_portal.client",
                "search_read",
                List.of(
                        List.of(List.of("id", "=", created.get("id"))),
                        List.of("name", "max_users", "state", "user_id")));
        assertThat(clients).hasSize(1);
        Map<?, ?> client = (Map<?, ?>) clients[0];
        assertThat(client.get("name")).isEqualTo("client-001.localhost");
        assertThat(client.get("max_users")).isEqualTo(10);
        assertThat(client.get("state")).isEqualTo("open");
        assertThat((Object[]) client.get("user_id")).containsExactly(clientUid, "Client Name");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "no.such.db     | admin | res.users   | read        | 2 | Database \"no.such.db\" does not exist",
                "portal.localhost | admin | no.such     | read        | 2 | Object no.such doesn't exist",
                "portal.localhost | admin | res.users   | no_such     | 2 | The method 'no_such' does not exist on the model 'res.users'",
                "portal.localhost | wrong | res.users   | read        | 3 | Access Denied"
            })
    void failuresAreTheDocumentedFaults(
            String db, String password, String model, String method, int code, String message) throws Exception {
        Object[] params = {db, 2, password, model, method, List.of(List.of(2))};

        assertThatThrownBy(() -> call("/xmlrpc/2/object", "execute_kw", params))
                .isInstanceOfSatisfying(
                        XmlRpcException.class, fault -> assertThat(fault.code).isEqualTo(code))
                .hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource({"/xmlrpc/2/common", "/xmlrpc/common"})
    void aWrongPasswordReturnsFalseWithoutAFault(String path) throws Exception {
        assertThat(call(path, "login", DB, "admin", "wrong")).isEqualTo(false);
        assertThat(call(path, "login", DB, "nobody", "admin")).isEqualTo(false);
        assertThat(call(path, "login", DB, "admin", "")).isEqualTo(false);
    }

    @Test
    void anOlderClientGetsItsFaults() throws Exception {
        assertThat(postOld("no.such.db", "admin"))
                .contains(
                        "<value><string>warning -- UserError\n\nDatabase \"no.such.db\" does not exist</string></value>")
                .contains("<name>faultString</name>\n<value><string></string></value>");
        assertThat(postOld(DB, "wrong"))
                .contains("<name>faultCode</name>\n<value><string>AccessDenied</string></value>")
                .contains("<name>faultString</name>\n<value><string>Access Denied</string></value>");
        assertThat(postOld(DB, "admin")).contains("<array><data>").doesNotContain("fault");
    }

    @Test
    void explainsWrongArguments() {
        assertThatThrownBy(() -> call("/xmlrpc/2/common", "authenticate", DB))
                .isInstanceOfSatisfying(
                        XmlRpcException.class, fault -> assertThat(fault.code).isEqualTo(1))
                .hasMessageContaining("authenticate");
    }

    private String postOld(String db, String password) throws IOException, InterruptedException {
        String document = """
                <?xml version='1.0'?>
                <methodCall><methodName>execute</methodName><params>
                <param><value>%s</value></param><param><value><int>2</int></value></param><param><value>%s</value></param>
                <param><value>res.users</value></param><param><value>search</value></param>
                <param><value><array><data/></array></value></param>
                </params></methodCall>
                """.formatted(db, password);
        HttpResponse<String> response = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(host.at("/xmlrpc/object"))
                                .POST(HttpRequest.BodyPublishers.ofString(document))
                                .build(),
                        HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("text/xml; charset=utf-8");
        return response.body();
    }

    private Object execute(String model, String method, List<?> args) throws Exception {
        return execute(model, method, args, Map.of());
    }

    private Object execute(String model, String method, List<?> args, Map<String, ?> kwargs) throws Exception {
        return call("/xmlrpc/2/object", "execute_kw", DB, 2, "admin", model, method, args, kwargs);
    }

    private Object call(String path, String method, Object... params) throws XmlRpcException, MalformedURLException {
        XmlRpcClientConfigImpl config = new XmlRpcClientConfigImpl();
        config.setServerURL(host.at(path).toURL());
        XmlRpcClient client = new XmlRpcClient();
        client.setConfig(config);
        return client.execute(method, params);
    }
}
