// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.NewUser;
import dev.allotment.Role;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.access.ApiKeyScope;
import dev.allotment.server.RestCalls.Answer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Identity providers over the REST API of a running server. */
class RestProvidersTest {
    private static final String PROVIDERS = "/identity-providers";

    @TempDir
    Path folder;

    private RunningServer server;
    private User ann;
    private RestCalls owner;
    private RestCalls admin;

    @BeforeEach
    void start() throws Exception {
        Path keys = folder.resolve("keys");
        Files.writeString(keys, Base64.getEncoder().encodeToString(new byte[32]));
        server = ServerContract.start(List.of(
                "--data",
                "memory",
                "--secret-key-file",
                keys.toString(),
                "--base-url",
                "https://portal.example.com",
                "--identity-networks",
                "127.0.0.0/8"));
        ann = server.saas()
                .accounts()
                .create(NewUser.builder("ann@example.com", "Ann").build());
        owner = calls(ann.id(), ApiKeyScope.EVERYTHING);
        admin = calls(new UserId(2), ApiKeyScope.EVERYTHING);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private RestCalls calls(UserId user, ApiKeyScope scope) {
        return RestCalls.as(server, user, scope);
    }

    private static Answer create(RestCalls calls, String more) {
        return calls.post(
                PROVIDERS,
                "{\"name\": \"Company\", \"issuer\": \"https://login.example.com\", \"clientId\": \"allotment\"" + more
                        + "}");
    }

    private String own() {
        return ", \"customerId\": " + ann.customerId();
    }

    private static String path(Answer created) {
        assertThat(created.status()).as(created.body()).isEqualTo(201);
        return PROVIDERS + "/" + created.json().get("id");
    }

    @Test
    void aCustomerManagesItsProviders() {
        String company = path(create(owner, own() + ", \"secret\": \"client-secret\", \"active\": false"));

        Answer found = owner.get(company);
        assertThat(found.json()).containsEntry("name", "Company").containsEntry("active", false);
        assertThat(found.body()).doesNotContain("client-secret");
        assertThat(owner.patch(company, "{\"active\": true}").json()).containsEntry("active", true);
        assertThat(owner.post(company + "/secret", "{\"secret\": null}").status())
                .isEqualTo(204);
        assertThat(owner.get(PROVIDERS).items()).hasSize(1);
        assertThat(owner.get("/customers/" + ann.customerId() + "/identity-callback")
                        .json())
                .containsEntry("address", "https://portal.example.com/web/login/openid/customer-" + ann.customerId());

        assertThat(owner.delete(company).status()).isEqualTo(204);
        assertThat(owner.get(company).problem()).isEqualTo("404 record.missing");
    }

    @Test
    void aProviderThatDoesNotAnswerIsNamed() {
        String company = path(owner.post(
                PROVIDERS,
                "{\"name\": \"Company\", \"issuer\": \"https://login.invalid\", \"clientId\": \"allotment\"" + own()
                        + "}"));

        assertThat(owner.post(company + "/check", null).problem()).isEqualTo("409 identity.provider-failed");
    }

    @Test
    void othersDoNotSeeIt() {
        User bob = server.saas()
                .accounts()
                .create(NewUser.builder("bob@example.com", "Bob").build());
        RestCalls other = calls(bob.id(), ApiKeyScope.EVERYTHING);
        String company = path(create(owner, own()));
        String everyone = path(create(admin, ""));

        assertThat(other.get(PROVIDERS).items()).isEmpty();
        for (String each : List.of(company, everyone)) {
            assertThat(other.get(each).problem()).isEqualTo("404 record.missing");
            assertThat(other.patch(each, "{\"name\": \"Mine\"}").problem()).isEqualTo("404 record.missing");
            assertThat(other.post(each + "/secret", "{\"secret\": \"mine\"}").problem())
                    .isEqualTo("404 record.missing");
            assertThat(other.post(each + "/check", null).problem()).isEqualTo("404 record.missing");
            assertThat(other.delete(each).problem()).isEqualTo("404 record.missing");
        }
        assertThat(create(other, own()).problem()).isEqualTo("422 record.missing");
        assertThat(create(other, "").problem()).isEqualTo("403 access.not-allowed");
        assertThat(other.get("/customers/" + ann.customerId() + "/identity-callback")
                        .problem())
                .isEqualTo("404 record.missing");
    }

    @Test
    void aKeyThatReadsOrIsForOneCustomerChangesNoProvider() {
        String company = path(create(owner, own()));
        Map<ApiKeyScope, String> refusals = Map.of(
                ApiKeyScope.READ_ONLY,
                "403 access.not-allowed",
                ApiKeyScope.ofCustomer(ann.customerId()),
                "403 access.not-allowed");

        refusals.forEach((scope, refusal) -> {
            RestCalls limited = calls(ann.id(), scope);
            assertThat(create(limited, own()).problem()).as("%s", scope).isEqualTo(refusal);
            assertThat(limited.post(company + "/secret", "{\"secret\": \"x\"}").problem())
                    .as("%s", scope)
                    .isEqualTo(refusal);
            assertThat(limited.delete(company).problem()).as("%s", scope).isEqualTo(refusal);
        });
    }

    @Test
    void anOperatorWithoutThatRoleChangesNone() {
        User support = server.saas()
                .accounts()
                .create(NewUser.builder("support@provider.example", "Olga")
                        .role(Role.SUPPORT)
                        .build());
        RestCalls operator = calls(support.id(), ApiKeyScope.EVERYTHING);
        String everyone = path(create(admin, ""));

        assertThat(operator.get(PROVIDERS).items()).hasSize(1);
        assertThat(create(operator, "").problem()).isEqualTo("403 access.not-allowed");
        assertThat(operator.delete(everyone).problem()).isEqualTo("403 access.not-allowed");
    }

    @Test
    void aProviderMayBeInANetworkThatTheOperatorNames() {
        Answer named = owner.post(path(at("https://127.0.0.1:1024/realm")) + "/check", null);
        Answer other = owner.post(path(at("https://10.21.1.2/realm")) + "/check", null);

        assertThat(List.of(named.problem(), other.problem())).containsOnly("409 identity.provider-failed");
        assertThat(named.body()).doesNotContain("an address that is not public");
        assertThat(other.body()).contains("an address that is not public");
    }

    private Answer at(String issuer) {
        return owner.post(
                PROVIDERS, "{\"name\": \"Company\", \"issuer\": \"" + issuer + "\", \"clientId\": \"x\"" + own() + "}");
    }

    @Test
    void aProviderThatHasSignedInNoOneIsNotRequired() {
        String company = path(create(owner, own()));

        assertThat(owner.patch(company, "{\"required\": true}").problem()).isEqualTo("409 identity.untested");
        assertThat(owner.get(company).json()).containsEntry("required", false);
    }

    @Test
    void wrongSettingsAreNamed() {
        assertThat(create(owner, own() + ", \"newAccounts\": \"owner\"").problem())
                .isEqualTo("422 identity.invalid");
        assertThat(owner.post(
                                PROVIDERS,
                                "{\"name\": \"Company\", \"issuer\": \"http://login.example.com\", \"clientId\": \"x\""
                                        + own() + "}")
                        .problem())
                .isEqualTo("422 identity.invalid");
        assertThat(owner.post(PROVIDERS, "{\"name\": \"Company\"}").problem()).isEqualTo("400 request.invalid");
    }
}
