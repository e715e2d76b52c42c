// SPDX-License-Identifier: Apache-2.0
package dev.allotment.json2;

import static dev.allotment.json2.Json2Portal.MAIN;
import static dev.allotment.json2.Json2Portal.SHOP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.json2.Json2Portal.Request;
import dev.allotment.json2.Json2Portal.Response;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The paths for documentation and the version. */
class DocAndVersionTest {
    private static Json2Portal portal;

    @BeforeAll
    static void open() {
        portal = new Json2Portal();
    }

    @AfterAll
    static void close() {
        portal.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/web/version", "/json/version"})
    void theVersionNeedsNoLogIn(String path) {
        Request request = portal.to(path).without("authorization");

        assertThat(request.get().text())
                .isEqualTo("200 {\"version_info\":[19,0,0,\"final\",0,\"\"],\"version\":\"19.0\"}");
        assertThat(request.send("HEAD").status()).isEqualTo(200);
        assertThat(request.send("DELETE").status()).isEqualTo(405);
    }

    @Test
    void theIndexListsTheModelsThatTheUserMayRead() {
        Response admin = portal.to("/doc-bearer/index.json").get();
        assertThat(admin.status()).isEqualTo(200);
        assertThat(admin.header("Content-Type")).isEqualTo("application/json; charset=utf-8");
        assertThat(admin.body())
                .startsWith("{\"modules\":[\"allotment\"],\"models\":[{\"model\":\"ir.config_parameter\",\"name\":")
                .contains("\"model\":\"saas.config\"", "\"login\":{\"string\":\"Login\"}", "\"search_read\"");
        assertThat(portal.to("/doc-bearer/index.json")
                        .key(portal.ownerKey)
                        .get()
                        .body())
                .contains("\"model\":\"saas_portal.client\"")
                .doesNotContain("\"model\":\"ir.config_parameter\"", "\"model\":\"saas.config\"");
    }

    @Test
    void aModelHasItsFieldsAndTheParametersOfItsMethods() {
        assertThat(portal.to("/doc-bearer/res.partner.json").get().body())
                .startsWith("{\"model\":\"res.partner\",\"name\":\"Res Partner\",\"doc\":\"The fields and methods are"
                        + " described in docs/wire.md, under res.partner.\",\"fields\":{\"id\":{")
                .contains("\"search\":{\"signature\":\"(domain, offset=0, limit=None, order=None, count=False)\",")
                .contains(
                        "\"parameters\":{\"domain\":{\"annotation\":\"list\"},\"offset\":{\"default\":\"0\",\"annotation\":\"int\"}")
                .contains(
                        "\"write\":{\"signature\":\"(vals)\",\"parameters\":{\"vals\":{\"annotation\":\"dict\"}},\"doc\":\"Changes"
                                + " these records.\",\"return\":{\"annotation\":\"bool\"},\"model\":\"res.partner\"")
                .contains("\"api\":[\"model\"]", "\"api\":[\"model\",\"readonly\"]", "\"api\":[\"readonly\"]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/doc-bearer/no.such.json", "/doc-bearer/a/b.json", "/doc-bearer/res.users"})
    void whatIsNotThereIsNotFound(String path) {
        assertThat(portal.to(path).get().text()).startsWith("404 {\"name\":\"werkzeug.exceptions.NotFound\"");
    }

    @Test
    void aModelThatTheUserMayNotReadIsNotFound() {
        assertThat(portal.to("/doc-bearer/ir.config_parameter.json")
                        .key(portal.ownerKey)
                        .get()
                        .status())
                .isEqualTo(404);
    }

    @Test
    void anUnchangedDescriptionIsNotSentAgain() {
        Response first = portal.to("/doc-bearer/res.users.json").get();
        String tag = first.header("ETag");
        assertThat(tag).matches("\"[0-9a-f]{32}\"");
        assertThat(first.header("Cache-Control")).isEqualTo("no-cache, private");

        Response second = portal.to("/doc-bearer/res.users.json")
                .header("if-none-match", "\"x\", W/" + tag)
                .get();

        assertThat(second.text()).isEqualTo("304 ");
        assertThat(second.header("ETag")).isEqualTo(tag);
        Response again = portal.to("/doc-bearer/res.users.json")
                .header("if-none-match", tag)
                .header("cache-control", "no-cache")
                .get();
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.header("Cache-Control")).isEqualTo("no-store");
    }

    @Test
    void programsNeedAKeyAndBrowsersASession() {
        assertThat(portal.to("/doc-bearer/index.json")
                        .without("authorization")
                        .get()
                        .status())
                .isEqualTo(401);
        assertThat(portal.to("/doc-bearer/index.json").key("wrong").get().status())
                .isEqualTo(401);
        assertThat(portal.to("/doc/index.json").get().text())
                .startsWith("403 {\"name\":\"odoo.http.SessionExpiredException\"");
        assertThat(portal.to("/doc/index.json")
                        .without("authorization")
                        .header("cookie", "session_id=" + portal.session(MAIN, 2))
                        .get()
                        .status())
                .isEqualTo(200);
    }

    @Test
    void peopleGetPages() {
        String cookie = "session_id=" + portal.session(SHOP, 2);
        Response index = portal.to("/doc").header("cookie", cookie).get();
        Response model = portal.to("/doc/res.users").header("cookie", cookie).get();

        assertThat(index.status()).isEqualTo(200);
        assertThat(index.header("Content-Type")).isEqualTo("text/html; charset=utf-8");
        assertThat(index.header("X-Frame-Options")).isEqualTo("deny");
        assertThat(index.body()).contains("<a href=\"/doc/res.users\">").doesNotContain("saas_portal.client");
        assertThat(portal.to("/doc/index.html").header("cookie", cookie).get().body())
                .isEqualTo(index.body());
        assertThat(model.body()).contains("<code>search(domain, offset=0", "<code>login</code></td><td>char</td>");
    }

    @Test
    void peopleWithoutASessionSignInFirst() {
        Response answer = portal.to("/doc/res.users").without("authorization").get();

        assertThat(answer.status()).isEqualTo(303);
        assertThat(answer.header("Location")).isEqualTo("/web/login?redirect=%2Fdoc%2Fres.users");
    }

    @Test
    void theyAreOnlyRead() {
        assertThat(portal.to("/doc").send("POST").status()).isEqualTo(405);
        assertThat(portal.to("/doc-bearer/index.json").send("PUT").header("Allow"))
                .isEqualTo("GET, HEAD");
    }
}
