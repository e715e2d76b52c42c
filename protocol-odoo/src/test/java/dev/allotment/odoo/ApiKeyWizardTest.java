// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import static dev.allotment.odoo.OdooPortal.assertFault;
import static dev.allotment.odoo.OdooPortal.fault;
import static dev.allotment.odoo.OdooPortal.list;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.odoo.fault.OdooFault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Makes API keys as clients do that imitate the dialog of Odoo. */
final class ApiKeyWizardTest {
    private static final String DESCRIPTION = "res.users.apikeys.description";
    private static final String CHECK = "res.users.identitycheck";
    private static final String TENANT = "shop.localhost";

    private final OdooPortal portal = new OdooPortal();

    @AfterEach
    void close() {
        portal.close();
    }

    private Object call(String db, String model, String method, Object... args) {
        return portal.execute(db, 2, "admin", model, method, args);
    }

    private Object described(String db) {
        Object id = call(db, DESCRIPTION, "create", Map.of("name", "reports"));
        Map<?, ?> action = (Map<?, ?>) call(db, DESCRIPTION, "make_key", list(id));
        assertThat(action.get("res_model")).isEqualTo(CHECK);
        return action.get("res_id");
    }

    @Test
    void endsWithAKeyThatSignsIn() {
        portal.db("create_database", OdooPortal.MASTER, TENANT, false, "en_US", "admin");
        for (String db : List.of(OdooPortal.DB, TENANT)) {
            Object check = described(db);
            assertThat(call(db, CHECK, "write", list(check), Map.of("password", "admin")))
                    .isEqualTo(true);
            assertThat(call(db, CHECK, "read", list(check), list("password")))
                    .isEqualTo(list(Map.of("id", check, "password", false)));

            Map<?, ?> shown = (Map<?, ?>) call(db, CHECK, "run_check", list(check));

            Object key = ((Map<?, ?>) shown.get("context")).get("default_key");
            assertThat(portal.common("authenticate", db, "admin", key, Map.of()))
                    .isEqualTo(2L);
            assertThat(fault(() -> call(db, CHECK, "run_check", list(check))).getMessage())
                    .startsWith("Record does not exist");
        }
    }

    @Test
    void makesNoKeyWithoutTheRightPassword() {
        Object check = described(OdooPortal.DB);

        assertThat(fault(() -> call(OdooPortal.DB, CHECK, "run_check", list(check)))
                        .code())
                .isEqualTo(3);
        call(OdooPortal.DB, CHECK, "write", list(check), Map.of("password", "wrong"));
        assertThat(fault(() -> call(OdooPortal.DB, CHECK, "run_check", list(check)))
                        .code())
                .isEqualTo(3);
        assertThat(call(OdooPortal.DB, "res.users.apikeys", "search_count", list()))
                .isEqualTo(0L);
    }

    @Test
    void isOpenToItsUserInItsDatabaseOnly() {
        portal.db("create_database", OdooPortal.MASTER, TENANT, false, "en_US", "admin");
        long anna = portal.signUp("anna@example.com");
        Object check = described(OdooPortal.DB);

        assertThat(fault(() -> call(TENANT, CHECK, "read", list(check))).getMessage())
                .startsWith("Record does not exist");
        assertThat(fault(() -> portal.execute(
                                OdooPortal.DB, anna, OdooPortal.PASSWORD, CHECK, "run_check", list(check)))
                        .getMessage())
                .startsWith("Record does not exist");
    }

    @Test
    void checksAPasswordOnce() {
        Map<String, ?> ended = Map.of("name", "reports", "expiration_date", "2026-01-01");
        Object check = call(OdooPortal.DB, DESCRIPTION, "create", ended);
        call(OdooPortal.DB, CHECK, "write", list(check), Map.of("password", "admin"));

        assertThat(fault(() -> call(OdooPortal.DB, CHECK, "run_check", list(check)))
                        .getMessage())
                .contains("expire in the future");
        assertThat(fault(() -> call(OdooPortal.DB, CHECK, "run_check", list(check)))
                        .code())
                .isEqualTo(3);
    }

    @Test
    void forgetsDialogsAfterTenMinutes() {
        Object check = described(OdooPortal.DB);
        portal.clock.advance(Duration.ofMinutes(9));
        assertThat(call(OdooPortal.DB, CHECK, "read", list(check), list("password")))
                .isEqualTo(list(Map.of("id", check, "password", false)));
        portal.clock.advance(Duration.ofMinutes(1));

        assertThat(fault(() -> call(OdooPortal.DB, CHECK, "read", list(check))).getMessage())
                .startsWith("Record does not exist");
    }

    @Test
    void keepsAFewDialogsOfEachUserInEachDatabase() {
        portal.db("create_database", OdooPortal.MASTER, TENANT, false, "en_US", "admin");
        Object other = described(TENANT);
        List<Object> checks = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            checks.add(described(OdooPortal.DB));
        }

        assertThat(fault(() -> call(OdooPortal.DB, CHECK, "read", list(checks.get(0))))
                        .getMessage())
                .startsWith("Record does not exist");
        call(OdooPortal.DB, CHECK, "read", list(checks.get(1)));
        call(TENANT, CHECK, "read", list(other));
    }

    @Test
    void keepsAHundredDialogsOfADatabase() {
        portal.db("create_database", OdooPortal.MASTER, TENANT, false, "en_US", "admin");
        Object other = described(TENANT);
        Object first = described(OdooPortal.DB);
        Object second = described(OdooPortal.DB);
        for (int user = 0; user < 20; user++) {
            long uid = portal.signUp("user" + user + "@example.com");
            for (int i = 0; i < (user == 0 ? 4 : 5); i++) {
                portal.execute(
                        OdooPortal.DB, uid, OdooPortal.PASSWORD, DESCRIPTION, "create", Map.of("name", "reports"));
            }
        }

        assertThat(fault(() -> call(OdooPortal.DB, CHECK, "read", list(first))).getMessage())
                .startsWith("Record does not exist");
        call(OdooPortal.DB, CHECK, "read", list(second));
        call(TENANT, CHECK, "read", list(other));
    }

    @Test
    void refusesLongTexts() {
        assertFault(
                2,
                "Field 'name' must have at most 256 characters, found 257.",
                () -> call(OdooPortal.DB, DESCRIPTION, "create", Map.of("name", "n".repeat(257))));
        Object check = described(OdooPortal.DB);
        assertFault(
                2,
                "Field 'password' must have at most 4096 characters, found 4097.",
                () -> call(OdooPortal.DB, CHECK, "write", list(check), Map.of("password", "p".repeat(4097))));
    }

    @Test
    void isClosedToAReadOnlyKey() {
        Object check = described(OdooPortal.DB);
        call(OdooPortal.DB, CHECK, "write", list(check), Map.of("password", "admin"));
        String key = (String) portal.admin("res.users.apikeys", "generate", "admin", "read-only", "Till", "2026-05-01");

        assertReadOnly(key, DESCRIPTION, "create", Map.of("name", "reports"));
        assertReadOnly(key, CHECK, "write", list(check), Map.of("password", "wrong"));
        assertReadOnly(key, CHECK, "run_check", list(check));
        call(OdooPortal.DB, CHECK, "run_check", list(check));
    }

    private void assertReadOnly(String key, String model, String method, Object... args) {
        OdooFault fault = fault(() -> portal.execute(OdooPortal.DB, 2, key, model, method, args));
        assertThat(fault.code()).isEqualTo(4);
        assertThat(fault.getMessage()).contains("read-only");
    }
}
