// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jsonrpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.spi.protocol.ProtocolAdapter.Answer;
import dev.allotment.spi.protocol.ProtocolProvider;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonRpcAdapterTest {
    private final JsonRpcExchange exchange = JsonRpcExchange.withOneUser();

    @Test
    void isFoundByItsName() {
        assertThat(ServiceLoader.load(ProtocolProvider.class).stream()
                        .map(ServiceLoader.Provider::get)
                        .filter(provider -> provider.name().equals("jsonrpc")))
                .singleElement()
                .isInstanceOf(JsonRpcProvider.class);
    }

    @Test
    void listsItsPaths() {
        assertThat(new JsonRpcAdapter(new OneUser()).paths())
                .containsExactly(
                        "/jsonrpc",
                        "/web/session/authenticate",
                        "/web/session/get_session_info",
                        "/web/session/destroy",
                        "/web/webclient/version_info",
                        "/web/database/list",
                        "/web/session/modules",
                        "/web/dataset/call_kw",
                        "/web/dataset/call_kw/*",
                        "/web/dataset/call_button",
                        "/web/dataset/call_button/*");
    }

    @Nested
    class ServicesOfTheExternalApi {

        @Test
        void areCalledWithTheirArguments() {
            assertThat(exchange.post("/jsonrpc", """
                            {"jsonrpc": "2.0", "method": "call", "id": 7, "params":
                              {"service": "object", "method": "execute_kw", "args":
                                ["db", 2, "pw", "res.users", "read", [[1, 5000000000]], {"fields": ["a"], "b": null, "c": 1.5}, true]}}
                            """))
                    .isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":[\"object\",\"execute_kw\",[\"db\",2,\"pw\","
                            + "\"res.users\",\"read\",[[1,5000000000]],{\"fields\":[\"a\"],\"b\":null,\"c\":1.5},true],"
                            + "\"192.0.2.7\"]}");
        }

        @Test
        void needNoArguments() {
            assertThat(exchange.post("/jsonrpc", "{\"params\": {\"service\": \"common\", \"method\": \"version\"}}"))
                    .isEqualTo(
                            "{\"jsonrpc\":\"2.0\",\"id\":null,\"result\":[\"common\",\"version\",[],\"192.0.2.7\"]}");
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                quoteCharacter = '`',
                value = {
                    "{}                                     | params.service is missing, expected a string.",
                    "{\"params\": null}                     | params.service is missing, expected a string.",
                    "{\"params\": []}                       | params is an array, expected an object.",
                    "{\"params\": \"x\"}                    | params is a string, expected an object.",
                    "{\"params\": {\"service\": 1}}         | params.service is a number, expected a string.",
                    "{\"params\": {\"service\": {}}}        | params.service is an object, expected a string.",
                    "{\"params\": {\"service\": true}}      | params.service is true or false, expected a string.",
                    "{\"params\": {\"service\": \"db\"}}    | params.method is missing, expected a string.",
                    "{\"params\": {\"service\": \"db\", \"method\": \"list\", \"args\": {}}} | params.args is an object, expected an array."
                })
        void explainAWrongCall(String body, String message) {
            Answer answer = exchange.answer("/jsonrpc", body);

            assertThat(answer.status()).isEqualTo(200);
            assertThat(JsonRpcExchange.text(answer))
                    .isEqualTo(
                            "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":200,\"message\":\"Odoo Server Error\","
                                    + "\"data\":{\"name\":\"builtins.ValueError\",\"debug\":\"\",\"message\":\""
                                    + message
                                    + "\",\"arguments\":[\"" + message + "\"],\"context\":{}}}}");
        }
    }

    @Nested
    class AnId {

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "1",
                    "0",
                    "-5",
                    "9223372036854775807",
                    "1.5",
                    "\"a\"",
                    "\"\"",
                    "\"\\u00e9 \\ud83d\\ude00\"",
                    "null"
                })
        void isReturnedUnchanged(String id) {
            assertThat(exchange.post("/web/webclient/version_info", "{\"id\": " + id + "}"))
                    .isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":"
                            + id.replace("\\u00e9", "\\u00E9").replace("\\ud83d\\ude00", "\\uD83D\\uDE00")
                            + ",\"result\":{\"server_version\":\"17.0\"}}");
        }

        @Test
        void thatIsMissingIsNullAndTheCallIsAnswered() {
            assertThat(exchange.post("/web/webclient/version_info", "{}"))
                    .isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":null,\"result\":{\"server_version\":\"17.0\"}}");
        }

        @ParameterizedTest
        @ValueSource(strings = {"{}", "[1]", "true"})
        void ofAnotherKindIsRefused(String id) {
            assertThat(exchange.post("/web/webclient/version_info", "{\"id\": " + id + "}"))
                    .startsWith("{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":200,")
                    .contains("id is neither a number, a string nor null.");
        }

        @Test
        void isReturnedWithAnError() {
            assertThat(exchange.post("/jsonrpc", "{\"id\": \"x\"}"))
                    .startsWith("{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"error\":");
        }
    }

    @Nested
    class Errors {

        @ParameterizedTest
        @CsvSource({
            "USER_ERROR, odoo.exceptions.UserError",
            "ACCESS_DENIED, odoo.exceptions.AccessDenied",
            "ACCESS_ERROR, odoo.exceptions.AccessError",
            "MISSING, odoo.exceptions.MissingError",
            "VALIDATION, odoo.exceptions.ValidationError"
        })
        void haveTheNamesOfOdoosExceptions(String kind, String name) {
            Answer answer = exchange.answer("/jsonrpc", fail(kind));

            assertThat(answer.status()).isEqualTo(200);
            assertThat(JsonRpcExchange.text(answer))
                    .isEqualTo(
                            "{\"jsonrpc\":\"2.0\",\"id\":3,\"error\":{\"code\":200,\"message\":\"Odoo Server Error\","
                                    + "\"data\":{\"name\":\"" + name
                                    + "\",\"debug\":\"\",\"message\":\"No <b>, not \\\"now\\\": \\u00E9\\u20AC\\uD83D\\uDE00.\","
                                    + "\"arguments\":[\"No <b>, not \\\"now\\\": \\u00E9\\u20AC\\uD83D\\uDE00.\"],\"context\":{}}}}");
        }

        @Test
        void haveTheirOwnCodeWithoutASession() {
            assertThat(exchange.post("/web/session/get_session_info", "{\"id\": 3, \"params\": {}}"))
                    .isEqualTo(
                            "{\"jsonrpc\":\"2.0\",\"id\":3,\"error\":{\"code\":100,\"message\":\"Odoo Session Expired\","
                                    + "\"data\":{\"name\":\"odoo.http.SessionExpiredException\",\"debug\":\"\","
                                    + "\"message\":\"Session expired\",\"arguments\":[\"Session expired\"],\"context\":{}}}}");
        }

        @Test
        void showOnlyAReferenceForADefect() {
            assertThat(exchange.post("/jsonrpc", "{\"params\": {\"service\": \"db\", \"method\": \"break\"}}"))
                    .containsPattern("\"message\":\"Internal error, reference [0-9a-f-]{36}\"")
                    .doesNotContain("select", "/var/lib", "IllegalState", "java.");
        }

        private static String fail(String kind) {
            return "{\"id\": 3, \"params\": {\"service\": \"db\", \"method\": \"fail\", \"args\": [\"" + kind + "\"]}}";
        }
    }

    @Nested
    class ABody {

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                quoteCharacter = '`',
                value = {
                    "`` | The request has no body; expected a JSON object",
                    "<methodCall/> | Malformed JSON at line 1, column 1: Unexpected character ('<' (code 60))",
                    "`{\n \"a\": }` | Malformed JSON at line 2, column 7: Unexpected character ('}' (code 125))",
                    "`{\"a\": [1, 2` | Malformed JSON at line 1, column 12: the document ends too early",
                    "`{\"a\": \"b` | Malformed JSON at line 1, column 9: the document ends too early",
                    "`{\"a\": tru}` | Malformed JSON at line 1, column 7: Unrecognized token 'tru'",
                    "`{\"a\": [1}` | Malformed JSON at line 1, column 9: Unexpected close marker '}': expected ']'",
                    "`{\"a\": 1} {\"b\": 2}` | Malformed JSON at line 1, column 10: expected one document, found another one after it",
                    "`{\"a\": 1, \"a\": 2}` | Malformed JSON at line 1, column 10: the key \\\"a\\\" occurs twice",
                    "`{\"a\": 'b'}` | Malformed JSON at line 1, column 7: Unexpected character (''' (code 39))",
                    "`{\"a\": NaN}` | Malformed JSON at line 1, column 10: Non-standard token 'NaN'",
                    "`{\"a\": 01}` | Malformed JSON at line 1, column 8: Invalid numeric value: Leading zeroes not allowed",
                    "`{\"a\": 9223372036854775808}` | Malformed JSON at line 1, column 7: the number 9223372036854775808 is beyond 64 bits",
                    "`{\"a\": -1e999}` | Malformed JSON at line 1, column 7: the number -1e999 is too large",
                    "`{\"a\": \"\t\"}` | Malformed JSON at line 1, column 8: Illegal unquoted character"
                })
        void thatIsNotJsonIsRefusedWithPlaceAndReason(String body, String message) {
            Answer answer = exchange.answer("/jsonrpc", body);

            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.headers()).containsEntry("Content-Type", "application/json; charset=utf-8");
            assertThat(JsonRpcExchange.text(answer))
                    .startsWith(
                            "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32700,\"message\":\"Parse error\","
                                    + "\"data\":{\"name\":\"builtins.ValueError\",\"debug\":\"\",\"message\":\""
                                    + message)
                    .doesNotContain("Source", "jackson", "Stream", "Feature");
        }

        @ParameterizedTest
        @ValueSource(strings = {"[]", "[{\"jsonrpc\": \"2.0\", \"method\": \"call\"}]", "1", "\"x\"", "null"})
        void thatIsNotAnObjectIsRefused(String body) {
            Answer answer = exchange.answer("/jsonrpc", body);

            assertThat(answer.status()).isEqualTo(400);
            assertThat(JsonRpcExchange.text(answer))
                    .contains("\"code\":-32600")
                    .contains("A call is one JSON object; batches are not supported.");
        }

        @Test
        void mayBeInAnyEncodingOfUnicode() {
            String body = "{\"params\": {\"service\": \"é€😀\", \"method\": \"m\"}}";

            for (Charset encoding : new Charset[] {
                StandardCharsets.UTF_8,
                StandardCharsets.UTF_16LE,
                StandardCharsets.UTF_16BE,
                Charset.forName("UTF-32BE")
            }) {
                assertThat(JsonRpcExchange.text(exchange.answer("/jsonrpc", body.getBytes(encoding))))
                        .as(encoding.name())
                        .contains("[\"\\u00E9\\u20AC\\uD83D\\uDE00\",\"m\"");
            }
            assertThat(exchange.post("/jsonrpc", "\ufeff" + body)).contains("\"result\"");
        }

        @Test
        void inAnotherEncodingIsRefused() {
            for (String body : List.of("{\"a\": \"é\"}", "{\"é\": 1}")) {
                Answer answer = exchange.answer("/jsonrpc", body.getBytes(StandardCharsets.ISO_8859_1));

                assertThat(answer.status()).isEqualTo(400);
                assertThat(JsonRpcExchange.text(answer)).contains("Malformed JSON at line 1, column ", "UTF-8");
            }
        }

        @Test
        void withHalfAPairOfSurrogatesDoesNoHarm() {
            assertThat(exchange.post("/jsonrpc", "{\"params\": {\"service\": \"a\\ud800\", \"method\": \"m\"}}"))
                    .contains("[\"a\\uD800\",\"m\"");
        }
    }

    @Test
    void refusesAnUnknownPath() {
        assertThat(exchange.answer("/web/action/load", "{}").status()).isEqualTo(404);
    }
}
