// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.NewUser;
import dev.allotment.Role;
import dev.allotment.UserId;
import dev.allotment.access.ApiKeyScope;
import dev.allotment.server.RestCalls.Answer;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The roles of operators over the REST API of a running server. */
class RestOperatorsTest {
    private static final Map<Role, RestCalls> CALLS = new EnumMap<>(Role.class);

    private static RunningServer server;
    private static RestCalls admin;
    private static long plan;
    private static long customer;
    private static String tenant;

    @BeforeAll
    static void start() throws Exception {
        server = ServerContract.start(List.of("--data", "memory"));
        admin = RestCalls.as(server, new UserId(2), ApiKeyScope.EVERYTHING);
        for (Role role : List.of(Role.SUPPORT, Role.BILLING, Role.READER)) {
            Answer made = admin.post(
                    "/accounts",
                    "{\"login\": \"" + name(role) + "@provider.example\", \"name\": \"Olga\", \"role\": \"" + name(role)
                            + "\"}");
            assertThat(made.json()).as(made.body()).containsEntry("role", name(role));
            CALLS.put(role, RestCalls.as(server, new UserId(id(made)), ApiKeyScope.EVERYTHING));
        }
        plan = id(admin.post("/plans", "{\"name\": \"Shop\", \"dbNameTemplate\": \"shop-%i.localhost\"}"));
        long owner = server.saas()
                .accounts()
                .create(NewUser.builder("ann@example.com", "Ann").build())
                .id()
                .value();
        customer = server.saas().accounts().get(new UserId(owner)).customerId().value();
        tenant = "/tenants/"
                + admin.done("/tenants", "{\"planId\": " + plan + ", \"ownerId\": " + owner + "}")
                        .get("tenantId");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String name(Role role) {
        return role.name().toLowerCase(Locale.ROOT);
    }

    private static long id(Answer made) {
        return (long) Objects.requireNonNull(made.json().get("id"), made.body());
    }

    private static RestCalls as(Role role) {
        return Objects.requireNonNull(CALLS.get(role));
    }

    @ParameterizedTest
    @EnumSource(
            value = Role.class,
            names = {"SUPPORT", "BILLING", "READER"})
    void eachOperatorReadsWhatAnAdministratorReads(Role role) {
        for (String path : List.of(
                "/me",
                "/accounts",
                "/customers",
                "/customers/" + customer + "/team",
                "/customers/" + customer + "/invitations",
                "/tenants",
                tenant,
                "/plans",
                "/servers",
                "/templates",
                "/operations",
                "/campaigns",
                "/events",
                "/payments",
                "/usage",
                "/webhooks",
                tenant + "/members",
                tenant + "/backups",
                tenant + "/domains")) {
            int expected = admin.get(path).status();
            assertThat(as(role).get(path).status()).as(path).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Role.class,
            names = {"SUPPORT", "BILLING", "READER"})
    void noneOfThemDoesWhatIsForAdministrators(Role role) {
        RestCalls calls = as(role);
        String self = "/accounts/" + calls.get("/me").json().get("id");
        for (Answer answer : List.of(
                calls.delete(tenant),
                calls.patch(tenant, "{\"tags\": [\"x\"]}"),
                calls.post(tenant + "/purge", null),
                calls.post("/tenants", "{\"planId\": " + plan + "}"),
                calls.post("/plans", "{\"name\": \"Other\"}"),
                calls.patch("/plans/" + plan, "{\"maxUsers\": 100}"),
                calls.delete("/plans/" + plan),
                calls.delete("/customers/" + customer),
                calls.patch("/servers/1", "{\"active\": false}"),
                calls.post("/accounts", "{\"login\": \"x@example.com\", \"name\": \"X\", \"role\": \"administrator\"}"),
                calls.patch(self, "{\"role\": \"administrator\"}"),
                calls.post(self + "/set-password", "{\"password\": \"Another password 1\"}"),
                calls.post("/accounts/2/set-password", "{\"password\": \"Another password 1\"}"),
                calls.delete("/accounts/2"))) {
            assertThat(answer.problem()).as(answer.body()).isEqualTo("403 access.not-allowed");
        }
        assertThat(calls.patch("/accounts/2", "{\"role\": \"portal\"}").problem())
                .isEqualTo("403 access.not-allowed");
        assertThat(calls.patch(self, "{\"name\": \"Olga\"}").status()).isEqualTo(200);
    }

    @Test
    void supportSuspendsAndResumes() {
        assertThat(as(Role.SUPPORT)
                        .post(tenant + "/suspend", "{\"reason\": \"Abuse\"}")
                        .status())
                .isEqualTo(200);
        assertThat(as(Role.SUPPORT).post(tenant + "/resume", null).status()).isEqualTo(200);
        for (Role role : List.of(Role.BILLING, Role.READER)) {
            assertThat(as(role).post(tenant + "/suspend", "{\"reason\": \"Abuse\"}")
                            .problem())
                    .isEqualTo("403 access.not-allowed");
        }
    }

    @Test
    void billingChangesPricesAndCustomers() {
        String price = "{\"price\": \"12.00 EUR/month\"}";
        String name = "{\"name\": \"Example Ltd\"}";

        assertThat(as(Role.BILLING).patch("/plans/" + plan, price).status()).isEqualTo(200);
        assertThat(as(Role.BILLING).patch("/customers/" + customer, name).status())
                .isEqualTo(200);
        for (Role role : List.of(Role.SUPPORT, Role.READER)) {
            assertThat(as(role).patch("/plans/" + plan, price).problem()).isEqualTo("403 access.not-allowed");
            assertThat(as(role).patch("/customers/" + customer, name).problem()).isEqualTo("403 access.not-allowed");
        }
    }

    @Test
    void anAdministratorChangesARoleAtOnce() {
        long id = id(admin.post(
                "/accounts", "{\"login\": \"new@provider.example\", \"name\": \"New\", \"role\": \"support\"}"));
        RestCalls calls = RestCalls.as(server, new UserId(id), ApiKeyScope.EVERYTHING);
        assertThat(calls.post(tenant + "/resume", null).status()).isNotEqualTo(403);

        assertThat(admin.patch("/accounts/" + id, "{\"role\": \"reader\"}").json())
                .containsEntry("role", "reader");

        assertThat(calls.post(tenant + "/resume", null).problem()).isEqualTo("403 access.not-allowed");
        assertThat(admin.patch("/accounts/2", "{\"role\": \"reader\"}").problem())
                .isEqualTo("409 account.in-use");
    }
}
