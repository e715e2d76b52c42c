// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import static dev.allotment.odoo.OdooPortal.assertFault;
import static dev.allotment.odoo.OdooPortal.list;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.odoo.fault.OdooFault;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class NewDatabaseTest {
    private final OdooPortal portal = new OdooPortal();

    @AfterEach
    void close() {
        portal.close();
    }

    private String name(Map<String, Object> created) {
        return (String) portal.read("saas_portal.client", (Long) created.get("id"), "name")
                .get("name");
    }

    @Test
    void returnsASignInLinkThatWorksOnce() {
        long owner = portal.signUp("owner@example.com");
        long plan = portal.plan(Map.of());

        Map<String, Object> created = portal.newDatabase(plan, Map.of("user_id", owner));

        assertThat(created).containsOnlyKeys("url", "id", "client_id", "auth_url");
        assertThat(created).containsEntry("auth_url", created.get("url"));
        assertThat(portal.read(
                        "saas_portal.client", (Long) created.get("id"), "client_id", "user_id", "plan_id", "state"))
                .isEqualTo(Map.of(
                        "id", created.get("id"),
                        "client_id", created.get("client_id"),
                        "user_id", list(owner, "Client owner@example.com"),
                        "plan_id", list(plan, "Basic"),
                        "state", "open"));
        URI url = URI.create((String) created.get("url"));
        assertThat(url.getScheme() + "://" + url.getAuthority() + url.getPath())
                .isEqualTo("http://client-001.localhost:8069/saas_client/new_database");
        String query = URLDecoder.decode(url.getRawQuery(), StandardCharsets.UTF_8);
        assertThat(query)
                .contains("state={")
                .contains("\"d\"")
                .contains("\"p\"")
                .contains("\"a\"");
        String token = query.replaceAll(".*access_token=([^&]*).*", "$1");
        assertThat(portal.saas.access().redeem("client-001.localhost", token)).isPresent();
        assertThat(portal.saas.access().redeem("client-001.localhost", token)).isEmpty();
    }

    @Test
    void issuesATokenForOneHour() {
        String url =
                (String) portal.newDatabase(portal.plan(Map.of()), Map.of()).get("url");
        String token = url.replaceAll(".*access_token=([^&]*).*", "$1");
        portal.clock.advance(Duration.ofHours(1));

        assertThat(portal.saas.access().redeem("client-001.localhost", token)).isEmpty();
    }

    @Test
    void generatesTheNextNameFromThePlansTemplate() {
        long plan = portal.plan(Map.of());

        assertThat(name(portal.newDatabase(plan, Map.of("dbname", false)))).isEqualTo("client-001.localhost");
        assertThat(name(portal.newDatabase(plan, Map.of("dbname", "")))).isEqualTo("client-002.localhost");
        assertThat(name(portal.newDatabase(plan, Map.of()))).isEqualTo("client-003.localhost");
        Map<String, Object> nil = new LinkedHashMap<>();
        nil.put("dbname", null);
        assertThat(name(portal.newDatabase(plan, nil))).isEqualTo("client-004.localhost");
    }

    @Test
    void usesTheGivenName() {
        assertThat(name(portal.newDatabase(portal.plan(Map.of()), Map.of("dbname", "my.shop"))))
                .isEqualTo("my.shop");
    }

    @Test
    void refusesACallWithoutANameAndATemplate() {
        long plan = portal.plan(Map.of("dbname_template", false));

        assertFault(
                2,
                "Plan \"Basic\" has no DB Names template: give a name for the database, or set one.",
                () -> portal.newDatabase(plan, Map.of()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x\"; drop database y; --",
                "Upper",
                "bad name/../x",
                "postgres",
                "template0",
                "template1",
                OdooPortal.DB,
                "-x",
                "x-",
                "a..b",
                ".",
                "ä",
                "a_b",
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
            })
    void refusesAMalformedNameAndLeavesNothingBehind(String name) {
        long plan = portal.plan(Map.of());

        assertThat(OdooPortal.fault(() -> portal.newDatabase(plan, Map.of("dbname", name))))
                .returns(2, OdooFault::code);
        assertThat(portal.admin("saas_portal.client", "search_count", list())).isEqualTo(0L);
    }

    @Test
    void refusesATakenName() {
        long plan = portal.plan(Map.of());
        portal.newDatabase(plan, Map.of("dbname", "my.shop"));

        assertFault(
                2,
                "Database \"my.shop\" already exists; choose another name.",
                () -> portal.newDatabase(plan, Map.of("dbname", "my.shop")));
    }

    @Test
    void acceptsEveryArgumentByNameAndByPosition() {
        long owner = portal.signUp("owner@example.com");
        long plan = portal.plan(Map.of("expiration", 48));
        long partner = (Long) portal.admin("res.partner", "create", Map.of("name", "Reseller"));
        String uuid = "6f1a0c66-9c5b-4a2e-8f4e-0d1c2b3a4f5e";
        Map<String, Object> kwargs = new LinkedHashMap<>();
        kwargs.put("dbname", "one.shop");
        kwargs.put("client_id", uuid);
        kwargs.put("partner_id", partner);
        kwargs.put("user_id", owner);
        kwargs.put("notify_user", false);
        kwargs.put("trial", true);
        kwargs.put("support_team_id", false);
        kwargs.put("async", true);

        Map<String, Object> created = portal.newDatabase(plan, kwargs);

        assertThat(created).containsEntry("client_id", uuid);
        assertThat(portal.read(
                        "saas_portal.client",
                        (Long) created.get("id"),
                        "name",
                        "partner_id",
                        "user_id",
                        "trial",
                        "expiration_datetime",
                        "expired"))
                .isEqualTo(Map.of(
                        "id",
                        created.get("id"),
                        "name",
                        "one.shop",
                        "partner_id",
                        list(partner, "Reseller"),
                        "user_id",
                        list(owner, "Client owner@example.com"),
                        "trial",
                        true,
                        "expiration_datetime",
                        "2026-03-03 12:00:00",
                        "expired",
                        false));
        assertThat(portal.admin(
                        "saas_portal.plan",
                        "create_new_database",
                        list(plan),
                        "two.shop",
                        UUID.randomUUID().toString(),
                        partner,
                        owner,
                        true,
                        false))
                .isInstanceOf(Map.class);
    }

    @Test
    void createsTheDatabaseForTheCallerByDefault() {
        Object id = portal.newDatabase(portal.plan(Map.of()), Map.of()).get("id");

        assertThat(portal.read("saas_portal.client", (Long) id, "user_id"))
                .containsEntry("user_id", list(2L, "Administrator"));
    }

    @Test
    void reportsTheLimitOfThePlan() {
        long owner = portal.signUp("owner@example.com");
        long plan =
                portal.plan(Map.of("maximum_allowed_dbs_per_partner", 3, "maximum_allowed_trial_dbs_per_partner", 1));
        for (int i = 0; i < 3; i++) {
            portal.newDatabase(plan, Map.of("user_id", owner));
        }

        assertFault(
                2,
                "Limit of databases for this plan is 3 reached",
                () -> portal.newDatabase(plan, Map.of("user_id", owner)));
        portal.newDatabase(plan, Map.of("user_id", owner, "trial", true));
        assertFault(
                2,
                "Limit of trial databases for this plan is 1 reached",
                () -> portal.newDatabase(plan, Map.of("user_id", owner, "trial", true)));
    }

    @Test
    void namesTheMissingPlanUserOrPartner() {
        long plan = portal.plan(Map.of());

        assertFault(
                2,
                "Record does not exist or has been deleted. (Record: saas_portal.plan(99,), User: 2)",
                () -> portal.newDatabase(99, Map.of()));
        assertFault(
                2,
                "Record does not exist or has been deleted. (Record: res.users(99,), User: 2)",
                () -> portal.newDatabase(plan, Map.of("user_id", 99)));
        assertFault(
                2,
                "Record does not exist or has been deleted. (Record: res.partner(99,), User: 2)",
                () -> portal.newDatabase(plan, Map.of("partner_id", 99)));
        assertThat(portal.admin("saas_portal.client", "search_count", list())).isEqualTo(0L);
    }

    @Test
    void namesArgumentsOfTheWrongKind() {
        long plan = portal.plan(Map.of());

        assertFault(
                1,
                "user_id of create_new_database of saas_portal.plan must be the id of a record, found a text.",
                () -> portal.newDatabase(plan, Map.of("user_id", "me")));
        assertFault(
                1,
                "dbname of create_new_database of saas_portal.plan must be text, found a list.",
                () -> portal.newDatabase(plan, Map.of("dbname", List.of())));
        assertFault(
                2,
                "client_id of create_new_database of saas_portal.plan must be a UUID.",
                () -> portal.newDatabase(plan, Map.of("client_id", "x")));
        assertFault(
                1,
                "ids of create_new_database of saas_portal.plan must be one record, found a list.",
                () -> portal.admin("saas_portal.plan", "create_new_database", list(plan, portal.plan(Map.of()))));
        assertThat(OdooPortal.fault(() -> portal.newDatabase(plan, Map.of("owner_password", "x"))))
                .returns(1, OdooFault::code)
                .hasMessageEndingWith("found 'owner_password'.");
    }

    @Test
    void claimsSparesOfThePlanAndReportsThem() {
        long withSpares = portal.plan(Map.of("name", "With spares", "spares", 2, "published", true));
        portal.admin("saas_portal.plan", "create_template", withSpares);
        assertThat(portal.read("saas_portal.plan", withSpares, "spares", "published"))
                .containsEntry("spares", 2)
                .containsEntry("published", true);
        assertThat(portal.admin(
                        "saas_portal.plan", "search", list(list("published", "=", true), list("spares", ">", 1))))
                .isEqualTo(list(withSpares));
        portal.saas.maintenance().run();
        portal.newDatabase(withSpares, Map.of("user_id", portal.signUp("stock@example.com")));

        Map<?, ?> result = (Map<?, ?>) portal.admin("saas_portal.database", "spare_statistics");
        assertThat(result.get("claimed")).isEqualTo(1L);
        assertThat(result.get("missed")).isEqualTo(0L);
        assertThat(result.get("claiming_seconds")).isEqualTo(0.0);
        assertThat((List<?>) result.get("stock"))
                .singleElement()
                .satisfies(each -> assertThat((Map<?, ?>) each)
                        .hasFieldOrProperty("template_id")
                        .extracting("server_id", "unfinished")
                        .containsExactly(1L, 0));
        assertThat(OdooPortal.fault(() -> portal.execute(
                                OdooPortal.DB,
                                portal.signUp("other@example.com"),
                                OdooPortal.PASSWORD,
                                "saas_portal.database",
                                "spare_statistics"))
                        .code())
                .isEqualTo(4);
    }
}
