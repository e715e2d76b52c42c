// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.NewUser;
import dev.allotment.Role;
import dev.allotment.TeamRole;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.access.ApiKeyScope;
import dev.allotment.server.RestCalls.Answer;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Mail domains over the REST API of a running server. */
class RestMailDomainsTest {
    private RunningServer server;
    private User ann;
    private RestCalls owner;
    private String domains;

    @BeforeEach
    void start() throws Exception {
        server = ServerContract.start(List.of("--data", "memory"));
        ann = server.saas()
                .accounts()
                .create(NewUser.builder("ann@example.com", "Ann").build());
        owner = calls(ann.id(), ApiKeyScope.EVERYTHING);
        domains = "/customers/" + ann.customerId() + "/mail-domains";
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private RestCalls calls(UserId user, ApiKeyScope scope) {
        return RestCalls.as(server, user, scope);
    }

    private static Answer add(RestCalls calls, String domains, String name) {
        return calls.post(domains, "{\"name\": \"" + name + "\"}");
    }

    @Test
    void aCustomerManagesItsDomains() {
        Answer added = add(owner, domains, "Corp.Invalid.");
        assertThat(added.status()).as(added.body()).isEqualTo(201);
        assertThat(added.json())
                .containsEntry("name", "corp.invalid")
                .containsEntry("recordName", "_allotment.corp.invalid")
                .containsEntry("verifiedAt", null);
        assertThat(String.valueOf(added.json().get("recordText"))).startsWith("allotment-domain=");
        String one = domains + "/" + added.json().get("id");

        assertThat(add(owner, domains, "corp.invalid").json()).isEqualTo(added.json());
        assertThat(owner.get(one).json()).isEqualTo(added.json());
        assertThat(owner.get(domains).items()).hasSize(1);
        assertThat(owner.post(one + "/verify", null).problem())
                .as("a name that does not exist, or a DNS that cannot be asked")
                .isIn("409 identity.domain-unproven", "409 identity.domain-unchecked");
        assertThat(owner.get(one).json()).isEqualTo(added.json());

        assertThat(owner.delete(one).status()).isEqualTo(204);
        assertThat(owner.get(one).problem()).isEqualTo("404 record.missing");
        assertThat(owner.get(domains).items()).isEmpty();
    }

    @Test
    void wrongNamesAreRefused() {
        assertThat(add(owner, domains, "ann@example.com").problem()).isEqualTo("422 identity.invalid");
        assertThat(add(owner, domains, "gmail.com").problem()).isEqualTo("422 identity.domain-public");
        assertThat(owner.post(domains, "{}").problem()).isEqualTo("400 request.invalid");
    }

    @Test
    void othersDoNotSeeOrChangeThem() {
        String one = domains + "/" + add(owner, domains, "corp.invalid").json().get("id");
        User bob = server.saas()
                .accounts()
                .create(NewUser.builder("bob@example.com", "Bob").build());
        RestCalls other = calls(bob.id(), ApiKeyScope.EVERYTHING);

        assertThat(other.get(domains).problem()).isEqualTo("404 record.missing");
        assertThat(add(other, domains, "mine.invalid").problem()).isEqualTo("404 record.missing");
        String own = "/customers/" + bob.customerId() + "/mail-domains/" + one.substring(one.lastIndexOf('/') + 1);
        for (String each : List.of(one, own)) {
            assertThat(other.get(each).problem()).isEqualTo("404 record.missing");
            assertThat(other.post(each + "/verify", null).problem()).isEqualTo("404 record.missing");
            assertThat(other.delete(each).problem()).isEqualTo("404 record.missing");
        }
    }

    @Test
    void whoDoesNotManageTheTeamChangesNone() {
        String one = domains + "/" + add(owner, domains, "corp.invalid").json().get("id");
        User member = server.saas()
                .accounts()
                .create(NewUser.builder("max@example.com", "Max")
                        .customerId(ann.customerId())
                        .teamRole(TeamRole.MEMBER)
                        .build());
        User support = server.saas()
                .accounts()
                .create(NewUser.builder("support@provider.example", "Olga")
                        .role(Role.SUPPORT)
                        .build());

        RestCalls operator = calls(support.id(), ApiKeyScope.EVERYTHING);
        assertThat(operator.get(domains).items()).hasSize(1);
        assertThat(calls(member.id(), ApiKeyScope.EVERYTHING).get(domains).problem())
                .isEqualTo("403 access.not-allowed");
        for (RestCalls each :
                List.of(operator, calls(member.id(), ApiKeyScope.EVERYTHING), calls(ann.id(), ApiKeyScope.READ_ONLY))) {
            assertThat(add(each, domains, "mine.invalid").problem()).isEqualTo("403 access.not-allowed");
            assertThat(each.post(one + "/verify", null).problem()).isEqualTo("403 access.not-allowed");
            assertThat(each.delete(one).problem()).isEqualTo("403 access.not-allowed");
        }
    }
}
