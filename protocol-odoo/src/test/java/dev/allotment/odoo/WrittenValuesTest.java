// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import static dev.allotment.odoo.OdooPortal.list;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.odoo.fault.OdooFault;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Writes every kind of value into every field of every model, as every kind of caller. The server refuses a write, or
 * the record has the value afterwards.
 */
final class WrittenValuesTest {
    private static final List<Object> VALUES = list(
            false,
            true,
            null,
            "",
            " ",
            "x",
            "7",
            "2026-05-01 00:00:00",
            0,
            1,
            7,
            -1,
            1.5,
            list(),
            list(1),
            list(1, "x"),
            list(list(5)),
            list(list(6, 0, list())),
            list(list(6, 0, list(1))),
            list(list(3, 2)),
            list(list(3, 9)),
            list(list(4, 1)),
            list(list(4, 99)),
            Map.of(),
            Map.of("pool.size", "3"));

    /** Their values are never read. */
    private static final Set<String> SECRETS = Set.of("password", "db_password");

    private static OdooPortal portal;
    private static OdooPortal.Client client;
    private static long other;
    private static long otherMember;
    private static long plain;

    /** Changing the key of a parameter changes its id, as docs/wire.md says. */
    private static final Set<String> MOVING = Set.of("key");

    /** @param target the id of the user whose record is written */
    private record Caller(String db, long uid, String password, long target) {
        Object call(String model, String method, Object... args) {
            return portal.execute(db, uid, password, model, method, args);
        }
    }

    @BeforeAll
    static void open() {
        portal = new OdooPortal();
        client = portal.client("anna@example.com");
        portal.admin("ir.config_parameter", "set_param", "a", "b");
        portal.inside(client, "ir.config_parameter", "set_param", "a", "b");
        portal.admin("saas_portal.database", "create", Map.of("name", "golden"));
        other = portal.signUp("berta@example.com");
        otherMember = (Long) portal.inside(client, "res.users", "create", Map.of("login", "b", "name", "B"));
        plain = (Long) portal.inside(
                client, "res.users", "create", Map.of("login", "p", "name", "P", "password", OdooPortal.PASSWORD));
    }

    @AfterAll
    static void close() {
        portal.close();
    }

    @Test
    void areReadAgainByAnAdministrator() {
        check(new Caller(OdooPortal.DB, OdooPortal.ADMIN, "admin", other));
    }

    @Test
    void areReadAgainByAPortalUser() {
        check(new Caller(OdooPortal.DB, client.owner(), OdooPortal.PASSWORD, client.owner()));
    }

    @Test
    void areReadAgainByTheAdministratorOfATenantDatabase() {
        check(new Caller(client.name(), 2, OdooPortal.MASTER, otherMember));
    }

    @Test
    void areReadAgainByTheOwnerOfATenantDatabase() {
        check(new Caller(client.name(), client.member(), OdooPortal.PASSWORD, otherMember));
    }

    @Test
    void areReadAgainByAMemberOfATenantDatabase() {
        check(new Caller(client.name(), plain, OdooPortal.PASSWORD, plain));
    }

    @Test
    void ofGroupsAreRefusedToThoseWhoCannotChangeThem() {
        Caller user = new Caller(OdooPortal.DB, client.owner(), OdooPortal.PASSWORD, 0);
        Caller member = new Caller(client.name(), plain, OdooPortal.PASSWORD, 0);
        for (Object value : list(list(list(6, 0, list(1))), list(), list(list(5)), list(list(3, 2)), false)) {
            for (Caller caller : List.of(user, member)) {
                Object answer = tried(caller, "res.users", "write", list(caller.uid()), Map.of("groups_id", value));
                assertThat(answer)
                        .as("%s by %s", value, caller)
                        .isInstanceOfSatisfying(
                                OdooFault.class,
                                fault -> assertThat(fault.code()).isEqualTo(4));
            }
        }
    }

    private static void check(Caller caller) {
        List<String> wrong = new ArrayList<>();
        for (Map<String, Object> model :
                OdooPortal.rows(administrator(caller).call("ir.model", "search_read", list(), list("model")))) {
            check(caller, String.valueOf(model.get("model")), wrong);
        }
        assertThat(wrong).isEmpty();
    }

    private static Caller administrator(Caller caller) {
        return caller.db().equals(OdooPortal.DB)
                ? new Caller(OdooPortal.DB, OdooPortal.ADMIN, "admin", 0)
                : new Caller(client.name(), 2, OdooPortal.MASTER, 0);
    }

