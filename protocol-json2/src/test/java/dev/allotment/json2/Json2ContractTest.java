// SPDX-License-Identifier: Apache-2.0
package dev.allotment.json2;

import static dev.allotment.json2.Json2Portal.MAIN;
import static dev.allotment.json2.Json2Portal.SHOP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreateTenant;
import dev.allotment.CreateTenant.Administrator;
import dev.allotment.TenantId;
import dev.allotment.access.ApiKeyScope;
import dev.allotment.json2.Json2Portal.Request;
import dev.allotment.json2.Json2Portal.Response;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients of Odoo's JSON-2 API rely on, row by row. */
class Json2ContractTest {
    private static final String CONTEXT_GET = "/json/2/res.users/context_get";
    private static final String SEARCH = "/json/2/res.users/search";
    private static final String UNAUTHORIZED = "\"name\":\"werkzeug.exceptions.Unauthorized\"";
    private static final String INVALID_KEY =
            "401 {\"name\":\"werkzeug.exceptions.Unauthorized\",\"message\":\"Invalid apikey\","
                    + "\"arguments\":[\"Invalid apikey\",401],\"context\":{},\"debug\":\"\"}";

    private static Json2Portal portal;

    @BeforeAll
    static void open() {
        portal = new Json2Portal();
    }

    @AfterAll
    static void close() {
        portal.close();
    }

    private static String error(int status, String name, String message) {
        String arguments = name.startsWith("werkzeug.") ? "\"" + message + "\"," + status : "\"" + message + "\"";
        return status + " {\"name\":\"" + name + "\",\"message\":\"" + message + "\",\"arguments\":[" + arguments
                + "],\"context\":{},\"debug\":\"\"}";
    }

    private static String unprocessable(String message) {
        return error(422, "werkzeug.exceptions.UnprocessableEntity", message);
    }

    @Nested
    class TheRequest {
        @ParameterizedTest
        @CsvSource({
            "GET, /json/2/res.users/context_get",
            "PUT, /json/2/res.users/context_get",
            "PATCH, /json/2/res.users/context_get",
            "DELETE, /json/2/res.users/context_get",
            "OPTIONS, /json/2/res.users/context_get",
            "POST, /json/2",
            "GET, /json/2",
            "POST, /json/2/res.users",
            "POST, /json/2/res.users/read/2",
        })
        void withAnotherVerbOrPathIsNotFoundWithoutAKey(String method, String path) {
            assertThat(portal.to(path).without("authorization").send(method).text())
                    .isEqualTo(
                            error(404, "werkzeug.exceptions.NotFound", "Did you mean POST /json/2/<model>/<method>?"));
        }

        @ParameterizedTest
        @ValueSource(strings = {"application/json", "Application/JSON", "application/json; charset=utf-8"})
        void isJsonWithAnyParameter(String type) {
            assertThat(portal.to(CONTEXT_GET)
                            .header("content-type", type)
                            .post("{}")
                            .status())
                    .isEqualTo(200);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {"application/json-rpc", "text/plain", "application/x-www-form-urlencoded", "", "text/json"})
        void ofAnotherMediaTypeIsRefusedAsHtml(String type) {
            Response refused =
                    portal.to(CONTEXT_GET).header("content-type", type).post("{}");

            assertThat(refused.status()).isEqualTo(415);
            assertThat(refused.header("Content-Type")).isEqualTo("text/html; charset=utf-8");
            assertThat(refused.header("Accept")).isEqualTo("application/json");
            assertThat(refused.body())
                    .contains("Request inferred type is compatible with [&#39;http&#39;] but &#39;" + CONTEXT_GET
                            + "&#39; is type=&#39;json2&#39;. Please verify the Content-Type request header and try"
                            + " again.");
        }

        @ParameterizedTest
        @ValueSource(strings = {"application/json", "text/plain"})
        void withoutABodyNeedsNoMediaType(String type) {
            assertThat(portal.to(CONTEXT_GET)
                            .header("content-type", type)
                            .post()
                            .status())
                    .isEqualTo(200);
            assertThat(portal.to(CONTEXT_GET).without("content-type").post().status())
                    .isEqualTo(200);
        }

