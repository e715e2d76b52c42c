// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jsonrpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.spi.protocol.ProtocolAdapter.Answer;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonRpcWebSessionTest {
    private static final String AUTHENTICATE = "/web/session/authenticate";
    private static final String INFO = "/web/session/get_session_info";
    private static final String DESTROY = "/web/session/destroy";
    private static final String RIGHT = login("admin", "right");

    private final JsonRpcExchange exchange = JsonRpcExchange.withOneUser();

    @Nested
    class SigningIn {

        @Test
        void givesTheSessionAsResultAndCookie() {
            Answer answer = exchange.answer(AUTHENTICATE, RIGHT);

            assertThat(answer.status()).isEqualTo(200);
            assertThat(JsonRpcExchange.text(answer)).contains("\"uid\":2", "\"session_id\":\"secret-1_x\"");
            assertThat(answer.headers())
                    .containsEntry("Set-Cookie", "session_id=secret-1_x; Path=/; HttpOnly; SameSite=Lax; Secure")
                    .containsEntry("Cache-Control", "no-store")
                    .containsEntry("X-Content-Type-Options", "nosniff");
        }

        @Test
        void withoutTlsGivesACookieThatWorksWithoutTls() {
            assertThat(exchange.withoutTls().answer(AUTHENTICATE, RIGHT).headers())
                    .containsEntry("Set-Cookie", "session_id=secret-1_x; Path=/; HttpOnly; SameSite=Lax");
        }

        @ParameterizedTest
        @CsvSource({"admin, wrong", "admin, ''", "nobody, right"})
        void withAnythingWrongGivesNoUserAndNoCookie(String login, String password) {
            Answer answer = exchange.answer(AUTHENTICATE, login(login, password));

            assertThat(answer.status()).isEqualTo(200);
            assertThat(JsonRpcExchange.text(answer))
                    .isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":null,\"result\":{\"uid\":false}}");
            assertThat(answer.headers()).doesNotContainKey("Set-Cookie");
        }

        @Test
        void toAnUnknownDatabaseIsAnErrorWithoutACookie() {
            Answer answer = exchange.answer(AUTHENTICATE, RIGHT.replace(OneUser.DB, "x"));

            assertThat(JsonRpcExchange.text(answer))
                    .contains("\"name\":\"odoo.exceptions.UserError\"", "Database \\\"x\\\" does not exist");
            assertThat(answer.headers()).doesNotContainKey("Set-Cookie");
        }

        @ParameterizedTest
        @ValueSource(strings = {"db", "login", "password"})
        void needsAllThree(String name) {
            assertThat(exchange.post(AUTHENTICATE, RIGHT.replace('"' + name + '"', "\"other\"")))
                    .contains("params." + name + " is missing, expected a string.");
        }

        @Test
        void againClosesThePreviousSession() {
            exchange.post(AUTHENTICATE, RIGHT);

            exchange.with("cookie", "session_id=secret-1_x").post(AUTHENTICATE, RIGHT);

            assertThat(exchange.with("cookie", "session_id=secret-1_x").post(INFO, "{}"))
                    .contains("\"code\":100");
            assertThat(exchange.with("cookie", "session_id=secret-2_x").post(INFO, "{}"))
                    .contains("\"uid\":2");
        }

        @Test
        void withoutSuccessKeepsThePreviousSession() {
            exchange.post(AUTHENTICATE, RIGHT);

            exchange.with("cookie", "session_id=secret-1_x").post(AUTHENTICATE, login("admin", "wrong"));

            assertThat(exchange.with("cookie", "session_id=secret-1_x").post(INFO, "{}"))
                    .contains("\"uid\":2");
        }
    }

    @Nested
    class ASession {

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "session_id=secret-1_x",
                    "a=b; session_id=secret-1_x; c=d",
                    "a=b;session_id=secret-1_x;c",
                    "session_id=\"secret-1_x\"",
                    " ; = ; session_id = secret-1_x ",
                    "session_id=; session_id=secret-1_x",
                    "session_id=<no>; session_id=secret-1_x",
                    "frontend_lang=en_US; tz=Europe/Berlin; cids=1,2; session_id=secret-1_x; x={\"a\": 1}"
                })
        void isFoundInAnyCookieHeader(String cookies) {
            exchange.post(AUTHENTICATE, RIGHT);

            assertThat(exchange.with("cookie", cookies).post(INFO, "{\"id\": 1}"))
                    .contains("\"id\":1,\"result\":{", "\"uid\":2");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    "session_id",
                    "session_id=",
                    "session_id=other",
                    "Session_Id=secret-1_x",
                    "xsession_id=secret-1_x",
                    "session_id=secret-1_x secret-1_x",
                    "session_id=secret-1_é",
                    "a=session_id=secret-1_x"
                })
        void isNotFoundInOtherCookies(String cookies) {
            exchange.post(AUTHENTICATE, RIGHT);

            assertThat(exchange.with("cookie", cookies).post(INFO, "{}")).contains("\"code\":100");
        }

        @Test
        void isNotFoundInACookieOfAnyLength() {
            assertThat(exchange.with("cookie", "session_id=" + "x".repeat(100_000))
                            .post(INFO, "{}"))
                    .contains("\"code\":100")
                    .hasSizeLessThan(1_000);
        }

        @Test
        void isFoundBehindACookiePlantedByASiblingHost() {
            exchange.post(AUTHENTICATE, RIGHT);

            assertThat(exchange.with("cookie", "session_id=planted; session_id=garbage; session_id=secret-1_x")
                            .post(INFO, "{}"))
                    .contains("\"uid\":2");
            assertThat(exchange.with("cookie", "session_id=secret-1_x; session_id=secret-1_x")
                            .post(INFO, "{}"))
                    .contains("\"uid\":2");
        }

        @Test
        void isRefusedIfThereAreTwoAndBothAreClosed() {
            exchange.post(AUTHENTICATE, RIGHT);
            exchange.post(AUTHENTICATE, RIGHT);
            JsonRpcExchange planted = exchange.with("cookie", "session_id=secret-2_x; session_id=secret-1_x");

            assertThat(planted.post(INFO, "{}")).contains("\"code\":100");
            for (String secret : List.of("secret-1_x", "secret-2_x")) {
                assertThat(exchange.with("cookie", "session_id=" + secret).post(INFO, "{}"))
                        .contains("\"code\":100");
            }
            assertThat(exchange.post(AUTHENTICATE, RIGHT)).contains("secret-3_x");
            assertThat(exchange.with("cookie", "session_id=secret-2_x; session_id=secret-3_x")
                            .post(INFO, "{}"))
                    .contains("\"uid\":2");
        }

        @Test
        void isFoundInTheHeaderOfOdoosClientsBeforeACookie() {
            exchange.post(AUTHENTICATE, RIGHT);
            JsonRpcExchange both =
                    exchange.with("x-openerp-session-id", "secret-1_x").with("cookie", "session_id=other");

            assertThat(both.post(INFO, "{}")).contains("\"uid\":2");
            assertThat(exchange.with("x-openerp-session-id", "other")
                            .with("cookie", "session_id=secret-1_x")
                            .post(INFO, "{}"))
                    .contains("\"code\":100");
        }

        @Test
        void callsMethodsOfModels() {
            exchange.post(AUTHENTICATE, RIGHT);

            assertThat(exchange.with("cookie", "session_id=secret-1_x").post("/web/dataset/call_kw", """
                                    {"id": 5, "params": {"model": "res.users", "method": "read",
                                     "args": [[2]], "kwargs": {"fields": ["login"]}}}"""))
                    .isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":5,\"result\":"
                            + "[\"res.users\",\"read\",[[2]],{\"fields\":[\"login\"]}]}");
        }

        @Test
        void callsMethodsNamedInThePath() {
            exchange.post(AUTHENTICATE, RIGHT);
            JsonRpcExchange signedIn = exchange.with("cookie", "session_id=secret-1_x");

            assertThat(signedIn.post("/web/dataset/call_kw/res.users/read", "{\"params\": {}}"))
                    .contains("[\"res.users\",\"read\",[],{}]");
            assertThat(signedIn.post(
                            "/web/dataset/call_kw/a.b/c", "{\"params\": {\"model\": \"d.e\", \"method\": \"f\"}}"))
                    .contains("[\"d.e\",\"f\",[],{}]");
            assertThat(signedIn.post("/web/dataset/call_kw/a.b", "{\"params\": {}}"))
                    .contains("params.method is missing");
        }

        @Test
        void isNeededToCallMethods() {
            assertThat(exchange.post(
                            "/web/dataset/call_kw/res.users/read",
                            "{\"params\": {\"model\": \"res.users\", \"method\": \"read\", \"args\": [[2]]}}"))
                    .contains("\"code\":100,\"message\":\"Odoo Session Expired\"");
        }
    }

    @Nested
    class SigningOut {

        @Test
        void closesTheSessionAndClearsTheCookie() {
            exchange.post(AUTHENTICATE, RIGHT);
            JsonRpcExchange signedIn = exchange.with("cookie", "session_id=secret-1_x");

            Answer answer = signedIn.answer(DESTROY, "{\"id\": 1, \"params\": {}}");

            assertThat(JsonRpcExchange.text(answer)).isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":null}");
            assertThat(answer.headers())
                    .containsEntry("Set-Cookie", "session_id=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0; Secure");
            assertThat(signedIn.post(INFO, "{}")).contains("\"code\":100");
        }

        @Test
        void withoutASessionDoesNothing() {
            assertThat(exchange.post(DESTROY, "{}")).isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":null,\"result\":null}");
        }
    }

    @Nested
    class ThePageOfAnotherOrigin {

        @ParameterizedTest
        @CsvSource({
            "sec-fetch-site, cross-site",
            "sec-fetch-site, same-site",
            "origin, https://evil.example",
            "origin, https://client-001.portal.example",
            "origin, https://portal.example:8443",
            "origin, null",
            "origin, not a uri"
        })
        void cannotActWithTheCookieOfItsVisitor(String header, String value) {
            exchange.post(AUTHENTICATE, RIGHT);
            JsonRpcExchange victim = exchange.with("host", "portal.example").with("cookie", "session_id=secret-1_x");
            JsonRpcExchange abused = victim.with(header, value);

            assertThat(abused.post(INFO, "{}")).contains("\"code\":100");
            assertThat(abused.answer(DESTROY, "{}").headers()).doesNotContainKey("Set-Cookie");
            assertThat(victim.post(INFO, "{}")).contains("\"uid\":2");
        }

        @Test
        void cannotSignItsVisitorsInToAnotherAccount() {
            assertThat(exchange.with("sec-fetch-site", "cross-site")
                            .answer(AUTHENTICATE, RIGHT)
                            .headers())
                    .doesNotContainKey("Set-Cookie");
        }

        @Test
        void mayUseASessionThatItKnows() {
            exchange.post(AUTHENTICATE, RIGHT);

            assertThat(exchange.with("sec-fetch-site", "cross-site")
                            .with("x-openerp-session-id", "secret-1_x")
                            .post(INFO, "{}"))
                    .contains("\"uid\":2");
        }

        @ParameterizedTest
        @CsvSource({
            "sec-fetch-site, same-origin",
            "sec-fetch-site, none",
            "origin, https://portal.example",
            "origin, https://PORTAL.example"
        })
        void isDistinguishedFromOurs(String header, String value) {
            exchange.post(AUTHENTICATE, RIGHT);

            assertThat(exchange.with("host", "portal.example")
                            .with("cookie", "session_id=secret-1_x")
                            .with(header, value)
                            .post(INFO, "{}"))
                    .contains("\"uid\":2");
        }
    }

    private static String login(String login, String password) {
        return "{\"jsonrpc\": \"2.0\", \"method\": \"call\", \"params\": {\"db\": \"" + OneUser.DB + "\", \"login\": \""
                + login + "\", \"password\": \"" + password + "\"}}";
    }
}
