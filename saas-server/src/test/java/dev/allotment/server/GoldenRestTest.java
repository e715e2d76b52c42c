// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.server.GoldenCall.User;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The golden questions that JSON-2 and REST share have the same answers. */
class GoldenRestTest {
    private static GoldenPortal portal;

    @BeforeAll
    static void open() throws Exception {
        portal = new GoldenPortal(List.of("--data", "memory"));
    }

    @AfterAll
    static void close() {
        portal.close();
    }

    /** @param fields the fields of JSON-2 with those of REST; a reference is compared by its id */
    @ParameterizedTest
    @CsvSource(delimiterString = " -> ", quoteCharacter = '`', textBlock = """
                    admin res.users search {"domain": [], "order": "id", "limit": 3} -> /accounts?active=true&limit=3 -> id=id
                    admin res.users search_read {"domain": [["id", "in", [1, 2]]], "fields": ["id", "display_name"], "order": "id"} -> /accounts?active=true&id=1&id=2 -> id=id display_name=name
                    admin res.users search {"domain": ["|", ["login", "=", "admin"], ["login", "=", "owner@example.com"]], "order": "login desc"} -> /accounts?active=true&login=admin&login=owner@example.com&sort=-login -> id=id
                    admin res.partner search {"domain": [], "order": "id", "limit": 3} -> /customers?active=true&limit=3 -> id=id
                    admin res.partner search_read {"domain": [["id", "in", [1, 2]]], "fields": ["id", "display_name"], "order": "id"} -> /customers?active=true&id=1&id=2 -> id=id display_name=name
                    admin saas_portal.server search {"domain": [], "order": "id", "limit": 3} -> /servers?active=true&limit=3 -> id=id
                    admin saas_portal.server search_read {"domain": [["id", "in", [1, 2]]], "fields": ["id", "display_name"], "order": "id"} -> /servers?active=true&id=1&id=2 -> id=id display_name=name
                    admin saas_portal.plan search {"domain": [], "order": "id", "limit": 3} -> /plans?limit=3 -> id=id
                    admin saas_portal.plan search_read {"domain": [], "fields": ["name", "dbname_template", "max_users"]} -> /plans -> id=id name=name dbname_template=dbNameTemplate max_users=maxUsers
                    admin saas_portal.client search {"domain": [], "order": "id", "limit": 3} -> /tenants?limit=3 -> id=id
                    admin saas_portal.client search_read {"domain": [["state", "=", "open"]], "fields": ["name", "plan_id", "partner_id"], "order": "name"} -> /tenants?state=open&sort=name -> id=id name=name plan_id=planId partner_id=customerId
                    admin saas_portal.client search_read {"domain": [], "fields": ["name"], "context": {"active_test": false, "lang": "en_US"}, "order": "id"} -> /tenants -> id=id name=name
                    owner saas_portal.client search_read {"domain": [], "fields": ["name", "user_id"]} -> /tenants -> id=id name=name user_id=ownerId
                    owner res.users search_read {"domain": [], "fields": ["login"]} -> /accounts -> id=id login=login
                    owner res.users.apikeys search_read {"domain": [], "fields": ["name", "scope", "user_id"]} -> /keys -> id=id name=name user_id=userId
                    admin res.users.apikeys search {"domain": [], "order": "id", "limit": 3} -> /keys?limit=3 -> id=id
                    """)
    void recordsAreTheSame(String line, String path, String fields) throws Exception {
        Map<String, String> names = new LinkedHashMap<>();
        for (String each : fields.split(" ")) {
            String[] pair = each.split("=");
            names.put(pair[0], pair[1]);
        }
        GoldenCall call = call(line);
        List<Object> expected = new ArrayList<>();
        for (Object record : (List<?>) json2(call)) {
            expected.add(
                    record instanceof Map<?, ?> map
                            ? names.keySet().stream()
                                    .map(each -> id(map.get(each)))
                                    .toList()
                            : List.of(record));
        }
        List<Object> found = new ArrayList<>();
        for (Map<?, ?> record : items(call.user(), path)) {
            found.add(names.values().stream().map(each -> id(record.get(each))).toList());
        }
        assertThat(found).isEqualTo(expected);
        assertThat(found).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiterString = " -> ", quoteCharacter = '`', textBlock = """
                    admin res.users search_count {"domain": [["id", "<=", 2]]} -> /accounts?active=true&where=id%3C%3D2
                    admin res.users.apikeys search_count {"domain": [["id", "<=", 2]]} -> /keys?where=id%3C%3D2
                    admin res.partner search_count {"domain": [["id", "<=", 2]]} -> /customers?where=id%3C%3D2
                    admin saas_portal.server search_count {"domain": [["id", "<=", 2]]} -> /servers?where=id%3C%3D2
                    admin saas_portal.plan search_count {"domain": [["id", "<=", 2]]} -> /plans?where=id%3C%3D2
                    admin saas_portal.client search_count {"domain": [["id", "<=", 2]]} -> /tenants?where=id%3C%3D2
                    owner res.users search_count {"domain": []} -> /accounts
                    owner res.users.apikeys search_count {"domain": []} -> /keys
                    owner res.partner search_count {"domain": []} -> /customers
                    owner saas_portal.plan search_count {"domain": []} -> /plans
                    owner saas_portal.client search_count {"domain": []} -> /tenants
                    """)
    void numbersAreTheSame(String line, String path) throws Exception {
        GoldenCall call = call(line);
        assertThat((long) items(call.user(), path).size()).isEqualTo(json2(call));
    }

