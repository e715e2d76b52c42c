// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import static dev.allotment.odoo.OdooPortal.assertFault;
import static dev.allotment.odoo.OdooPortal.list;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ParameterModelTest {
    private final OdooPortal portal = new OdooPortal();

    @AfterEach
    void close() {
        portal.close();
    }

    private Object get(Object... args) {
        return portal.admin("ir.config_parameter", "get_param", args);
    }

    private Object set(String key, Object value) {
        return portal.admin("ir.config_parameter", "set_param", key, value);
    }

    @Test
    void returnsTheValueTheDefaultOrFalse() {
        assertThat(get("web.base.url")).isEqualTo("http://portal.localhost:8069");
        assertThat(get("saas_portal.base_saas_domain")).isEqualTo("portal.localhost");
        assertThat(get("no.such.key")).isEqualTo(false);
        assertThat(get("no.such.key", "otherwise")).isEqualTo("otherwise");
        assertThat(get("no.such.key", null)).isEqualTo(false);
        assertThat(portal.adminKw("ir.config_parameter", "get_param", list("no.such.key"), Map.of("default", 7)))
                .isEqualTo(7);
        assertThat(get("database.uuid")).asString().hasSize(36);
        assertThat(get("no.such.key", LocalDateTime.of(2026, 1, 31, 12, 0))).isEqualTo("2026-01-31 12:00:00");
        assertFault(
                1,
                "default of get_param of ir.config_parameter must be text, a number, a boolean or a date, found bytes.",
                () -> get("no.such.key", (Object) new byte[] {1}));
        assertThat(get("no.such.key", "otherwise", Map.of("lang", "en_US"))).isEqualTo("otherwise");
    }

    @Test
    void returnsTheOldValueAndRemovesAnAbsentOne() {
        assertThat(set("my.key", "one")).isEqualTo(false);
        assertThat(set("my.key", 10)).isEqualTo("one");
        assertThat(set("my.key", true)).isEqualTo("10");
        assertThat(set("my.key", 1.5)).isEqualTo("True");
        assertThat(get("my.key")).isEqualTo("1.5");
        assertThat(set("my.key", false)).isEqualTo("1.5");
        assertThat(get("my.key")).isEqualTo(false);
        assertThat(set("my.key", null)).isEqualTo(false);
        assertThat(portal.adminKw(
                        "ir.config_parameter",
                        "set_param",
                        list("my.key", "two"),
                        Map.of("groups", list("base.group_system"))))
                .isEqualTo(false);
        assertThat(get("my.key")).isEqualTo("two");
    }

    @Test
    void refusesInvalidValuesOfKnownParameters() {
        assertThat(OdooPortal.fault(() -> set("auth_signup.allow_uninvited", "perhaps"))
                        .code())
                .isEqualTo(2);
        assertThat(OdooPortal.fault(() -> set("saas_portal.base_saas_domain", "no domain"))
                        .code())
                .isEqualTo(2);
        assertThat(OdooPortal.fault(() -> set("web.base.url", "ftp://x")).code())
                .isEqualTo(2);
        assertThat(OdooPortal.fault(() -> set("saas_portal.expiration_notify_in_advance", "soon"))
                        .code())
                .isEqualTo(2);
    }

    @Test
    void keepsTheTwoSignUpParametersConsistent() {
        set("auth_signup.allow_uninvited", false);
        assertThat(get("auth_signup.invitation_scope")).isEqualTo("b2b");
        set("auth_signup.invitation_scope", "b2c");
        assertThat(get("auth_signup.allow_uninvited")).isEqualTo("True");
    }

    @Test
    void appendsTheBaseDomainToNamesWithoutADot() {
        set("saas_portal.base_saas_domain", "example.com");
        long plan = portal.plan(Map.of("dbname_template", "shop-%i"));
        long id = (Long) portal.newDatabase(plan, Map.of()).get("id");

        assertThat(portal.read("saas_portal.client", id, "host")).containsEntry("host", "shop-001.example.com");
    }

    @Test
    void createsWritesAndUnlinksRecords() {
        Object id = portal.admin("ir.config_parameter", "create", Map.of("key", "my.key", "value", 10));
        assertThat(get("my.key")).isEqualTo("10");
        portal.admin("ir.config_parameter", "write", list(id), Map.of("value", "eleven"));
        assertThat(portal.admin("ir.config_parameter", "read", list(id), list("key", "value")))
                .isEqualTo(list(Map.of("id", id, "key", "my.key", "value", "eleven")));
        portal.admin("ir.config_parameter", "write", list(id), Map.of("key", "other.key"));
        assertThat(get("other.key")).isEqualTo("eleven");
        assertThat(get("my.key")).isEqualTo(false);
        Object ids = portal.admin("ir.config_parameter", "search", list(list("key", "=", "other.key")));
        portal.admin("ir.config_parameter", "unlink", ids);
        assertThat(get("other.key")).isEqualTo(false);
    }

    @Test
    void refusesAnotherKeyWithoutChangingAnything() {
        Object mine = portal.admin("ir.config_parameter", "create", Map.of("key", "my.key", "value", 10));
        Object url = ((List<?>) portal.admin("ir.config_parameter", "search", list(list("key", "=", "web.base.url"))))
                .get(0);
        Object before = portal.admin("ir.config_parameter", "search_read", list());

        assertFault(
                2,
                "Key must be unique: a parameter 'web.base.url' already exists.",
                () -> portal.admin("ir.config_parameter", "write", list(mine), Map.of("key", "web.base.url")));
        assertThat(OdooPortal.fault(() ->
                                portal.admin("ir.config_parameter", "write", list(url), Map.of("key", "other.key")))
                        .code())
                .isEqualTo(2);

        assertThat(portal.admin("ir.config_parameter", "search_read", list())).isEqualTo(before);
    }

    @Test
    void refusesDuplicateKeysAndEmptyValues() {
        assertFault(
                2,
                "Key must be unique: a parameter 'web.base.url' already exists.",
                () -> portal.admin(
                        "ir.config_parameter", "create", Map.of("key", "web.base.url", "value", "http://x")));
        for (Map<String, Object> values : List.<Map<String, Object>>of(
                Map.of("key", "my.key"), Map.of("value", "x"), Map.of("key", "my.key", "value", false))) {
            assertFault(
                    2,
                    "A parameter needs a key and a value. To remove a parameter, call unlink.",
                    () -> portal.admin("ir.config_parameter", "create", values));
        }
    }

    @Test
    void hidesTheSecretsOfTheControlPlane() {
        portal.db("change_admin_password", OdooPortal.MASTER, "another master");

        assertThat(String.valueOf(portal.admin("ir.config_parameter", "search_read", list())))
                .doesNotContain("master");
        assertThat(get("allotment.master_password")).isEqualTo(false);
    }
}