        @ParameterizedTest
        @ValueSource(strings = {"bearer ", "Bearer ", "BEARER    "})
        void hasItsKeyBehindBearerInAnyCase(String scheme) {
            assertThat(portal.to(CONTEXT_GET)
                            .header("authorization", scheme + portal.adminKey)
                            .post()
                            .status())
                    .isEqualTo(200);
        }

        @Test
        void setsNoCookie() {
            assertThat(portal.to(CONTEXT_GET).post().answer().headers())
                    .containsOnlyKeys("Content-Type")
                    .containsEntry("Content-Type", "application/json; charset=utf-8");
        }
    }

    @Nested
    class TheDatabase {
        @Test
        void isTheMainOneAtItsHostAndAtAnyHostWithoutATenant() {
            assertThat(uid(portal.to(CONTEXT_GET))).isEqualTo(2);
            assertThat(uid(portal.to(CONTEXT_GET).header("host", "127.0.0.1:8069")))
                    .isEqualTo(2);
            assertThat(uid(portal.to(CONTEXT_GET).without("host"))).isEqualTo(2);
        }

        @Test
        void isTheTenantsAtItsOwnHost() {
            assertThat(uid(portal.to(CONTEXT_GET).header("host", SHOP + ":8069").key(portal.workerKey)))
                    .isEqualTo(portal.worker);
        }

        @Test
        void isTheOneInTheHeaderAtThePortalsHost() {
            assertThat(uid(portal.to(CONTEXT_GET)
                            .header("x-odoo-database", SHOP)
                            .key(portal.workerKey)))
                    .isEqualTo(portal.worker);
            assertThat(uid(portal.to(CONTEXT_GET).header("x-odoo-database", MAIN)))
                    .isEqualTo(2);
        }

        @Test
        void mayBeNamedAtItsOwnHostButNoOther() {
            Request atTheShop = portal.to(CONTEXT_GET).header("host", SHOP).key(portal.workerKey);

            assertThat(uid(atTheShop.header("x-odoo-database", SHOP))).isEqualTo(portal.worker);
            assertNoDatabase(atTheShop.header("x-odoo-database", MAIN).post());
        }

        @Test
        void thatIsStillBeingMadeIsNotFound() {
            portal.saas
                    .async()
                    .create(CreateTenant.outsidePlans(
                                    "draft.localhost", new Administrator("boss", Json2Portal.PASSWORD))
                            .build());

            assertNoDatabase(
                    portal.to(CONTEXT_GET).header("host", "draft.localhost").post());
            assertNoDatabase(portal.to(CONTEXT_GET)
                    .header("host", "draft.localhost")
                    .header("x-odoo-database", MAIN)
                    .post());
            assertNoDatabase(portal.to(CONTEXT_GET)
                    .header("x-odoo-database", "draft.localhost")
                    .post());
        }

        @ParameterizedTest
        @ValueSource(strings = {"no.such.database", "../portal", "\0", "Portal.localhost"})
        void thatDoesNotExistIsNotFoundAsHtml(String name) {
            assertNoDatabase(
                    portal.to(CONTEXT_GET).header("x-odoo-database", name).post());
        }

        @Test
        void ofASessionWinsAndContradictsAnotherHeader() {
            String secret = portal.session(SHOP, portal.worker);
            Request request = portal.to(CONTEXT_GET)
                    .header("cookie", "session_id=" + secret)
                    .key(portal.workerKey);

            assertThat(uid(request)).isEqualTo(portal.worker);
            assertThat(uid(request.header("x-odoo-database", SHOP))).isEqualTo(portal.worker);
            Response refused = request.header("x-odoo-database", MAIN).post();
            assertThat(refused.status()).isEqualTo(403);
            assertThat(refused.header("Content-Type")).isEqualTo("text/html; charset=utf-8");
            assertThat(refused.body())
                    .contains("Cannot use both the session_id cookie and the x-odoo-database header.");
        }

