// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import static dev.allotment.odoo.OdooPortal.fault;
import static dev.allotment.odoo.OdooPortal.list;
import static org.assertj.core.api.Assertions.assertThat;

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
}
