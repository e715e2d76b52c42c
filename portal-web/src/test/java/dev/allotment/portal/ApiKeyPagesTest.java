// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.ApiKey;
import dev.allotment.ApiKeyHolder;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.SignUp;
import dev.allotment.User;
import dev.allotment.portal.PortalVisit.Answer;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ApiKeyPagesTest {
    private static PortalTestServer server;

    @BeforeAll
    static void open() throws Exception {
        server = PortalTestServer.open();
        server.signUp("carla@example.com", "Carla");
        server.signUp("eve@example.com", "Eve");
    }

    @AfterAll
    static void close() {
        server.close();
    }

    @Test
    void showsANewKeyOnceAndRevokesIt() {
        PortalVisit visit = new PortalVisit(server);
        visit.signIn("carla@example.com", PortalTestServer.PASSWORD);
        Answer page = visit.get("/my/account/keys");

        Answer wrong = page.submit("/my/account/keys", "name", "Till", "days", "90", "proof", "wrong");
        assertThat(wrong.status()).isEqualTo(422);
        assertThat(wrong.text()).contains("This is not your current password.");
        Answer never =
                page.submit("/my/account/keys", "name", "Till", "days", "never", "proof", PortalTestServer.PASSWORD);
        assertThat(never.text()).contains("Choose when the key expires.");

        Answer made = page.submit(
                "/my/account/keys",
                "name",
                "Till",
                "scope",
                "read-only",
                "days",
                "30",
                "proof",
                PortalTestServer.PASSWORD);
        String secret = made.page().select("#secret").text();
        assertThat(made.header("cache-control")).isEqualTo("no-store");
        assertThat(server.saas.apiKeys().authenticate(secret, null)).isPresent();
        Answer again = visit.get("/my/account/keys");
        assertThat(again.text()).contains("Till", "Read only").doesNotContain(secret);

        long key = server.saas
                .apiKeys()
                .authenticate(secret, null)
                .map(ApiKeyHolder::key)
                .orElseThrow()
                .value();
        PortalVisit eve = new PortalVisit(server);
        eve.signIn("eve@example.com", PortalTestServer.PASSWORD);
        String form = eve.get("/my/account/keys").page().select("[name=form]").val();
        assertThat(eve.post("/my/account/keys/" + key + "/revoke", Map.of("form", form))
                        .status())
                .isEqualTo(404);
        assertThat(again.submit("/my/account/keys/" + key + "/revoke").location())
                .isEqualTo("/my/account/keys?done=revoked");
        assertThat(server.saas.apiKeys().authenticate(secret, null)).isEmpty();
    }

    @Test
    void tooManyWrongPasswordsHaveToWait() {
        server.saas
                .accounts()
                .signUp(SignUp.builder("mallory@example.com", "Mallory", PortalTestServer.PASSWORD)
                        .build());
        PortalVisit visit = new PortalVisit(server);
        visit.signIn("mallory@example.com", PortalTestServer.PASSWORD);
        Answer page = visit.get("/my/account/keys");
        for (int i = 0; i < 10; i++) {
            page.submit("/my/account/keys", "name", "Till", "days", "90", "proof", "wrong");
        }

        assertThat(page.submit("/my/account/keys", "name", "Till", "days", "90", "proof", "wrong")
                        .text())
                .contains("Too many wrong passwords were sent for this user");
    }

    @Test
    void anAdministratorRevokesTheKeysOfAUser() {
        User eve = server.saas
                .accounts()
                .list(Query.where(Filter.equal(User.LOGIN, "eve@example.com")))
                .get(0);
        PortalVisit visit = new PortalVisit(server);
        visit.signIn("eve@example.com", PortalTestServer.PASSWORD);
        visit.get("/my/account/keys")
                .submit("/my/account/keys", "name", "Shop", "days", "1", "proof", PortalTestServer.PASSWORD);
        Filter<ApiKey> theirs = Filter.equal(ApiKey.USER_ID, eve.id().value());
        long key = server.saas.apiKeys().list(Query.where(theirs)).get(0).id().value();

        Answer page = PortalVisit.signedIn(server, "admin").get("/admin/users/" + eve.id());
        assertThat(page.text()).contains("Shop");
        page.submit("/admin/users/" + eve.id() + "/keys/" + key + "/revoke");

        assertThat(server.saas.apiKeys().count(theirs)).isZero();
    }
}