        private void assertNoDatabase(Response refused) {
            assertThat(refused.status()).isEqualTo(404);
            assertThat(refused.header("Content-Type")).isEqualTo("text/html; charset=utf-8");
            assertThat(refused.body()).contains("was not found");
        }
    }

    @Nested
    class TheOrderOfChecks {
        @Test
        void isDatabaseRouteMediaTypeKeyBodyModelMethodIdsNames() {
            Request request = portal.to("/json/2/no.such.model")
                    .header("x-odoo-database", "none")
                    .header("content-type", "text/plain")
                    .key("wrong")
                    .body("{".getBytes(StandardCharsets.UTF_8));
            assertThat(request.post().header("Content-Type")).startsWith("text/html");
            assertThat(request.without("x-odoo-database").post().text()).contains("Did you mean POST");
            Request method = portal.to("/json/2/no.such.model/_private")
                    .header("content-type", "text/plain")
                    .key("wrong")
                    .body("{".getBytes(StandardCharsets.UTF_8));
            assertThat(method.post().status()).isEqualTo(415);
            assertThat(method.header("content-type", "application/json").post().text())
                    .isEqualTo(INVALID_KEY);
            assertThat(method.key(portal.adminKey).post().status()).isEqualTo(400);
            assertThat(method.post("{\"ids\": [1], \"x\": 1}").text())
                    .contains("404", "the model 'no.such.model' does not exist");
            assertThat(portal.to("/json/2/res.users/_x")
                            .post("{\"ids\": [1], \"x\": 1}")
                            .status())
                    .isEqualTo(403);
            assertThat(portal.to("/json/2/res.users/x")
                            .post("{\"ids\": [1], \"x\": 1}")
                            .status())
                    .isEqualTo(404);
            assertThat(portal.to(SEARCH).post("{\"ids\": [1], \"x\": 1}").text())
                    .isEqualTo(unprocessable("cannot call res.users.search with ids"));
            assertThat(portal.to(SEARCH).post("{\"x\": 1}").text())
                    .isEqualTo(unprocessable("missing a required argument: 'domain'"));
        }

        @Test
        void tellsACallerWithAWrongKeyNothingAboutABrokenBody() {
            assertThat(portal.to(CONTEXT_GET).key("wrong").malformed("broken").text())
                    .isEqualTo(INVALID_KEY);
            assertThat(portal.to(CONTEXT_GET).malformed("The body is not gzip.").text())
                    .isEqualTo(error(
                            400,
                            "werkzeug.exceptions.BadRequest",
                            "could not parse the body as json: The body is not gzip."));
        }
    }

    @Nested
    class TheKey {
        @Test
        void thatIsUnknownOrOfAnotherDatabaseIsInvalid() {
            Response refused = portal.to(CONTEXT_GET).key("0".repeat(40)).post();

            assertThat(refused.text()).isEqualTo(INVALID_KEY);
            assertThat(refused.header("WWW-Authenticate")).isEqualTo("bearer");
            assertThat(portal.to(CONTEXT_GET).key(portal.workerKey).post().text())
                    .isEqualTo(INVALID_KEY);
            assertThat(portal.to(CONTEXT_GET).key("admin").post().text()).isEqualTo(INVALID_KEY);
            assertThat(portal.to(CONTEXT_GET)
                            .header("x-odoo-database", SHOP)
                            .post()
                            .text())
                    .isEqualTo(INVALID_KEY);
        }

        @ParameterizedTest
        @ValueSource(strings = {"bearer", "bearer  ", "Basic YWRtaW46YWRtaW4=", "", "admin"})
        void isMissingWithAnotherSchemeOrNothingBehindIt(String header) {
            Response refused =
                    portal.to(CONTEXT_GET).header("authorization", header).post();

            assertThat(refused.text())
                    .isEqualTo("401 {" + UNAUTHORIZED
                            + ",\"message\":\"User not authenticated, use the \\\"Authorization\\\" header\","
                            + "\"arguments\":[\"User not authenticated, use the \\\"Authorization\\\" header\",401],"
                            + "\"context\":{},\"debug\":\"\"}");
            assertThat(refused.header("WWW-Authenticate")).isEqualTo("bearer");
        }