    @ParameterizedTest
    @CsvSource({
        "res.users, /accounts/, name",
        "res.partner, /customers/, name",
        "saas_portal.server, /servers/, name",
        "saas_portal.plan, /plans/, name",
        "saas_portal.client, /tenants/, name"
    })
    void recordsThatDoNotExistAreMissing(String model, String path, String name) throws Exception {
        GoldenCall call =
                call("admin " + model + " read {\"ids\": [1, 2, 99], \"fields\": [\"id\", \"display_name\"]}");
        Map<Object, Object> expected = new LinkedHashMap<>();
        for (Object record : (List<?>) json2(call)) {
            expected.put(((Map<?, ?>) record).get("id"), ((Map<?, ?>) record).get("display_name"));
        }
        for (long id : List.of(1L, 2L, 99L)) {
            RestCalls.Answer answer = rest(call.user()).get(path + id);
            if (expected.containsKey(id)) {
                assertThat(answer.json().get(name)).isEqualTo(expected.get(id));
            } else {
                assertThat(answer.problem()).isEqualTo("404 record.missing");
            }
        }
    }

    private static GoldenCall call(String line) throws Exception {
        return GoldenFile.read().stream()
                .filter(each -> each.line().endsWith(line))
                .findFirst()
                .orElseThrow(() -> new AssertionError("There is no golden call " + line));
    }

    /** Returns what JSON-2 answers now, which must be the golden answer. */
    private static Object json2(GoldenCall call) throws Exception {
        GoldenOutcome outcome = GoldenProtocol.JSON_2.call(portal, call);
        assertThat(outcome).isEqualTo(call.json2());
        return Objects.requireNonNull(GoldenJson.read(outcome.line().substring("= ".length())));
    }

    /** Returns the id of a reference, which JSON-2 sends with the name of the record. */
    private static Object id(Object value) {
        return value instanceof List<?> reference ? reference.get(0) : value;
    }

    private static List<Map<String, Object>> items(User user, String path) {
        RestCalls.Answer answer = rest(user).get(path);
        assertThat(answer.status()).as(path).isEqualTo(200);
        return answer.items();
    }

    private static RestCalls rest(User user) {
        return new RestCalls(portal.port(), portal.key(user));
    }
}
