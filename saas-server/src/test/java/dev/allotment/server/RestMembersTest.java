// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.PlanId;
import dev.allotment.Role;
import dev.allotment.SignUp;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.access.ApiKeyScope;
import dev.allotment.access.Group;
import dev.allotment.access.Member;
import dev.allotment.access.MemberId;
import dev.allotment.access.NewApiKey;
import dev.allotment.access.TenantDatabase;
import dev.allotment.server.RestCalls.Answer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The members of tenants over the REST API of a running server. */
class RestMembersTest {
    private static final String PASSWORD = "a long password";

    private static RunningServer server;
    private static RestCalls admin;
    private static User owner;
    private static RestCalls portal;
    private static long plan;

    @BeforeAll
    static void start() throws Exception {
        server = ServerContract.start(List.of("--data", "memory"));
        admin = RestCalls.as(server, new UserId(2), ApiKeyScope.EVERYTHING);
        owner = server.saas()
                .accounts()
                .create(
                        SignUp.builder("owner@example.com", "Olga Owner", PASSWORD)
                                .build(),
                        Role.PORTAL);
        portal = RestCalls.as(server, owner.id(), ApiKeyScope.EVERYTHING);
        plan = (long) Objects.requireNonNull(
                admin.post("/plans", "{\"name\": \"Members\", \"dbNameTemplate\": \"members-%i.localhost\"}")
                        .json()
                        .get("id"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** Creates a tenant of the owner, and returns its address. */
    private static String tenant(String name) {
        Map<String, Object> operation = admin.done(
                "/tenants",
                "{\"planId\": " + plan + ", \"name\": \"" + name + ".localhost\", \"ownerId\": " + owner.id() + "}");
        return "/tenants/" + operation.get("tenantId");
    }

    private static TenantDatabase database(String name) {
        return server.saas().database(name + ".localhost");
    }

    /** Creates a member, and returns its address. */
    private static String member(String tenant, String login) {
        return created(admin.post(tenant + "/members", body(login, "")));
    }

    private static String body(String login, String more) {
        return "{\"login\": \"" + login + "\", \"name\": \"Worker\"" + more + "}";
    }

    private static String created(Answer answer) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        return Objects.requireNonNull(answer.header("location")).substring("/api/v1".length());
    }

    private static Object group(String tenant, String xmlId) {
        return Objects.requireNonNull(
                admin.get(tenant + "/groups?xmlId=" + xmlId).items().get(0).get("id"));
    }

    private static List<Object> xmlIds(Answer groups) {
        return groups.items().stream().map(each -> each.get("xmlId")).toList();
    }

    private static boolean signsIn(String name, String login, String password) {
        return database(name)
                .members()
                .authenticate(login, password, "127.0.0.1")
                .isPresent();
    }

    @Test
    void aMemberLives() {
        String tenant = tenant("life");
        Answer answer = admin.post(
                tenant + "/members",
                body(
                        "Anna@Example.com",
                        ", \"password\": \"" + PASSWORD + "\", \"email\": \"anna@example.com\","
                                + " \"lang\": \"de_DE\", \"tz\": \"Europe/Berlin\""));
        String anna = created(answer);
        assertThat(anna).matches(tenant + "/members/[0-9]+");
        assertThat(answer.json())
                .containsEntry("login", "anna@example.com")
                .containsEntry("email", "anna@example.com")
                .containsEntry("active", true)
                .containsEntry("share", false)
                .containsEntry("owner", false)
                .containsEntry("lang", "de_DE")
                .containsEntry("tz", "Europe/Berlin")
                .containsEntry("lastLoginAt", null)
                .doesNotContainKey("password");
        assertThat(admin.get(anna).json()).isEqualTo(answer.json());
        assertThat(admin.get(anna).header("etag")).isEqualTo(answer.header("etag"));
        assertThat(signsIn("life", "anna@example.com", PASSWORD)).isTrue();

        assertThat(admin.patch(anna, "{\"name\": \"Anna\", \"email\": null}").json())
                .containsEntry("name", "Anna")
                .containsEntry("email", null)
                .containsEntry("lang", "de_DE");
        assertThat(admin.post(anna + "/set-password", "{\"password\": \"another long one\"}")
                        .status())
                .isEqualTo(204);
        assertThat(signsIn("life", "anna@example.com", PASSWORD)).isFalse();
        assertThat(signsIn("life", "anna@example.com", "another long one")).isTrue();
        assertThat(admin.patch(anna, "{\"active\": false}").json()).containsEntry("active", false);
        assertThat(signsIn("life", "anna@example.com", "another long one")).isFalse();
        assertThat(admin.delete(anna).status()).isEqualTo(204);
        assertThat(admin.get(anna).problem()).isEqualTo("404 record.missing");
        assertThat(admin.delete(anna).problem()).isEqualTo("404 record.missing");
    }

    @Test
    void membersAreListedAsAllRecordsAre() {
        String tenant = tenant("listed");
        List<String> logins = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            logins.add("worker-" + i);
            member(tenant, "worker-" + i);
        }
        created(admin.post(tenant + "/members", body("guest", ", \"share\": true")));

        assertThat(admin.pages(tenant + "/members?limit=2&where=login~worker"))
                .extracting(each -> each.get("login"))
                .isEqualTo(logins);
        assertThat(admin.get(tenant + "/members?share=true").items())
                .extracting(each -> each.get("login"))
                .contains("guest")
                .doesNotContain("worker-0");
        assertThat(admin.get(tenant + "/members?owner=true").items())
                .extracting(each -> each.get("login"))
                .containsExactly("owner@example.com");
        assertThat(admin.get(tenant + "/members?login=worker-3&login=worker-1&sort=-login")
                        .items())
                .extracting(each -> each.get("login"))
                .containsExactly("worker-3", "worker-1");
        assertThat(admin.get(tenant + "/members?password=x").problem()).isEqualTo("400 request.invalid");
        assertThat(admin.get(tenant + "/members?sort=password").problem()).isEqualTo("400 request.invalid");
    }

    @Test
    void aMemberIsInTheGroupsThatAreSent() {
        String tenant = tenant("grouped");
        Object user = group(tenant, Group.USER);
        Object rights = group(tenant, Group.ACCESS_RIGHTS);
        String plain = member(tenant, "plain");
        assertThat(xmlIds(admin.get(plain + "/groups"))).contains(Group.USER).doesNotContain(Group.ACCESS_RIGHTS);

        String manager = created(
                admin.post(tenant + "/members", body("manager", ", \"groupIds\": [" + user + ", " + rights + "]")));
        assertThat(xmlIds(admin.get(manager + "/groups"))).containsExactlyInAnyOrder(Group.USER, Group.ACCESS_RIGHTS);
        assertThat(xmlIds(admin.put(manager + "/groups", "{\"groupIds\": [" + user + "]}")))
                .containsExactly(Group.USER);
        assertThat(xmlIds(admin.put(manager + "/groups", "{\"groupIds\": [" + user + "]}")))
                .containsExactly(Group.USER);

        assertThat(admin.put(manager + "/groups", "{\"groupIds\": [" + user + ", 9999]}")
                        .problem())
                .isEqualTo("404 record.missing");
        assertThat(xmlIds(admin.get(manager + "/groups"))).containsExactly(Group.USER);
        assertThat(admin.post(tenant + "/members", body("lost", ", \"groupIds\": [9999]"))
                        .problem())
                .isEqualTo("404 record.missing");
        assertThat(admin.get(tenant + "/members?login=lost").items()).isEmpty();
        for (String malformed : List.of("{}", "{\"groupIds\": null}", "{\"groupIds\": 1}", "{\"groupIds\": [\"x\"]}")) {
            assertThat(admin.put(manager + "/groups", malformed).problem())
                    .as(malformed)
                    .isEqualTo("400 request.invalid");
        }
        String guest = created(admin.post(tenant + "/members", body("guest", ", \"share\": true")));
        assertThat(admin.put(guest + "/groups", "{\"groupIds\": [" + group(tenant, Group.SYSTEM) + "]}")
                        .problem())
                .isEqualTo("409 account.invalid");
        assertThat(admin.put(tenant + "/members/2/groups", "{\"groupIds\": [" + user + "]}")
                        .problem())
                .isEqualTo("409 account.in-use");
    }

    @Test
    void aLostUpdateOfAMemberIsRefused() {
        String anna = member(tenant("contested"), "anna");
        String seen = admin.get(anna).header("etag");

        assertThat(admin.patch(anna, "{\"name\": \"First\"}", "If-Match", seen).status())
                .isEqualTo(200);
        assertThat(admin.patch(anna, "{\"name\": \"Second\"}", "If-Match", seen).problem())
                .isEqualTo("412 request.changed");
        assertThat(admin.get(anna).json()).containsEntry("name", "First");
    }

    @Test
    void aRepeatedCreationIsRefused() {
        String tenant = tenant("repeated");
        member(tenant, "anna");

        assertThat(admin.post(tenant + "/members", body("ANNA", "")).problem()).isEqualTo("409 account.login-taken");
        assertThat(admin.post(tenant + "/members", body("berta", ""), "Idempotency-Key", "1")
                        .problem())
                .isEqualTo("400 request.invalid");
        assertThat(admin.get(tenant + "/members?login=berta").items()).isEmpty();
    }

    @Test
    void theLimitOfUsersCounts() {
        String tenant = tenant("limited");
        long regular = admin.get(tenant + "/members?active=true&share=false").items().stream()
                .filter(each -> (long) each.get("id") > 2)
                .count();
        assertThat(admin.patch(tenant, "{\"maxUsers\": " + (regular + 1) + "}").status())
                .isEqualTo(200);
        String first = member(tenant, "first");

        assertThat(admin.post(tenant + "/members", body("second", "")).problem())
                .isEqualTo("409 user.limit-reached");
        String second = created(admin.post(tenant + "/members", body("second", ", \"active\": false")));
        assertThat(admin.patch(second, "{\"active\": true}").problem()).isEqualTo("409 user.limit-reached");
        String guest = created(admin.post(tenant + "/members", body("guest", ", \"share\": true")));
        assertThat(admin.patch(guest, "{\"share\": false}").problem()).isEqualTo("409 user.limit-reached");
        assertThat(admin.patch(first, "{\"active\": false}").status()).isEqualTo(200);
        assertThat(admin.patch(second, "{\"active\": true}").status()).isEqualTo(200);
    }

    @Test
    void wrongFieldsAreRefused() {
        String tenant = tenant("wrong");
        String anna = member(tenant, "anna");
        for (String malformed : List.of(
                "{}",
                "{\"login\": \"berta\"}",
                "{\"login\": null, \"name\": \"Berta\"}",
                "{\"login\": 1, \"name\": \"Berta\"}",
                body("berta", ", \"owner\": true"),
                body("berta", ", \"id\": 99"),
                body("berta", ", \"createdAt\": \"2026-01-01T00:00:00Z\""),
                body("berta", ", \"active\": \"yes\""),
                body("berta", ", \"password\": 1"),
                body("ber\\u0000ta", ""))) {
            assertThat(admin.post(tenant + "/members", malformed).problem())
                    .as(malformed)
                    .isEqualTo("400 request.invalid");
        }
        assertThat(admin.post(tenant + "/members", "[]").problem()).isEqualTo("400 request.malformed");
        assertThat(admin.post(tenant + "/members", "{").problem()).isEqualTo("400 request.malformed");
        for (String refused : List.of(
                body("", ""),
                body("x".repeat(255), ""),
                body("berta", ", \"tz\": \"Nowhere/City\""),
                body("berta", ", \"email\": \"no address\""),
                body("berta", ", \"password\": \"" + "x".repeat(5000) + "\""))) {
            assertThat(admin.post(tenant + "/members", refused).problem())
                    .as(refused)
                    .isEqualTo("422 account.invalid");
        }
        assertThat(admin.patch(anna, "{\"owner\": true}").problem()).isEqualTo("400 request.invalid");
        assertThat(admin.patch(anna, "{\"password\": \"" + PASSWORD + "\"}").problem())
                .isEqualTo("400 request.invalid");
        assertThat(admin.post(anna + "/set-password", "{}").problem()).isEqualTo("400 request.invalid");
        assertThat(admin.get(tenant + "/members/0").problem()).isEqualTo("404 request.path");
        assertThat(admin.get(tenant + "/members/x").problem()).isEqualTo("404 request.path");
        assertThat(admin.get(tenant + "/members/999999999999999999").problem()).isEqualTo("404 record.missing");
        assertThat(admin.get("/tenants/999999/members").problem()).isEqualTo("404 record.missing");
    }

    @Test
    void theOwnerAndTheAdministratorStay() {
        String tenant = tenant("kept");
        Object ownerId =
                admin.get(tenant + "/members?owner=true").items().get(0).get("id");

        for (Object each : List.of(1, 2, ownerId)) {
            assertThat(admin.delete(tenant + "/members/" + each).problem())
                    .as("member %s", each)
                    .isEqualTo("409 account.in-use");
        }
        assertThat(admin.patch(tenant + "/members/2", "{\"active\": false}").problem())
                .isEqualTo("409 account.in-use");
        assertThat(admin.patch(tenant + "/members/" + ownerId, "{\"share\": true}")
                        .problem())
                .isEqualTo("409 account.in-use");
    }

    @Test
    void onlyAdministratorsReachMembers() {
        String tenant = tenant("closed");
        String anna = member(tenant, "anna");
        User stranger = server.saas()
                .accounts()
                .create(
                        SignUp.builder("stranger@example.com", "Stranger", PASSWORD)
                                .build(),
                        Role.PORTAL);
        RestCalls other = RestCalls.as(server, stranger.id(), ApiKeyScope.EVERYTHING);
        RestCalls customer =
                RestCalls.as(server, new UserId(2), ApiKeyScope.ofCustomer(Objects.requireNonNull(owner.customerId())));
        RestCalls ofPlan = RestCalls.as(server, new UserId(2), ApiKeyScope.ofPlan(new PlanId(plan)));
        RestCalls payments = RestCalls.as(server, new UserId(2), ApiKeyScope.PAYMENTS);
        Map<RestCalls, String> callers = new HashMap<>();
        callers.put(portal, "403 access.not-allowed");
        callers.put(other, "404 record.missing");
        callers.put(customer, "403 access.not-allowed");
        callers.put(ofPlan, "403 access.not-allowed");
        callers.put(payments, "403 access.not-allowed");
        callers.put(admin.withKey("0".repeat(40)), "401 access.denied");
        callers.put(admin.withKey(""), "401 access.denied");

        callers.forEach((caller, refusal) -> {
            for (Answer each : List.of(
                    caller.get(tenant + "/members"),
                    caller.get(tenant + "/groups"),
                    caller.post(tenant + "/members", body("spy", "")),
                    caller.get(anna),
                    caller.patch(anna, "{\"active\": false}"),
                    caller.post(anna + "/set-password", "{\"password\": \"of the attacker\"}"),
                    caller.get(anna + "/groups"),
                    caller.put(anna + "/groups", "{\"groupIds\": []}"),
                    caller.delete(anna))) {
                assertThat(each.problem())
                        .as(each.response().request().toString())
                        .isEqualTo(refusal);
                assertThat(each.body()).doesNotContain("anna", "closed.localhost");
            }
        });
        assertThat(admin.get(anna).json()).containsEntry("active", true);
        assertThat(xmlIds(admin.get(anna + "/groups"))).isNotEmpty();
        assertThat(admin.get(tenant + "/members?login=spy").items()).isEmpty();
    }

    @Test
    void aReadOnlyKeyReadsMembers() {
        String tenant = tenant("read");
        String anna = member(tenant, "anna");
        RestCalls reader = RestCalls.as(server, new UserId(2), ApiKeyScope.READ_ONLY);

        assertThat(reader.get(tenant + "/members?login=anna").items()).hasSize(1);
        assertThat(reader.get(anna).json()).containsEntry("login", "anna");
        assertThat(xmlIds(reader.get(anna + "/groups"))).contains(Group.USER);
        assertThat(reader.get(tenant + "/groups").items()).isNotEmpty();
        for (Answer each : List.of(
                reader.post(tenant + "/members", body("spy", "")),
                reader.patch(anna, "{\"active\": false}"),
                reader.post(anna + "/set-password", "{\"password\": \"of the attacker\"}"),
                reader.put(anna + "/groups", "{\"groupIds\": []}"),
                reader.delete(anna))) {
            assertThat(each.problem()).isEqualTo("403 access.not-allowed");
        }
        RestCalls ownersReader = RestCalls.as(server, owner.id(), ApiKeyScope.READ_ONLY);
        assertThat(ownersReader.get(tenant + "/members").problem()).isEqualTo("403 access.not-allowed");
    }

    /** The key of a member is good for the database of its tenant, and for nothing here. */
    @Test
    void theKeyOfAMemberIsNoKeyOfTheApi() {
        String tenant = tenant("keyed");
        member(tenant, "anna");
        Member anna = database("keyed").members().findByLogin("anna").orElseThrow();
        String key = database("keyed")
                .actingAs(anna.id())
                .apiKeys()
                .create(new NewApiKey(
                        "test", ApiKeyScope.EVERYTHING, Instant.now().plus(Duration.ofDays(1))))
                .secret();

        assertThat(admin.withKey(key).get(tenant + "/members").problem()).isEqualTo("401 access.denied");
    }

    @Test
    void anAdministratorReachesTheMembersOfASuspendedTenant() {
        String tenant = tenant("suspended");
        assertThat(admin.post(tenant + "/suspend", "{\"reason\": \"unpaid\"}").status())
                .isEqualTo(200);
        String anna = created(admin.post(tenant + "/members", body("anna", ", \"password\": \"" + PASSWORD + "\"")));

        assertThat(admin.get(anna).json()).containsEntry("login", "anna");
        assertThat(admin.post(tenant + "/members/2/set-password", "{\"password\": \"for the repair\"}")
                        .status())
                .isEqualTo(204);
        Member administrator = database("suspended").members().get(new MemberId(2));
        assertThat(signsIn("suspended", administrator.login(), "for the repair"))
                .isTrue();
        assertThat(portal.get(tenant + "/members").problem()).isEqualTo("403 access.not-allowed");
    }

    /** The name of a preview copy is free as soon as it is deleted. */
    @Test
    void theMembersOfADeletedTenantAreNotThoseOfTheNextOneWithItsName() {
        String gone = "/tenants/"
                + admin.done(
                                tenant("source") + "/duplicate",
                                "{\"name\": \"again.localhost\", \"preview\": true, \"expirationHours\": 24}")
                        .get("tenantId");
        member(gone, "anna");
        admin.done(gone + "/purge", null);
        assertThat(admin.get(gone + "/members").problem()).isEqualTo("404 database.unknown");
        String next = tenant("again");
        String berta = member(next, "berta");
        String number = berta.substring(berta.lastIndexOf('/'));

        for (Answer each : List.of(
                admin.get(gone + "/members"),
                admin.get(gone + "/groups"),
                admin.post(gone + "/members", body("anna", "")),
                admin.get(gone + "/members" + number),
                admin.delete(gone + "/members" + number))) {
            assertThat(each.problem()).isEqualTo("404 database.unknown");
        }
        assertThat(admin.get(berta).json()).containsEntry("login", "berta");
        assertThat(admin.get(next + "/members?login=anna").items()).isEmpty();
    }

    @Test
    void membersOfOneTenantAreNotThoseOfAnother() {
        String one = tenant("one");
        String other = tenant("other");
        String anna = member(one, "anna");
        String number = anna.substring(anna.lastIndexOf('/'));
        member(other, "berta");

        assertThat(admin.get(other + "/members" + number).json().get("login")).isNotEqualTo("anna");
        assertThat(admin.delete(other + "/members" + number).status()).isEqualTo(204);
        assertThat(admin.get(anna).json()).containsEntry("login", "anna");
    }
}
