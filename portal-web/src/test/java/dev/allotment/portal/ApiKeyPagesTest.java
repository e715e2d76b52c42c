// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.SignUp;
import dev.allotment.User;
import dev.allotment.access.ApiKey;
import dev.allotment.access.ApiKeyHolder;
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
        assertThat(made.location())
                .as("so that a reload does not create another key")
                .isEqualTo("/my/account/keys?done=created");
        Answer shown = made.follow();
        String secret = shown.page().select("#secret").text();
        assertThat(shown.header("cache-control")).isEqualTo("no-store");
        assertThat(visit.get("/my/account/keys?done=created").body())
                .as("a reload")
                .doesNotContain(secret);
        assertThat(server.saas.apiKeys().count(Filter.equal(ApiKey.NAME, "Till")))
                .isEqualTo(1);
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
        String revoke = "/my/account/keys/" + key + "/revoke";
        assertThat(eve.get(revoke).status()).isEqualTo(404);
        assertThat(again.page().select("a[href=" + revoke + "]")).hasSize(1);
        Answer question = visit.get(revoke);
        assertThat(question.text()).contains("Revoke the API key Till?", "This cannot be undone.");
        assertThat(server.saas.apiKeys().authenticate(secret, null)).isPresent();
        assertThat(question.submit(revoke).location()).isEqualTo("/my/account/keys?done=revoked");
        assertThat(server.saas.apiKeys().authenticate(secret, null)).isEmpty();
    }

    @Test
    void aKeyThatAnotherHostPlantedIsNotShown() {
        PortalVisit visit = new PortalVisit(server);
        visit.signIn("eve@example.com", PortalTestServer.PASSWORD);

        visit.setCookie("portal_key", "a-key-of-a-stranger.and-a-binding-that-was-guessed");

        Answer page = visit.get("/my/account/keys");
        assertThat(page.page().select("#secret")).isEmpty();
        assertThat(page.body()).doesNotContain("a-key-of-a-stranger");
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

        PortalVisit admin = PortalVisit.signedIn(server, "admin");
        assertThat(admin.get("/admin/users/" + eve.id()).text()).contains("Shop");
        String revoke = "/admin/users/" + eve.id() + "/keys/" + key + "/revoke";
        admin.get(revoke).submit(revoke);

        assertThat(server.saas.apiKeys().count(theirs)).isZero();
    }
}