        @Test
        void mustNotBeMissingWithASessionUnlessAPersonOpensTheAddress() {
            Request request = portal.to(CONTEXT_GET)
                    .without("authorization")
                    .header("cookie", "session_id=" + portal.session(MAIN, 2));
            assertThat(request.post().text())
                    .contains("401", "Missing \\\"Authorization\\\" or Sec-headers for interactive usage.");

            request.header("sec-fetch-dest", "document")
                    .header("sec-fetch-mode", "navigate")
                    .header("sec-fetch-user", "?1")
                    .header("sec-fetch-site", "none");
            assertThat(uid(request)).isEqualTo(2);
            assertThat(request.header("sec-fetch-user", "?0").post().status()).isEqualTo(401);
            assertThat(request.header("sec-fetch-user", "?1")
                            .header("sec-fetch-site", "cross-site")
                            .post()
                            .status())
                    .isEqualTo(401);
        }

        @Test
        void mustBeOfTheUserOfTheSession() {
            Request request = portal.to(CONTEXT_GET).header("cookie", "session_id=" + portal.session(MAIN, 2));

            assertThat(uid(request)).isEqualTo(2);
            assertThat(request.key(portal.ownerKey).post().text())
                    .isEqualTo(
                            error(403, "odoo.exceptions.AccessDenied", "Session user does not match the used apikey."));
        }

        @Test
        void orASessionFromAPageOfThisHostIsNeeded() {
            Request request = portal.to(CONTEXT_GET)
                    .without("authorization")
                    .header("cookie", "other=1; session_id=" + portal.session(MAIN, 2))
                    .header("sec-fetch-site", "cross-site");

            assertThat(request.post().text())
                    .contains("401", UNAUTHORIZED, "does not come from a page of this host. Use the");
            assertThat(request.header("cookie", "other=1").post().text()).contains("User not authenticated");
            assertThat(portal.to("/doc-bearer/index.json")
                            .without("authorization")
                            .header("cookie", "session_id=" + portal.session(MAIN, 2))
                            .header("origin", "https://evil.example")
                            .get()
                            .text())
                    .contains("401", "does not come from a page of this host");
        }

        @Test
        void ofAMemberIsRefusedWhileItsTenantIsSuspended() {
            TenantId shop = portal.saas.tenants().findByName(SHOP).orElseThrow().id();
            portal.saas.tenants().suspend(shop);
            Request request = portal.to(CONTEXT_GET).header("host", SHOP);

            assertThat(request.key(portal.workerKey).post().text())
                    .isEqualTo(error(
                            422,
                            "odoo.exceptions.UserError",
                            "Database \\\"" + SHOP + "\\\" cannot be entered: it is suspended."));
            assertThat(request.key(portal.bossKey).post().status()).isEqualTo(200);
            assertThat(request.key("0".repeat(40)).post().text()).isEqualTo(INVALID_KEY);

            portal.saas.tenants().resume(shop);
            assertThat(request.key(portal.workerKey).post().status()).isEqualTo(200);
        }

        @Test
        void isRefusedWhenItIsRevoked() {
            String key = portal.accountKey(2, ApiKeyScope.EVERYTHING);
            assertThat(portal.to(CONTEXT_GET).key(key).post().status()).isEqualTo(200);

            portal.saas.actingAs(new dev.allotment.UserId(2)).apiKeys().revoke(key);

            assertThat(portal.to(CONTEXT_GET).key(key).post().text()).isEqualTo(INVALID_KEY);
        }

        @Test
        void forReadingWritesNothing() {
            String key = portal.accountKey(2, ApiKeyScope.READ_ONLY);

            assertThat(portal.to("/json/2/res.users/search_count")
                            .key(key)
                            .post("{\"domain\": [[\"id\", \"=\", 2]]}")
                            .text())
                    .isEqualTo("200 1");
            assertThat(portal.to("/json/2/res.partner/create")
                            .key(key)
                            .post("{\"vals_list\": {\"name\": \"x\"}}")
                            .text())
                    .startsWith("403 {\"name\":\"odoo.exceptions.AccessError\"");
        }
    }

