// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import static dev.allotment.odoo.OdooPortal.assertFault;
import static dev.allotment.odoo.OdooPortal.list;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ObjectServiceTest {
    private final OdooPortal portal = new OdooPortal();

    @AfterEach
    void close() {
        portal.close();
    }

    private Object call(String method, Object... params) {
        return portal.services.call("object", method, list(params), null);
    }

    @Test
    void returnsTheResultOfExecuteKw() {
        assertThat(call("execute_kw", OdooPortal.DB, 2, "admin", "res.users", "search_count", list(list())))
                .isEqualTo(1L);
        assertThat(call(
                        "execute_kw",
                        OdooPortal.DB,
                        2,
                        "admin",
                        "res.users",
                        "search_count",
                        list(),
                        Map.of("domain", list())))
                .isEqualTo(1L);
        assertThat(call("execute_kw", OdooPortal.DB, 2, "admin", "res.users", "search_count", list(list()), false))
                .isEqualTo(1L);
    }

    @Test
    void readsAnEmptyArrayOfPhpAsAnEmptyStruct() {
        assertThat(call("execute_kw", OdooPortal.DB, 2, "admin", "res.users", "search_count", list(list()), list()))
                .isEqualTo(1L);
    }

    @Test
    void returnsTheResultOfExecute() {
        assertThat(call("execute", OdooPortal.DB, 2, "admin", "res.users", "search_count", list()))
                .isEqualTo(1L);
        assertThat(call("execute", OdooPortal.DB, 2, "admin", "res.users", "read", 2, list("login")))
                .isEqualTo(list(Map.of("id", 2L, "login", "admin")));
    }

    @Test
    void acceptsTheUidAsTextOrLong() {
        assertThat(call("execute", OdooPortal.DB, "2", "admin", "res.users", "search_count", list()))
                .isEqualTo(1L);
        assertThat(call("execute", OdooPortal.DB, 2L, "admin", "res.users", "search_count", list()))
                .isEqualTo(1L);
    }

    @Test
    void checksThePasswordOnEveryCall() {
        call("execute", OdooPortal.DB, 2, "admin", "res.users", "search_count", list());

        assertFault(
                3,
                "Access Denied",
                () -> call("execute", OdooPortal.DB, 2, "wrong", "res.users", "search_count", list()));
    }

    @Test
    void refusesAUidOrPasswordThatMeansNoUser() {
        for (Object uid : list(false, null, 0, -1, true, "0")) {
            assertFault(
                    3,
                    "Access Denied",
                    () -> call("execute", OdooPortal.DB, uid, "admin", "res.users", "search_count"));
        }
        for (Object password : list(false, null, "")) {
            assertFault(
                    3, "Access Denied", () -> call("execute", OdooPortal.DB, 2, password, "res.users", "search_count"));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 999, Long.MAX_VALUE})
    void refusesAnUnknownUidLikeAWrongPassword(long uid) {
        assertFault(
                3, "Access Denied", () -> call("execute", OdooPortal.DB, uid, "admin", "res.users", "search_count"));
    }

    @Test
    void refusesAUidThatIsNotANumber() {
        assertFault(
                1,
                "uid of execute must be a number, found a text.",
                () -> call("execute", OdooPortal.DB, "admin", "admin", "res.users", "search_count"));
        assertFault(
                1,
                "uid of execute must be a number, found a fraction.",
                () -> call("execute", OdooPortal.DB, 2.5, "admin", "res.users", "search_count"));
    }

    @Test
    void explainsWrongArgumentsAndUnknownMethodsInFault1() {
        assertFault(
                1,
                "execute_kw takes (db, uid, password, model, method, args, kwargs=), and args is missing.",
                () -> call("execute_kw", OdooPortal.DB, 2, "admin", "res.users", "search_count"));
        assertFault(
                1,
                "args of execute_kw must be a list, found a struct.",
                () -> call("execute_kw", OdooPortal.DB, 2, "admin", "res.users", "search_count", Map.of()));
        assertFault(
                1,
                "kwargs of execute_kw must be a struct, found a list.",
                () -> call("execute_kw", OdooPortal.DB, 2, "admin", "res.users", "search_count", list(), list(1)));
        assertFault(
                1,
                "execute takes (db, uid, password, model, method), and model is missing.",
                () -> call("execute", OdooPortal.DB, 2, "admin"));
        assertFault(
                1,
                "model of execute must be text, found a number.",
                () -> call("execute", OdooPortal.DB, 2, "admin", 7, "search"));
        assertFault(
                1,
                "password of execute must be text, found a number.",
                () -> call("execute", OdooPortal.DB, 2, 7, "res.users", "search"));
        assertFault(
                1,
                "Service object has no method 'exec_workflow'; it has execute_kw and execute.",
                () -> call("exec_workflow"));
    }

    @Test
    void explainsWrongArgumentsOfAMethodInFault1() {
        assertFault(
                1,
                "read of res.users takes (ids, fields=, load=), and ids is missing.",
                () -> portal.admin("res.users", "read"));
        assertFault(
                1,
                "search of res.users takes (domain, offset=, limit=, order=, count=), and domain is missing.",
                () -> portal.admin("res.users", "search"));
        assertFault(
                1,
                "search_count of res.users takes (domain, limit=), found 3 arguments.",
                () -> portal.admin("res.users", "search_count", list(), 1, 2));
        assertFault(
                1,
                "search of res.users takes (domain, offset=, limit=, order=, count=), found 'oder'.",
                () -> portal.adminKw("res.users", "search", list(list()), Map.of("oder", "id")));
        assertFault(
                1,
                "search of res.users got domain twice, by position and by name.",
                () -> portal.adminKw("res.users", "search", list(list()), Map.of("domain", list())));
        assertFault(
                1,
                "limit of search of res.users must be a whole number, found a text.",
                () -> portal.adminKw("res.users", "search", list(list()), Map.of("limit", "many")));
        assertFault(
                1,
                "ids of read of res.users must be the id of a record, found a text.",
                () -> portal.admin("res.users", "read", "2"));
        assertFault(
                1,
                "vals_list of create of res.partner must be a struct, found a text.",
                () -> portal.admin("res.partner", "create", "name"));
    }

    @Test
    void acceptsAndIgnoresTheContextOfEveryMethod() {
        assertThat(portal.adminKw("res.users", "context_get", list(), Map.of("context", Map.of("lang", "de_DE"))))
                .isEqualTo(Map.of("lang", "en_US", "tz", "UTC", "uid", 2L));
    }
}
