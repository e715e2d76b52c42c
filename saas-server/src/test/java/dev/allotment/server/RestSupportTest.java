// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.Filter;
import dev.allotment.NewUser;
import dev.allotment.Role;
import dev.allotment.TeamRole;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.access.ApiKeyScope;
import dev.allotment.server.RestCalls.Answer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Support access over the REST API of a running server. */
class RestSupportTest {
    private RunningServer server;
    private User ann;
    private RestCalls owner;
    private RestCalls operator;
    private long tenant;

    @BeforeEach
    void start() throws Exception {
        server = ServerContract.start(List.of("--data", "memory"));
        RestCalls admin = RestCalls.as(server, new UserId(2), ApiKeyScope.EVERYTHING);
        Object plan = admin.post("/plans", "{\"name\": \"Shops\", \"dbNameTemplate\": \"shop-%i.localhost\"}")
                .json()
                .get("id");
        ann = server.saas()
                .accounts()
                .create(NewUser.builder("ann@example.com", "Ann").build());
        owner = calls(ann);
        operator = operator(Role.SUPPORT);
        tenant = (long) Objects.requireNonNull(admin.done(
                        "/tenants",
                        "{\"planId\": " + plan + ", \"name\": \"shop.localhost\", \"ownerId\": " + ann.id() + "}")
                .get("tenantId"));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private RestCalls calls(User user) {
        return RestCalls.as(server, user.id(), ApiKeyScope.EVERYTHING);
    }

    private RestCalls operator(Role role) {
        return calls(server.saas()
                .accounts()
                .create(NewUser.builder(role + "@provider.example", "Olga")
                        .role(role)
                        .build()));
    }

    private static Answer request(RestCalls calls, long tenant) {
        return calls.post(
                "/support",
                "{\"tenantId\": " + tenant + ", \"right\": \"administrator\", \"reason\": \"Ticket 4711\"}");
    }

    private String requested() {
        Answer answer = request(operator, tenant);
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        return Objects.requireNonNull(answer.header("location")).replaceFirst(".*/api/v1", "");
    }

    @Test
    void anOperatorRequestsAndTheCustomerGrantsAndRevokes() {
        String access = requested();
        assertThat(owner.get("/support?state=pending").items())
                .singleElement()
                .satisfies(each -> assertThat(each)
                        .containsEntry("reason", "Ticket 4711")
                        .containsEntry("operatorName", "Olga")
                        .containsEntry("right", "administrator"));
        assertThat(request(operator, tenant).problem()).isEqualTo("409 support.already-requested");
        assertThat(owner.post(access + "/grant", "{\"hours\": 2}").problem()).isEqualTo("422 support.invalid");

        Map<String, Object> granted = owner.post(access + "/grant", "{}").json();

        assertThat(granted).containsEntry("state", "granted").containsEntry("standing", false);
        assertThat(owner.post(access + "/grant", "{}").problem()).isEqualTo("409 support.state");
        assertThat(owner.get(access + "/uses").items()).isEmpty();
        assertThat(owner.post(access + "/revoke", null).json()).containsEntry("state", "revoked");
        assertThat(operator.get(access).json()).containsEntry("state", "revoked");
        assertThat(operator.post(access + "/withdraw", null).problem()).isEqualTo("409 support.state");
    }

    @Test
    void aStandingAnswerAnswersAtOnce() {
        String setting = "/customers/" + ann.customerId() + "/support-setting";
        assertThat(owner.get(setting).json()).containsEntry("answer", "ask").containsEntry("hours", 24L);
        assertThat(operator.put(setting, "{\"answer\": \"grant\"}").problem()).isEqualTo("403 access.not-allowed");

        assertThat(owner.put(setting, "{\"answer\": \"grant\", \"hours\": 6}").json())
                .containsEntry("answer", "grant");

        assertThat(operator.get(requested()).json())
                .containsEntry("state", "granted")
                .containsEntry("standing", true);
    }

    @ParameterizedTest
    @EnumSource(
            value = Role.class,
            names = {"BILLING", "READER", "PORTAL"})
    void othersRequestNothing(Role role) {
        assertThat(request(operator(role), tenant).status()).isIn(403, 404);
        assertThat(request(owner, tenant).problem()).isEqualTo("403 access.not-allowed");
        assertThat(server.saas().supportAccesses().count(Filter.all())).isZero();
    }

    @Test
    void onlyTheTeamOfTheCustomerAnswers() {
        String access = requested();
        User eve = server.saas()
                .accounts()
                .create(NewUser.builder("eve@example.com", "Eve").build());
        User reader = server.saas()
                .accounts()
                .create(NewUser.builder("reader@example.com", "Rita")
                        .customerId(ann.customerId())
                        .teamRole(TeamRole.READER)
                        .build());

        for (String verb : List.of("/grant", "/refuse")) {
            String body = verb.equals("/grant") ? "{}" : null;
            assertThat(calls(eve).post(access + verb, body).problem()).isEqualTo("404 record.missing");
            assertThat(calls(reader).post(access + verb, body).problem()).isEqualTo("403 access.not-allowed");
            assertThat(operator.post(access + verb, body).problem()).isEqualTo("403 access.not-allowed");
            assertThat(RestCalls.as(server, new UserId(2), ApiKeyScope.EVERYTHING)
                            .post(access + verb, body)
                            .problem())
                    .isEqualTo("403 access.not-allowed");
            assertThat(RestCalls.as(server, ann.id(), ApiKeyScope.READ_ONLY)
                            .post(access + verb, body)
                            .status())
                    .isEqualTo(403);
        }
        assertThat(calls(eve).get(access).status()).isEqualTo(404);
        assertThat(calls(reader).get(access).json()).containsEntry("state", "pending");
    }
}
