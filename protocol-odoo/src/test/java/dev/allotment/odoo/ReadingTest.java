// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import static dev.allotment.odoo.OdooPortal.assertFault;
import static dev.allotment.odoo.OdooPortal.list;
import static dev.allotment.odoo.OdooPortal.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.allotment.Parameter;
import dev.allotment.odoo.fault.OdooFault;
import dev.allotment.spi.backend.RecordTypes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ReadingTest {
    private final OdooPortal portal = new OdooPortal();
    private long zoe;
    private long adam;
    private long mike;

    @BeforeEach
    void partners() {
        zoe = partner("Zoe", "zoe@example.com");
        adam = partner("Adam", false);
        mike = partner("Mike", "mike@example.com");
    }

    @AfterEach
    void close() {
        portal.close();
    }

    private long partner(String name, Object email) {
        return (Long) portal.admin("res.partner", "create", Map.of("name", name, "email", email));
    }

    /** Leaves out the two records of the first start. */
    private static List<Object> domain() {
        return list((Object) list("id", ">", 2));
    }

    @Test
    void readReturnsARecordOnceHoweverOftenItIsNamed() {
        assertThat(rows(portal.admin("res.partner", "read", list(mike, zoe, mike, zoe), list("name"))))
                .extracting(row -> row.get("name"))
                .containsExactlyInAnyOrder("Mike", "Zoe");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "res.users",
                "res.partner",
                "res.groups",
                "ir.config_parameter",
                "ir.model.data",
                "ir.module.module",
                "saas_portal.server",
                "saas_portal.database",
                "saas_portal.plan",
                "saas_portal.client"
            })
    void answersAllReadingMethods(String model) {
        portal.client("owner@example.com");

        List<?> ids = (List<?>) portal.admin(model, "search", list());
        List<Map<String, Object>> rows = rows(portal.admin(model, "search_read", list()));
        List<?> keys = (List<?>) portal.admin(model, "fields_get_keys");

        assertThat(portal.admin(model, "search_count", list())).isEqualTo((long) ids.size());
        assertThat(rows).hasSameSizeAs(ids);
        assertThat(rows(portal.admin(model, "read", ids))).isEqualTo(rows);
        assertThat((Map<?, ?>) portal.admin(model, "fields_get")).hasSameSizeAs(keys);
        assertThat(keys.contains("id") && keys.contains("display_name")).isTrue();
        assertThat(rows).allSatisfy(row -> {
            assertThat(row.keySet())
                    .containsExactlyInAnyOrderElementsOf(
                            keys.stream().map(String::valueOf).toList());
            assertThat(row).doesNotContainValue(null);
        });
        assertThat((List<?>) portal.admin(model, "name_search")).hasSameSizeAs(ids);
        assertThat((List<?>) portal.admin(model, "name_get", ids))
                .isEqualTo(rows.stream()
                        .map(row -> list(row.get("id"), row.get("display_name")))
                        .toList());
    }

    @Test
    void returnsAtMostTenThousandRecordsInOneCall() {
        String prefix = "many.";
        portal.backend.catalog().transact(tx -> {
            for (int i = 0; i <= 10_000; i++) {
                tx.records(RecordTypes.PARAMETERS).insert(new Parameter(0, prefix + i, "x", false));
            }
            return null;
        });
        String model = "ir.config_parameter";
        List<Object> many = list((Object) list("key", "=like", prefix + "%"));

        assertThat(portal.admin(model, "search_count", many)).isEqualTo(10_001L);
        for (String method : List.of("search", "search_read")) {
            assertFault(
                    2,
                    method + " on 'ir.config_parameter' returns at most 10000 records in one call; give limit and"
                            + " offset.",
                    () -> portal.admin(model, method, many));
        }
        List<?> first = (List<?>) portal.adminKw(model, "search", list(many), Map.of("limit", 10_000));
        List<?> rest = (List<?>) portal.adminKw(model, "search", list(many), Map.of("limit", 20_000, "offset", 10_000));
        assertThat(first).hasSize(10_000);
        assertThat(rest).hasSize(1);
        List<Object> all = new ArrayList<>(first);
        all.addAll(rest);
        assertThat((List<?>) portal.admin(model, "read", first, list("key"))).hasSize(10_000);
        assertFault(
                2,
                "read on 'ir.config_parameter' returns at most 10000 records in one call; pass fewer ids at once.",
                () -> portal.admin(model, "read", all, list("key")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"res.users", "res.groups", "ir.config_parameter", "ir.model.data", "ir.module.module"})
    void answersAllReadingMethodsInATenantDatabase(String model) {
        OdooPortal.Client client = portal.client("owner@example.com");

        List<?> ids = (List<?>) portal.inside(client, model, "search", list());
        List<Map<String, Object>> rows = rows(portal.inside(client, model, "search_read", list()));

        assertThat(rows).isNotEmpty().hasSameSizeAs(ids);
        assertThat(portal.inside(client, model, "search_count", list())).isEqualTo((long) ids.size());
        assertThat(portal.inside(client, model, "read", ids)).isEqualTo(rows);
        assertThat((Map<?, ?>) portal.inside(client, model, "fields_get"))
                .hasSameSizeAs((List<?>) portal.inside(client, model, "fields_get_keys"));
        assertThat((List<?>) portal.inside(client, model, "name_search")).hasSameSizeAs(ids);
        assertThat((List<?>) portal.inside(client, model, "name_get", ids)).hasSameSizeAs(ids);
    }

    @Test
    void acceptsAContextByPosition() {
        assertThat(portal.admin("res.partner", "search", domain(), 0, false, false, Map.of("lang", "en_US"), false))
                .isEqualTo(portal.admin("res.partner", "search", domain()));
        assertThat(portal.admin("res.partner", "read", List.of(mike), List.of("name"), Map.of()))
                .isEqualTo(portal.admin("res.partner", "read", List.of(mike), List.of("name")));
        assertThat(portal.admin("res.partner", "search", domain(), 0, false, false, Map.of(), true))
                .isEqualTo(portal.admin("res.partner", "search_count", domain()));
    }

    @Test
    void sortsSkipsAndLimitsAsRequested() {
        assertThat(portal.admin("res.partner", "search", domain(), 0, false, "name"))
                .isEqualTo(list(adam, mike, zoe));
        assertThat(portal.admin("res.partner", "search", domain(), 1, 1, "name desc"))
                .isEqualTo(list(mike));
        assertThat(portal.adminKw(
                        "res.partner",
                        "search",
                        list((Object) domain()),
                        Map.of("order", "name DESC, id", "limit", 2, "offset", 1)))
                .isEqualTo(list(mike, adam));
        assertThat(portal.admin("res.partner", "search", domain(), 5)).isEqualTo(list());
        assertThat(portal.admin("res.partner", "search", domain(), 0, 0)).isEqualTo(list(adam, mike, zoe));
    }

    @Test
    void countsRecords() {
        assertThat(portal.adminKw("res.partner", "search", list((Object) domain()), Map.of("count", true)))
                .isEqualTo(3L);
        assertThat(portal.admin("res.partner", "search_count", domain())).isEqualTo(3L);
        assertThat(portal.admin("res.partner", "search_count", domain(), 2)).isEqualTo(2L);
        assertThat(portal.admin("res.partner", "search_count", list(list("name", "=", "Nobody"))))
                .isEqualTo(0L);
    }

    @Test
    void returnsTheRequestedFieldsAndTheId() {
        assertThat(portal.adminKw(
                        "res.partner",
                        "search_read",
                        list(),
                        Map.of("domain", domain(), "fields", list("email"), "order", "name", "limit", 2)))
                .isEqualTo(list(Map.of("id", adam, "email", false), Map.of("id", mike, "email", "mike@example.com")));
        assertThat(portal.admin("res.partner", "search_read", domain(), list("name"), 1, 1, "name"))
                .isEqualTo(list(Map.of("id", mike, "name", "Mike")));
    }

    @Test
    void readsEachIdOnceInOrderAndLeavesOutMissingOnes() {
        assertThat(portal.admin("res.partner", "read", list(zoe, 999, adam, zoe), list("name")))
                .isEqualTo(list(Map.of("id", zoe, "name", "Zoe"), Map.of("id", adam, "name", "Adam")));
        assertThat(portal.admin("res.partner", "read", list(999))).isEqualTo(list());
        assertThat(portal.admin("res.partner", "read", list())).isEqualTo(list());
        assertThat(portal.admin("res.partner", "read", zoe, list("name")))
                .isEqualTo(list(Map.of("id", zoe, "name", "Zoe")));
    }

    @Test
    void returnsTheIdFirstAndThenTheFieldsInOrder() {
        assertThat(portal.read("res.partner", zoe, "name", "email", "active").keySet())
                .containsExactly("id", "name", "email", "active");
    }

    @Test
    void returnsReferencesWithOrWithoutNames() {
        assertThat(portal.read("res.users", 2, "partner_id")).containsEntry("partner_id", list(2L, "Administrator"));
        for (Object load : list(false, "", "_classic_write", "id")) {
            assertThat(portal.adminKw("res.users", "read", list(list(2), list("partner_id")), Map.of("load", load)))
                    .isEqualTo(list(Map.of("id", 2L, "partner_id", 2L)));
        }
        assertThat(portal.adminKw(
                        "res.users", "read", list(list(2), list("partner_id")), Map.of("load", "_classic_read")))
                .isEqualTo(list(Map.of("id", 2L, "partner_id", list(2L, "Administrator"))));
        long plan = portal.plan(Map.of());
        assertThat(portal.read("saas_portal.plan", plan, "template_id")).containsEntry("template_id", false);
    }

    @Test
    void returnsNoDefaults() {
        assertThat(portal.admin("saas_portal.plan", "default_get", list("name", "template_id")))
                .isEqualTo(Map.of());
        assertThat(portal.adminKw("res.users", "default_get", list(), Map.of("fields_list", list("login"))))
                .isEqualTo(Map.of());
        assertFault(
                2,
                "Invalid field 'phone' on model 'res.partner'",
                () -> portal.admin("res.partner", "default_get", list("phone")));
    }

    @Test
    void listsEveryModel() {
        assertThat(rows(portal.admin("ir.model", "search_read", list(), list("model", "transient"))))
                .extracting(row -> row.get("model"), row -> row.get("transient"))
                .contains(tuple("res.users", false), tuple("ir.model.access", false))
                .noneMatch(each -> Boolean.TRUE.equals(each.toList().get(1)));
    }

    @Test
    void returnsInstantsAsTextAndAbsentValuesAsFalse() {
        assertThat(portal.read("res.partner", adam, "create_date", "email", "user_ids"))
                .isEqualTo(
                        Map.of("id", adam, "create_date", "2026-03-01 12:00:00", "email", false, "user_ids", list()));
        assertThat(portal.read("res.users", 2, "login_date")).containsEntry("login_date", false);
    }

    @Test
    void refusesAnUnknownFieldEverywhere() {
        String refusal = "Invalid field 'phone' on model 'res.partner'";

        assertFault(2, refusal, () -> portal.admin("res.partner", "read", list(zoe), list("phone")));
        assertFault(2, refusal, () -> portal.admin("res.partner", "search_read", list(), list("phone")));
        assertFault(2, refusal, () -> portal.admin("res.partner", "search", list(list("phone", "=", "1"))));
        assertFault(2, refusal, () -> portal.admin("res.partner", "search", list(), 0, 0, "phone"));
        assertFault(2, refusal, () -> portal.admin("res.partner", "write", list(zoe), Map.of("phone", "1")));
        assertFault(2, refusal, () -> portal.admin("res.partner", "create", Map.of("name", "x", "phone", "1")));
    }

    @Test
    void explainsAMalformedOrder() {
        for (String order : new String[] {"name up", "name asc desc", "name,", ",name", "name; drop table users"}) {
            assertThat(OdooPortal.fault(() -> portal.admin("res.partner", "search", list(), 0, 0, order)))
                    .as(order)
                    .hasMessageStartingWith("Invalid order '" + order + "': it is a list of at most 10 fields")
                    .returns(2, OdooFault::code);
        }
        assertFault(
                2,
                "Field 'user_ids' on model 'res.partner' cannot be sorted by",
                () -> portal.admin("res.partner", "search", list(), 0, 0, "user_ids"));
    }

    @Test
    void refusesANegativeOffsetOrLimit() {
        assertFault(
                2,
                "Offset and limit must not be negative. Found -1 and 0.",
                () -> portal.admin("res.partner", "search", list(), -1));
        assertFault(
                2,
                "Offset and limit must not be negative. Found 0 and -5.",
                () -> portal.admin("res.partner", "search", list(), 0, -5));
    }

    @Test
    void leavesOutInactiveRecordsUnlessRequested() {
        portal.admin("res.partner", "write", list(zoe), Map.of("active", false));

        assertThat(portal.admin("res.partner", "search", domain())).isEqualTo(list(adam, mike));
        assertThat(portal.admin("res.partner", "search", list(list("id", ">", 2), list("active", "=", false))))
                .isEqualTo(list(zoe));
        assertThat(portal.admin(
                        "res.partner", "search", list(list("id", ">", 2), list("active", "in", list(true, false)))))
                .isEqualTo(list(adam, mike, zoe));
        assertThat(portal.adminKw(
                        "res.partner",
                        "search",
                        list((Object) domain()),
                        Map.of("context", Map.of("active_test", false))))
                .isEqualTo(list(adam, mike, zoe));
        assertThat(portal.read("res.partner", zoe, "name")).containsEntry("name", "Zoe");
    }

    @Test
    void searchesNamesWithinADomain() {
        assertThat(portal.admin("res.partner", "name_search", "zO")).isEqualTo(list(list(zoe, "Zoe")));
        assertThat(portal.admin("res.partner", "name_search", "mike@")).isEqualTo(list(list(mike, "Mike")));
        assertThat(portal.admin("res.partner", "name_search", "Zoe", list(), "="))
                .isEqualTo(list(list(zoe, "Zoe")));
        assertThat(portal.admin("res.partner", "name_search", "Zo", list(), "="))
                .isEqualTo(list());
        assertThat(portal.admin("res.partner", "name_search", "example", list(list("name", "!=", "Zoe"))))
                .isEqualTo(list(list(mike, "Mike")));
        assertThat(portal.admin("res.partner", "name_search", "zoe", domain(), "not ilike"))
                .isEqualTo(list(list(adam, "Adam"), list(mike, "Mike")));
        assertThat(portal.adminKw("res.partner", "name_search", list("", domain()), Map.of("limit", 2)))
                .isEqualTo(list(list(adam, "Adam"), list(mike, "Mike")));
    }

    @Test
    void returns100NamesByDefault() {
        for (int i = 0; i < 100; i++) {
            partner("Partner " + i, false);
        }

        assertThat((List<?>) portal.admin("res.partner", "name_search")).hasSize(100);
        assertThat((List<?>) portal.adminKw("res.partner", "name_search", list(), Map.of("limit", 0)))
                .hasSize(105);
    }

    @Test
    void returnsTheRequestedAttributesOfFields() {
        assertThat(portal.admin(
                        "saas_portal.client",
                        "fields_get",
                        list("plan_id", "state", "nonsense"),
                        list("type", "relation")))
                .isEqualTo(Map.of(
                        "plan_id", Map.of("type", "many2one", "relation", "saas_portal.plan"),
                        "state", Map.of("type", "selection")));
        assertThat(portal.adminKw("res.partner", "fields_get", list(), Map.of("allfields", list("email"))))
                .isEqualTo(Map.of(
                        "email",
                        Map.of(
                                "name", "email",
                                "type", "char",
                                "string", "Email",
                                "readonly", false,
                                "required", false,
                                "store", true,
                                "searchable", true,
                                "sortable", true)));
        assertThat(portal.admin("saas_portal.database", "fields_get", list("state"), list("selection", "readonly")))
                .isEqualTo(Map.of(
                        "state",
                        Map.of(
                                "readonly",
                                true,
                                "selection",
                                list(list("draft", "New"), list("template", "Template")))));
    }

    @Test
    void createsSeveralRecordsInOrder() {
        Object ids = portal.admin("res.partner", "create", (Object) list(Map.of("name", "One"), Map.of("name", "Two")));

        assertThat(portal.admin("res.partner", "read", ids, list("name")))
                .isEqualTo(rows(list(
                        Map.of("id", ((List<?>) ids).get(0), "name", "One"),
                        Map.of("id", ((List<?>) ids).get(1), "name", "Two"))));
    }

    @Test
    void namesAMissingIdAndChangesNothing() {
        assertFault(
                2,
                "Record does not exist or has been deleted. (Record: res.partner(999,), User: 2)",
                () -> portal.admin("res.partner", "write", list(zoe, 999), Map.of("name", "Changed")));
        assertFault(
                2,
                "Record does not exist or has been deleted. (Record: res.partner(999, 1000), User: 2)",
                () -> portal.admin("res.partner", "unlink", list(zoe, 999, 1000)));
        assertThat(portal.read("res.partner", zoe, "name")).containsEntry("name", "Zoe");
    }

    @Test
    void treatsImpossibleIdsLikeThoseOfRemovedRecords() {
        for (Object id : list(0, -1, false, null)) {
            assertThat(portal.admin("res.partner", "read", list(id, zoe), list("name")))
                    .isEqualTo(list(Map.of("id", zoe, "name", "Zoe")));
            long shown = id instanceof Integer number ? number : 0;
            assertFault(
                    2,
                    "Record does not exist or has been deleted. (Record: res.partner(" + shown + ",), User: 2)",
                    () -> portal.admin("res.partner", "write", list(zoe, id), Map.of("name", "Changed")));
        }
        assertThat(portal.admin("res.partner", "read", 0)).isEqualTo(list());
        assertThat(portal.admin("res.partner", "read", false)).isEqualTo(list());
        assertThat(portal.read("res.partner", zoe, "name")).containsEntry("name", "Zoe");
    }

    @Test
    void acceptsTheParameterNamesOfOtherVersions() {
        List<Object> byName = list((Object) list("name", "=", "Zoe"));
        assertThat(portal.adminKw("res.partner", "search", list(), Map.of("args", byName)))
                .isEqualTo(list(zoe));
        assertThat(portal.adminKw("res.partner", "search_count", list(), Map.of("args", byName)))
                .isEqualTo(1L);
        assertThat(portal.adminKw(
                        "res.users",
                        "search_read",
                        list(list(list("id", "=", 2))),
                        Map.of("fields", list("partner_id"), "load", false)))
                .isEqualTo(list(Map.of("id", 2L, "partner_id", 2L)));
        assertThat(portal.adminKw(
                        "res.partner", "create", list(), Map.of("vals_list", list((Object) Map.of("name", "New")))))
                .isInstanceOf(List.class);
        assertFault(
                1,
                "search of res.partner got domain twice, by position and by name.",
                () -> portal.adminKw("res.partner", "search", list(byName), Map.of("args", byName)));
    }

    @Test
    void writesAndUnlinksSeveralIds() {
        assertThat(portal.admin("res.partner", "write", list(zoe, adam), Map.of("email", "both@example.com")))
                .isEqualTo(true);
        assertThat(portal.admin("res.partner", "search", list(list("email", "=", "both@example.com"))))
                .isEqualTo(list(adam, zoe));
        assertThat(portal.admin("res.partner", "unlink", list(zoe, adam))).isEqualTo(true);
        assertThat(portal.admin("res.partner", "search", domain())).isEqualTo(list(mike));
        assertThat(portal.admin("res.partner", "write", new ArrayList<>(), Map.of("name", "x")))
                .isEqualTo(true);
    }

    @Test
    void refusesFieldsThatCannotBeWrittenAndWrongValues() {
        assertFault(
                2,
                "Field 'create_date' on model 'res.partner' cannot be written",
                () -> portal.admin("res.partner", "write", list(zoe), Map.of("create_date", "2026-01-01 00:00:00")));
        assertFault(
                2,
                "Field 'active' on model 'res.partner' must be a boolean, found a text.",
                () -> portal.admin("res.partner", "write", list(zoe), Map.of("active", "yes")));
        assertFault(
                2,
                "Field 'name' on model 'res.partner' must be text, found a struct.",
                () -> portal.admin("res.partner", "write", list(zoe), Map.of("name", Map.of())));
    }

    private Object groups(Object fields, Object groupBy, Map<String, ?> more) {
        return portal.adminKw("res.partner", "read_group", list(domain(), fields, groupBy), more);
    }

    @Test
    void groupsByABoolean() {
        portal.admin("res.partner", "write", list(mike), Map.of("active", false));

        assertThat(portal.adminKw(
                        "res.partner",
                        "read_group",
                        list(domain(), list(), "active"),
                        Map.of("context", Map.of("active_test", false))))
                .isEqualTo(list(
                        Map.of(
                                "active",
                                false,
                                "active_count",
                                1L,
                                "__domain",
                                list(list("active", "=", false), list("id", ">", 2))),
                        Map.of(
                                "active",
                                true,
                                "active_count",
                                2L,
                                "__domain",
                                list(list("active", "=", true), list("id", ">", 2)))));
        assertThat(rows(groups(list(), "active", Map.of())))
                .as("inactive ones are left out")
                .hasSize(1);
    }

    @Test
    void groupsByTimeAndByAllFieldsIfItIsNotLazy() {
        assertThat(groups(list("name:count_distinct"), list("create_date:month", "active"), Map.of("lazy", false)))
                .isEqualTo(list((Object) Map.of(
                        "create_date:month",
                        "March 2026",
                        "active",
                        true,
                        "__count",
                        3L,
                        "name",
                        3L,
                        "__range",
                        Map.of("create_date:month", Map.of("from", "2026-03-01 00:00:00", "to", "2026-04-01 00:00:00")),
                        "__domain",
                        list(
                                list("create_date", ">=", "2026-03-01 00:00:00"),
                                list("create_date", "<", "2026-04-01 00:00:00"),
                                list("active", "=", true),
                                list("id", ">", 2)))));
        assertThat(rows(groups(list(), list("create_date", "active"), Map.of())))
                .extracting(
                        row -> row.get("create_date"), row -> row.get("create_date_count"), row -> row.get("__context"))
                .containsExactly(tuple("March 2026", 3L, Map.of("group_by", list("active"))));
        assertThat(rows(groups(list(), list("create_date:day"), Map.of())))
                .extracting(row -> row.get("create_date:day"))
                .containsExactly("01 Mar 2026");
    }

    @Test
    void sortsAndPagesGroups() {
        assertThat(rows(groups(list(), list("name"), Map.of())))
                .extracting(row -> row.get("name"))
                .containsExactly("Adam", "Mike", "Zoe");
        assertThat(rows(groups(list(), list("name"), Map.of("orderby", "name desc", "offset", 1, "limit", 1))))
                .extracting(row -> row.get("name"))
                .containsExactly("Mike");
        assertThat(rows(groups(list(), list("email"), Map.of())))
                .extracting(row -> row.get("email"))
                .as("no value comes last")
                .endsWith(false);
    }

    @Test
    void addsUpNumbersOfReferences() {
        long plan = (Long) portal.admin("saas_portal.plan", "create", Map.of("name", "A", "max_users", 3));
        portal.admin("saas_portal.plan", "create", Map.of("name", "B", "max_users", 4));

        assertThat(rows(portal.admin(
                        "saas_portal.plan",
                        "read_group",
                        list(list("name", "in", list("A", "B"))),
                        list("max_users", "lowest:min(max_users)", "mean:avg(max_users)"),
                        list())))
                .singleElement()
                .satisfies(row -> assertThat(row)
                        .containsEntry("__count", 2L)
                        .containsEntry("max_users", 7L)
                        .containsEntry("lowest", 3L)
                        .containsEntry("mean", 3.5));
        portal.db("create_database", OdooPortal.MASTER, "one.example.com", false, "en_US");
        assertThat(rows(portal.admin("saas_portal.client", "read_group", list(), list(), list("server_id"))))
                .singleElement()
                .satisfies(row -> assertThat(row)
                        .containsEntry("server_id_count", 1L)
                        .extractingByKey("server_id")
                        .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST)
                        .hasSize(2));
        assertThat(plan).isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"user_ids", "attributes", "id", "nothing", "name:month", "create_date:decade"})
    void refusesToGroupByOtherFields(String field) {
        assertThat(OdooPortal.fault(() -> groups(list(), list(field), Map.of())).code())
                .isEqualTo(2);
    }

    @Test
    void groupsOnlyWhatTheCallerSees() {
        portal.adminKw(
                "res.users",
                "signup",
                list(Map.of("login", "eve", "name", "Eve", "password", OdooPortal.PASSWORD)),
                Map.of());
        long eve = (Long) portal.common("login", OdooPortal.DB, "eve", OdooPortal.PASSWORD);

        assertThat(rows(portal.executeKw(
                        OdooPortal.DB,
                        eve,
                        OdooPortal.PASSWORD,
                        "res.partner",
                        "read_group",
                        list(list(), list(), list("name")),
                        Map.of())))
                .extracting(row -> row.get("name"))
                .containsExactly("Eve");
    }
}
