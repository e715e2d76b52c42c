// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jsonrpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreateTenant;
import dev.allotment.CreateTenant.Administrator;
import dev.allotment.Saas;
import dev.allotment.Tenant;
import dev.allotment.access.NewMember;
import dev.allotment.spi.Settings;
import dev.allotment.test.AdapterServer;
import dev.allotment.testing.MemoryBackend;
import java.io.IOException;
import java.net.CookieManager;
import java.net.CookiePolicy;
import java.net.HttpCookie;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The JDK's web client, with its own cookie jar, over HTTP against the adapter over a control plane in memory. */
class JsonRpcEndToEndTest {
    private static final String AUTHENTICATE = "/web/session/authenticate";
    private static final String INFO = "/web/session/get_session_info";

    private final Saas saas = Saas.builder()
            .backend(MemoryBackend.create())
            .mainDatabase("portal.localhost")
            .administrator("admin", "admin")
            .passwordIterations(1)
            .open();
    private final AdapterServer host = new AdapterServer(new JsonRpcProvider().open(saas, Settings.of(Map.of())));
    private final CookieManager cookies = new CookieManager(null, CookiePolicy.ACCEPT_ALL);
    private final HttpClient client =
            HttpClient.newBuilder().cookieHandler(cookies).build();

    @AfterEach
    void stop() {
        host.close();
        saas.close();
    }

    @Test
    void aWebSessionLivesFromSigningInToSigningOut() throws Exception {
        String signedIn = post(AUTHENTICATE, login("admin"));

        HttpCookie cookie = session();
        assertThat(cookie.isHttpOnly()).isTrue();
        assertThat(cookie.getPath()).isEqualTo("/");
        assertThat(signedIn)
                .contains("\"uid\":2", "\"session_id\":\"" + cookie.getValue() + '"', "\"db\":\"portal.localhost\"")
                .contains("\"username\":\"admin\"", "\"is_admin\":true", "\"server_version\":\"17.0\"")
                .contains("\"name\":", "\"partner_id\":", "\"user_context\":{");
        assertThat(post(INFO, "{}")).contains("\"uid\":2");
        assertThat(post("/web/dataset/call_kw/res.users/read", """
                        {"id": 1, "params": {"model": "res.users", "method": "read", "args": [[2], ["login"]], "kwargs": {}}}"""))
                .isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":[{\"id\":2,\"login\":\"admin\"}]}");

        assertThat(post("/web/session/destroy", "{\"params\": {}}")).contains("\"result\":null");