    @Nested
    class TheBody {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    "{}",
                    " {} ",
                    "{\"ids\": []}",
                    "{\"ids\": null, \"context\": null}",
                    "[]",
                    "{\"context\": []}"
                })
        void mayBeMissingOrEmpty(String body) {
            assertThat(portal.to(CONTEXT_GET).post(body).status()).isEqualTo(200);
        }

        @ParameterizedTest
        @ValueSource(strings = {"null", "[[]]", "\"text\"", "1", "true", "[{}]"})
        void isAnObject(String body) {
            assertThat(portal.to(CONTEXT_GET).post(body).text())
                    .isEqualTo(error(
                            400,
                            "werkzeug.exceptions.BadRequest",
                            "could not parse the body, expecting a json object"));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{",
                    "{\"a\": }",
                    "{\"a\": 1} x",
                    "{} {}",
                    "{\"a\": 1, \"a\": 2}",
                    "{\"a\": 9223372036854775808}",
                    "{\"a\": 1e999}",
                    "{\"a\": NaN}",
                    "{'a': 1}",
                    "{\"a\": \"\\ud8\"}",
                    "{\"a\": tru}",
                    "\u0000",
                    "<xml/>"
                })
        void thatIsNotJsonIsABadRequest(String body) {
            assertThat(portal.to(CONTEXT_GET).post(body).text())
                    .startsWith("400 {\"name\":\"werkzeug.exceptions.BadRequest\",\"message\":"
                            + "\"could not parse the body as json: Malformed JSON")
                    .doesNotContain("com.fasterxml", "Source:");
        }

        @Test
        void mayNotBeDeepLongOrInAnotherEncoding() {
            String deep = "{\"a\": " + "[".repeat(100) + "]".repeat(100) + "}";
            String many = "{\"a\": [" + "1,".repeat(100_000) + "1]}";
            byte[] latin = "{\"a\": \"\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1);

            assertThat(portal.to(CONTEXT_GET).post(deep).text())
                    .startsWith("400")
                    .contains("64 deep");
            assertThat(portal.to(CONTEXT_GET).post(many).text())
                    .startsWith("400")
                    .contains("100000 values");
            assertThat(portal.to(CONTEXT_GET).body(latin).post().text()).startsWith("400");
        }

        @Test
        void hasArgumentsOnlyByName() {
            assertThat(portal.to(SEARCH)
                            .post("{\"domain\": [], \"args\": [], \"kwargs\": {}}")
                            .text())
                    .isEqualTo(unprocessable("multiple values for argument 'domain'"));
            assertThat(portal.to(CONTEXT_GET).post("{\"kwargs\": {}}").text())
                    .isEqualTo(unprocessable("got an unexpected keyword argument 'kwargs'"));
        }

        @Test
        void mayNameArgumentsLikeThePath() {
            assertThat(portal.to("/json/2/ir.model.access/check")
                            .post("{\"model\": \"res.users\"}")
                            .text())
                    .isEqualTo("200 true");
        }
    }

    @Nested
    class ACall {
        @Test
        void ofAnUnknownModelIsNotFound() {
            assertThat(portal.to("/json/2/no.such/search")
                            .post("{\"domain\": []}")
                            .text())
                    .isEqualTo(error(404, "werkzeug.exceptions.NotFound", "the model 'no.such' does not exist"));
        }

        @Test
        void ofAnUnknownMethodIsNotFound() {
            assertThat(portal.to("/json/2/res.users/fly").post().text())
                    .isEqualTo(error(404, "werkzeug.exceptions.NotFound", "The method 'res.users.fly' does not exist"));
        }

        @ParameterizedTest
        @ValueSource(strings = {"_search", "__class__", "mro", "init"})
        void ofAPrivateMethodIsForbiddenWhetherThereIsOneOrNot(String method) {
            assertThat(portal.to("/json/2/res.users/" + method).post().text())
                    .isEqualTo(error(
                            403,
                            "odoo.exceptions.AccessError",
                            "Private methods (such as 'res.users." + method + "') cannot be called remotely."));
        }

        @ParameterizedTest
        @ValueSource(strings = {"[2]", "[0]", "2", "0", "\"x\""})
        void ofAModelWithIdsIsRefused(String ids) {
            assertThat(portal.to(SEARCH)
                            .post("{\"domain\": [], \"ids\": " + ids + "}")
                            .text())
                    .isEqualTo(unprocessable("cannot call res.users.search with ids"));
        }

        @Test
        void ofAModelWithoutIdsOrWithNoneWorks() {
            assertThat(portal.to(SEARCH)
                            .post("{\"domain\": [[\"login\", \"=\", \"admin\"]], \"ids\": []}")
                            .text())
                    .isEqualTo("200 [2]");
        }

        @Test
        void onRecordsWithoutIdsIsOnNone() {
            assertThat(portal.to("/json/2/res.users/read").post("{}").text()).isEqualTo("200 []");
            assertThat(portal.to("/json/2/res.users/write")
                            .post("{\"vals\": {}}")
                            .text())
                    .isEqualTo("200 true");
        }

        @Test
        void onRecordsTakesASingleId() {
            assertThat(portal.to("/json/2/res.users/read")
                            .post("{\"ids\": 2, \"fields\": [\"login\"]}")
                            .text())
                    .isEqualTo("200 [{\"id\":2,\"login\":\"admin\"}]");
        }

        @ParameterizedTest
        @ValueSource(strings = {"\"two\"", "[\"two\"]", "{}", "[1.5]", "true"})
        void onWhatIsNoIdIsUnprocessable(String ids) {
            assertThat(portal.to("/json/2/res.users/read")
                            .post("{\"ids\": " + ids + "}")
                            .text())
                    .startsWith("422 {\"name\":\"werkzeug.exceptions.UnprocessableEntity\"");
        }

        @ParameterizedTest
        @ValueSource(strings = {"\"text\"", "[1]", "1", "false"})
        void withAContextThatIsNoObjectIsUnprocessable(String context) {
            assertThat(portal.to(CONTEXT_GET)
                            .post("{\"context\": " + context + "}")
                            .text())
                    .startsWith("422 {\"name\":\"werkzeug.exceptions.UnprocessableEntity\"")
                    .contains("context of res.users.context_get must be an object");
        }

        @Test
        void takesActiveTestFromTheContext() {
            String domain = "{\"domain\": [[\"id\", \"=\", 1]], \"context\": {\"active_test\": ";

            assertThat(portal.to(SEARCH).post(domain + "true}}").text()).isEqualTo("200 []");
            assertThat(portal.to(SEARCH)
                            .post(domain + "false, \"lang\": \"de_DE\"}}")
                            .text())
                    .isEqualTo("200 [1]");
        }

        @Test
        void withoutANeededArgumentOrWithAnUnknownOneIsUnprocessable() {
            assertThat(portal.to(SEARCH).post("{}").text())
                    .isEqualTo(unprocessable("missing a required argument: 'domain'"));
            assertThat(portal.to(SEARCH).post("{\"domain\": [], \"x\": 1}").text())
                    .isEqualTo(unprocessable("got an unexpected keyword argument 'x'"));
        }

        @Test
        void hasTheRightsOfTheUserOfTheKey() {
            assertThat(portal.to("/json/2/ir.config_parameter/search")
                            .key(portal.ownerKey)
                            .post("{\"domain\": []}")
                            .text())
                    .isEqualTo(error(
                            403,
                            "odoo.exceptions.AccessError",
                            "You are not allowed to access 'ir.config_parameter' records"));
            assertThat(portal.to("/json/2/res.users/search_read")
                            .key(portal.ownerKey)
                            .post("{\"domain\": [], \"fields\": [\"login\"]}")
                            .text())
                    .isEqualTo("200 [{\"id\":" + portal.owner + ",\"login\":\"owner@example.com\"}]");
        }

        @Test
        void changesEverythingOrNothing() {
            String both = "{\"vals_list\": [{\"name\": \"Half\"}, {\"name\": \"\"}]}";

            assertThat(portal.to("/json/2/res.partner/create").post(both).status())
                    .isEqualTo(422);

            assertThat(portal.to("/json/2/res.partner/search_count")
                            .post("{\"domain\": [[\"name\", \"=\", \"Half\"]]}")
                            .text())
                    .isEqualTo("200 0");
        }
    }

    @Nested
    class TheResult {
        @Test
        void ofCreateIsAListOfIds() {
            assertThat(portal.to("/json/2/res.partner/create")
                            .post("{\"vals_list\": {\"name\": \"One\"}}")
                            .text())
                    .matches("200 \\[\\d+]");
            assertThat(portal.to("/json/2/res.partner/create")
                            .post("{\"vals_list\": [{\"name\": \"One\"}]}")
                            .text())
                    .matches("200 \\[\\d+]");
            assertThat(portal.to("/json/2/res.partner/create")
                            .post("{\"vals\": [{\"name\": \"One\"}, {\"name\": \"Two\"}]}")
                            .text())
                    .matches("200 \\[\\d+,\\d+]");
        }

        @Test
        void isUnescapedUtf8() {
            portal.to("/json/2/ir.config_parameter/set_param").post("{\"key\": \"text\", \"value\": \"é€😀\"}");

            assertThat(portal.to("/json/2/ir.config_parameter/get_param")
                            .post("{\"key\": \"text\"}")
                            .text())
                    .isEqualTo("200 \"é€😀\"");
        }

        @Test
        void replacesHalfAPairOfSurrogates() {
            assertThat(portal.to("/json/2/ir.config_parameter/get_param")
                            .post("{\"key\": \"none\", \"default\": [\"\\ud800x\\ud83d\\ude00\"]}")
                            .text())
                    .isEqualTo("200 [\"\ufffdx😀\"]");
        }

        @Test
        void hasNamesOfReferencesUnlessLoadIsNull() {
            assertThat(portal.to("/json/2/res.users/read")
                            .post("{\"ids\": [2], \"fields\": [\"partner_id\"]}")
                            .body())
                    .contains("\"partner_id\":[2,\"");
            assertThat(portal.to("/json/2/res.users/read")
                            .post("{\"ids\": [2], \"fields\": [\"partner_id\"], \"load\": null}")
                            .body())
                    .contains("\"partner_id\":2}");
        }

        @Test
        void hasFalseForNoValueAndTimesAsText() {
            assertThat(portal.to("/json/2/res.users/read")
                            .post("{\"ids\": [2], \"fields\": [\"email\", \"create_date\"]}")
                            .body())
                    .contains("\"email\":false")
                    .containsPattern("\"create_date\":\"\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\"");
        }
    }

    @Nested
    class AnError {
        @Test
        void aboutARecordThatIsGoneIsNotFound() {
            assertThat(portal.to("/json/2/res.users/write")
                            .post("{\"ids\": [99], \"vals\": {}}")
                            .text())
                    .isEqualTo(error(
                            404,
                            "odoo.exceptions.MissingError",
                            "Record does not exist or has been deleted. (Record: res.users(99,), User: 2)"));
        }

        @Test
        void aboutARuleIsUnprocessable() {
            assertThat(portal.to("/json/2/res.partner/create")
                            .post("{\"vals_list\": {\"name\": \"\"}}")
                            .text())
                    .startsWith("422 {\"name\":\"odoo.exceptions.ValidationError\"");
        }

        @Test
        void aboutADomainIsAUserErrorAndNot500() {
            assertThat(portal.to(SEARCH)
                            .post("{\"domain\": [[\"bad field\", \"=\", 1]]}")
                            .text())
                    .isEqualTo(
                            error(422, "odoo.exceptions.UserError", "Invalid field 'bad field' on model 'res.users'"));
        }

        @Test
        void aboutAPasswordInsideACallIsAccessDenied() {
            assertThat(portal.to("/json/2/res.users/change_password")
                            .post("{\"old_passwd\": \"wrong\", \"new_passwd\": \"correct horse\"}")
                            .text())
                    .isEqualTo(error(403, "odoo.exceptions.AccessDenied", "Access Denied"));
        }
    }

    @Nested
    class TooManyWrongPasswords {
        private static final String GENERATE = "/json/2/res.users.apikeys/generate";
        private static final String WRONG =
                "{\"key\": \"wrong\", \"scope\": null, \"name\": \"x\", \"expiration_date\": null}";

        @ParameterizedTest
        @ValueSource(strings = {MAIN, SHOP})
        void insideACallHaveToWait(String database) {
            Request generate = portal.to(GENERATE)
                    .header("x-odoo-database", database)
                    .key(database.equals(MAIN) ? portal.ownerKey : portal.workerKey);
            for (int i = 0; i < 10; i++) {
                assertThat(generate.post(WRONG).text())
                        .isEqualTo(error(403, "odoo.exceptions.AccessDenied", "Access Denied"));
            }
            Response refused = generate.post(WRONG);

            assertThat(refused.text())
                    .isEqualTo(error(
                            429,
                            "werkzeug.exceptions.TooManyRequests",
                            "Too many wrong passwords were sent for this user; try again in a moment."));
            assertThat(refused.header("Retry-After")).isEqualTo("10");
        }
    }

    @Nested
    class AnIdempotencyKey {
        private static final String CREATE = "/json/2/res.partner/create";
        private static final String ONE = "{\"vals_list\": [{\"name\": \"Once\"}]}";

        @Test
        void inTheHeaderOrTheBodyMakesARepeatedCallHarmless() {
            String first =
                    portal.to(CREATE).header("idempotency-key", "k1").post(ONE).text();

            assertThat(first).startsWith("200");
            assertThat(portal.to(CREATE)
                            .header("idempotency-key", "k1")
                            .post(ONE)
                            .text())
                    .isEqualTo(first);
            assertThat(portal.to(CREATE)
                            .header("idempotency-key", "\"k1\"")
                            .post(ONE)
                            .text())
                    .isEqualTo(first);
            assertThat(portal.to(CREATE)
                            .post(ONE.replace("}]}", "}], \"idempotency_key\": \"k1\"}"))
                            .text())
                    .isEqualTo(first);
            assertThat(portal.to(CREATE)
                            .header("idempotency-key", "k2")
                            .post(ONE)
                            .text())
                    .isNotEqualTo(first);
        }

        @Test
        void ofAnotherRequestIsRefused() {
            portal.to(CREATE).header("idempotency-key", "k3").post(ONE);

            assertThat(portal.to(CREATE)
                            .header("idempotency-key", "k3")
                            .post(ONE.replace("Once", "Twice"))
                            .text())
                    .startsWith("422 {\"name\":\"odoo.exceptions.UserError\"");
        }

        @Test
        void thatDiffersBetweenHeaderAndBodyIsRefused() {
            assertThat(portal.to(CREATE)
                            .header("idempotency-key", "k4")
                            .post(ONE.replace("}]}", "}], \"idempotency_key\": \"k5\"}"))
                            .text())
                    .isEqualTo(unprocessable("the header Idempotency-Key and the argument idempotency_key differ"));
        }

        @ParameterizedTest
        @ValueSource(strings = {"false", "null"})
        void thatIsAbsentInTheBodyIsTheOneInTheHeader(String absent) {
            Request request = portal.to(CREATE).header("idempotency-key", "k7" + absent);
            String body = ONE.replace("}]}", "}], \"idempotency_key\": " + absent + "}");
            String first = request.post(body).text();

            assertThat(first).startsWith("200");
            assertThat(request.post(body).text()).isEqualTo(first);
            assertThat(request.post(ONE).text()).isEqualTo(first);
        }

        @Test
        void isIgnoredByAMethodThatTakesNone() {
            assertThat(portal.to(CONTEXT_GET)
                            .header("idempotency-key", "k6")
                            .post()
                            .status())
                    .isEqualTo(200);
        }
    }

    private static long uid(Request request) {
        Response response = request.post();
        assertThat(response.status()).as(response.body()).isEqualTo(200);
        return Long.parseLong(response.body().replaceAll(".*\"uid\":(\\d+).*", "$1"));
    }
}