    private static void check(Caller caller, String model, List<String> wrong) {
        Object fields = tried(caller, model, "fields_get");
        Object ids = tried(caller, model, "search", list());
        if (!(fields instanceof Map<?, ?> described) || !(ids instanceof List<?> found) || found.isEmpty()) {
            return;
        }
        Object id = switch (model) {
            case "res.users" -> caller.target();
            // Without the administrator in the other groups, nothing else could be tried.
            case "res.groups" -> administrator(caller).call("ir.model.data", "xmlid_to_res_id", "base.group_user");
            default -> found.get(0);
        };
        described.forEach((name, attributes) -> {
            for (Object value : VALUES) {
                if (!SECRETS.contains(name) && !MOVING.contains(name)) {
                    check(
                            caller,
                            model,
                            id,
                            String.valueOf(name),
                            String.valueOf(((Map<?, ?>) attributes).get("type")),
                            value,
                            wrong);
                }
            }
        });
    }

    private static void check(
            Caller caller,
            String model,
            Object id,
            String field,
            String type,
            @Nullable Object value,
            List<String> wrong) {
        Object before = read(caller, model, id, field);
        Map<String, Object> values = new java.util.HashMap<>();
        values.put(field, value);
        Object answer = tried(caller, model, "write", list(id), values);
        if (answer instanceof OdooFault fault) {
            if (fault.getMessage().contains("Internal")) {
                wrong.add(model + "." + field + " = " + value + ": " + fault.getMessage());
            }
            return;
        }
        Object after = read(caller, model, id, field);
        if (!same(type, value, before, after)) {
            wrong.add(model + "." + field + " = " + value + " was accepted, and is " + after + " (was " + before + ")");
        }
        if (!String.valueOf(before).equals(String.valueOf(after))) {
            tried(
                    administrator(caller),
                    model,
                    "write",
                    list(id),
                    Map.of(field, before instanceof List<?> pair && type.equals("many2one") ? pair.get(0) : before));
        }
    }

    private static Object read(Caller caller, String model, Object id, String field) {
        return OdooPortal.rows(caller.call(model, "read", list(id), list(field)))
                .get(0)
                .get(field);
    }

    private static Object tried(Caller caller, String model, String method, Object... args) {
        try {
            return caller.call(model, method, args);
        } catch (OdooFault fault) {
            return fault;
        }
    }

    private static boolean same(String type, @Nullable Object written, Object before, Object after) {
        boolean absent = written == null || written.equals(false);
        return switch (type) {
            case "boolean" -> after.equals(!(absent || written.equals("") || written.equals(0)));
            case "integer" ->
                String.valueOf(after)
                        .equals(absent ? "0" : String.valueOf(written).strip());
            case "many2one" ->
                absent
                        ? after.equals(false)
                        : after instanceof List<?> pair
                                && String.valueOf(pair.get(0)).equals(String.valueOf(written));
            case "many2many", "one2many" -> new LinkedHashSet<>(texts((List<?>) after)).equals(linked(written, before));
            case "datetime" -> absent ? after.equals(false) : after.equals(written);
            default ->
                json(after).equals(absent || written.equals("") ? "false" : json(written))
                        || (after.equals(false) && isBlank(written))
                        || (json(after).equals("{}") && (absent || written.equals(list())));
        };
    }

    /** A text of blanks only counts as empty where blanks mean nothing. */
    private static boolean isBlank(Object written) {
        return written instanceof String text && text.isBlank();
    }

    private static String json(Object value) {
        return value.equals(true)
                ? "True"
                : value instanceof Map<?, ?> map && map.isEmpty()
                        ? "{}"
                        : String.valueOf(value).replace('=', ':').replaceAll("[\" ]", "");
    }

    private static List<String> texts(List<?> values) {
        return values.stream().map(String::valueOf).toList();
    }

    private static Set<String> linked(@Nullable Object written, Object before) {
        Set<String> ids = new LinkedHashSet<>(texts((List<?>) before));
        List<?> commands = written instanceof List<?> all ? all : List.of();
        if (commands.isEmpty() && (written instanceof List)) {
            return ids;
        }
        if (commands.stream().noneMatch(List.class::isInstance)) {
            return new LinkedHashSet<>(texts(commands));
        }
        for (Object each : commands) {
            List<?> command = (List<?>) each;
            switch ((int) command.get(0)) {
                case 3 -> ids.remove(String.valueOf(command.get(1)));
                case 4 -> ids.add(String.valueOf(command.get(1)));
                case 5 -> ids.clear();
                default -> ids = new LinkedHashSet<>(texts((List<?>) command.get(2)));
            }
        }
        return ids;
    }

    @Test
    void createsNothingForAnEmptyList() {
        for (String model : List.of("res.partner", "res.users", "saas_portal.plan", "ir.config_parameter")) {
            Object before = portal.admin(model, "search_count", list());
            assertThat(portal.admin(model, "create", list())).as(model).isEqualTo(list());
            assertThat(portal.admin(model, "search_count", list())).isEqualTo(before);
        }
    }
}