        assertThat(cookies.getCookieStore().getCookies()).isEmpty();
        assertThat(post(INFO, "{}")).contains("\"code\":100");
        cookies.getCookieStore().add(host.at("/"), cookie);
        assertThat(post(INFO, "{}")).contains("\"code\":100");
    }

    @Test
    void answersWhereTheWebClientOfOdooAsks() throws Exception {
        assertThat(post("/web/database/list", "{}")).contains("\"result\":[\"portal.localhost\"]");
        assertThat(post("/web/session/modules", "{}")).contains("\"code\":100");
        post(AUTHENTICATE, login("admin"));

        assertThat(post("/web/session/modules", "{}")).contains("\"base\"", "\"saas_portal\"");
        String plan = "\"model\": \"saas_portal.plan\", ";
        assertThat(post(
                        "/web/dataset/call_kw",
                        "{\"params\": {" + plan + "\"method\": \"create\", \"args\": [{\"name\": \"Basic\"}]}}"))
                .contains("\"result\":1");
        assertThat(post(
                        "/web/dataset/call_button",
                        "{\"params\": {" + plan + "\"method\": \"action_sync_server\", \"args\": [[1]]}}"))
                .contains("\"result\":false");
        assertThat(post(
                        "/web/dataset/call_button/saas_portal.plan/create_new_database",
                        "{\"params\": {\"args\": [[1], \"shop\"]}}"))
                .contains("\"result\":{\"url\":");
    }

    @Test
    void aWrongPasswordOpensNoSession() throws Exception {
        assertThat(post(AUTHENTICATE, login("wrong"))).contains("\"result\":{\"uid\":false}");
        assertThat(cookies.getCookieStore().getCookies()).isEmpty();
    }

    @Test
    void onlyTheAdministratorOfASuspendedDatabaseStaysSignedIn() throws Exception {
        Tenant tenant = saas.tenants()
                .create(CreateTenant.outsidePlans("shop", new Administrator("boss", "right"))
                        .build())
                .tenant();
        saas.database("shop")
                .members()
                .create(NewMember.builder("worker", "Worker").password("right").build());
        saas.tenants().suspend(tenant.id());
        String boss = login("right").replace("portal.localhost", "shop").replace("admin", "boss");

        assertThat(post(AUTHENTICATE, boss)).contains("\"uid\":2");
        assertThat(post(INFO, "{}")).contains("\"uid\":2", "\"db\":\"shop\"");
        assertThat(post("/web/dataset/call_kw/res.users/read", """
                        {"id": 1, "params": {"model": "res.users", "method": "read", "args": [[2], ["login"]], "kwargs": {}}}""")).contains("\"login\":\"boss\"");
        assertThat(post(AUTHENTICATE, boss.replace("boss", "worker"))).contains("\"error\":");
    }

    @Test
    void anUnknownDatabaseIsAnError() throws Exception {
        assertThat(post(AUTHENTICATE, login("admin").replace("portal.localhost", "x")))
                .contains("\"name\":\"odoo.exceptions.UserError\"", "Database \\\"x\\\" does not exist");
    }

    @Test
    void servicesAreCalledWithoutASession() throws Exception {
        assertThat(post("/jsonrpc", service("common", "login", "\"portal.localhost\", \"admin\", \"admin\"")))
                .contains("\"result\":2");
        assertThat(post("/jsonrpc", service("object", "execute_kw", kw("admin", "[[\"login\", \"=\", \"admin\"]]"))))
                .contains("\"result\":1");
        assertThat(post("/jsonrpc", service("object", "execute_kw", kw("wrong", "[]"))))
                .contains("\"code\":200", "\"name\":\"odoo.exceptions.AccessDenied\"", "\"message\":\"Access Denied\"");
        assertThat(post("/jsonrpc", service("object", "execute_kw", kw("admin", "[[\"no_such\", \"=\", 1]]"))))
                .contains("Invalid field 'no_such' on model 'res.users'");
        assertThat(post("/jsonrpc", service("report", "render", ""))).contains("common, object and db");
        assertThat(post("/web/webclient/version_info", "{\"params\": {}}"))
                .contains("\"server_version_info\":[17,0,0,\"final\",0,\"\"]");
    }

    private HttpCookie session() {
        List<HttpCookie> all = cookies.getCookieStore().getCookies();
        assertThat(all).hasSize(1);
        assertThat(all.get(0).getName()).isEqualTo("session_id");
        return all.get(0);
    }

    private String post(String path, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(host.at(path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).isEqualTo(200);
        return response.body();
    }

    private static String login(String password) {
        return "{\"jsonrpc\": \"2.0\", \"method\": \"call\", \"params\": {\"db\": \"portal.localhost\", \"login\": \"admin\","
                + " \"password\": \"" + password + "\"}}";
    }

    private static String service(String service, String method, String args) {
        return "{\"jsonrpc\": \"2.0\", \"id\": 1, \"method\": \"call\", \"params\": {\"service\": \"" + service
                + "\", \"method\": \"" + method + "\", \"args\": [" + args + "]}}";
    }

    private static String kw(String password, String domain) {
        return "\"portal.localhost\", 2, \"" + password + "\", \"res.users\", \"search_count\", [" + domain + "]";
    }
}
