// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.allotment.CustomerId;
import dev.allotment.NewUser;
import dev.allotment.PlanId;
import dev.allotment.TeamRole;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.access.ApiKeyScope;
import dev.allotment.server.RestCalls.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Teams and invitations over the REST API of a running server. */
class RestTeamsTest {
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private static RunningServer server;
    private static RestCalls admin;
    private static long plan;

    /** An account with a key for everything. */
    private record Person(User user, RestCalls calls) {
        String login() {
            return user.login();
        }

        String customer() {
            return "/customers/" + user.customerId();
        }

        String team() {
            return customer() + "/team";
        }

        String invitations() {
            return customer() + "/invitations";
        }

        /** Returns the address of another person in the team of this one. */
        String member(Person other) {
            return team() + "/" + other.user.id();
        }

        RestCalls with(ApiKeyScope scope) {
            return RestCalls.as(server, user.id(), scope);
        }
    }

    @BeforeAll
    static void start() throws Exception {
        server = ServerContract.start(List.of("--data", "memory"));
        admin = RestCalls.as(server, new UserId(2), ApiKeyScope.EVERYTHING);
        plan = (long) Objects.requireNonNull(admin.post(
                        "/plans",
                        "{\"name\": \"Teams\", \"dbNameTemplate\": \"teams-%i.localhost\", \"published\": true}")
                .json()
                .get("id"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String login(String name) {
        return name + "-" + NUMBER.incrementAndGet() + "@example.com";
    }

    /** Creates the owner of a new customer. */
    private static Person owner() {
        return person(NewUser.builder(login("owner"), "Olga Owner"));
    }

    private static Person joined(Person owner, TeamRole role) {
        return person(NewUser.builder(login(role.name().toLowerCase(Locale.ROOT)), "Mia Member")
                .customerId(owner.user.customerId())
                .teamRole(role));
    }

    private static Person person(NewUser.Builder wanted) {
        User user = server.saas().accounts().create(wanted.build());
        return new Person(user, RestCalls.as(server, user.id(), ApiKeyScope.EVERYTHING));
    }

    private static long tenant(Person owner) {
        return (long) Objects.requireNonNull(admin.done(
                        "/tenants",
                        "{\"planId\": " + plan + ", \"name\": \"team-" + NUMBER.incrementAndGet()
                                + ".localhost\", \"ownerId\": " + owner.user.id() + "}")
                .get("tenantId"));
    }

    private static String invitation(String email, String role) {
        return "{\"email\": \"" + email + "\", \"role\": \"" + role + "\"}";
    }

    /** Invites a person, and returns the secret. */
    private static String invited(Person owner, String email, String role) {
        return secret(owner.calls.post(owner.invitations(), invitation(email, role)));
    }

    private static String secret(Answer sent) {
        return (String) Objects.requireNonNull(sent.json().get("secret"), sent.body());
    }

    /** Returns the path of what was created. */
    private static String location(Answer answer) {
        return Objects.requireNonNull(answer.header("location"), answer.body()).substring("/api/v1".length());
    }

    private static String body(String secret) {
        return "{\"secret\": \"" + secret + "\"}";
    }

    private static List<Object> logins(Answer team) {
        return team.items().stream().map(each -> each.get("login")).toList();
    }

    @Test
    void anOwnerManagesTheTeam() {
        Person owner = owner();
        Person mia = joined(owner, TeamRole.MEMBER);
        long shop = tenant(owner);

        assertThat(owner.calls.get(owner.team()).items())
                .extracting(each -> each.get("role"))
                .containsExactly("owner", "member");
        Answer seen = owner.calls.get(owner.member(mia));
        assertThat(seen.json())
                .containsEntry("id", mia.user.id().value())
                .containsEntry("login", mia.login())
                .containsEntry("name", "Mia Member")
                .containsEntry("email", mia.login())
                .containsEntry("active", true)
                .containsEntry("role", "member")
                .containsEntry("allTenants", true)
                .containsEntry("tenantIds", List.of())
                .containsKey("since")
                .hasSize(9);
        assertThat(seen.header("cache-control")).isEqualTo("private, no-cache");

        assertThat(owner.calls
                        .patch(owner.member(mia), "{\"tenantIds\": [" + shop + "]}")
                        .json())
                .containsEntry("role", "member")
                .containsEntry("allTenants", false)
                .containsEntry("tenantIds", List.of(shop));
        assertThat(owner.calls
                        .patch(owner.member(mia), "{\"role\": \"billing\"}")
                        .json())
                .as("the limit stays")
                .containsEntry("role", "billing")
                .containsEntry("tenantIds", List.of(shop));
        assertThat(owner.calls.patch(owner.member(mia), "{\"tenantIds\": []}").json())
                .as("an empty list is not all")
                .containsEntry("allTenants", false)
                .containsEntry("tenantIds", List.of());
        assertThat(owner.calls
                        .patch(owner.member(mia), "{\"allTenants\": true}")
                        .json())
                .containsEntry("allTenants", true);
        Map<String, Object> whole = owner.calls.get(owner.member(mia)).json();
        assertThat(owner.calls
                        .patch(owner.member(mia), "{\"role\": \"billing\", \"allTenants\": true, \"tenantIds\": []}")
                        .json())
                .as("what was read can be sent again")
                .isEqualTo(whole);

        assertThat(owner.calls.post(owner.member(mia) + "/hand-over", null).json())
                .containsEntry("role", "owner");
        assertThat(owner.calls.get(owner.member(owner)).json()).containsEntry("role", "administrator");
        assertThat(owner.calls.post(owner.member(mia) + "/hand-over", null).problem())
                .isEqualTo("403 access.not-allowed");
        assertThat(mia.calls.delete(owner.member(owner)).status()).isEqualTo(204);
        assertThat(logins(mia.calls.get(owner.team()))).containsExactly(mia.login());
        assertThat(owner.calls.get("/me").problem()).as("its keys are revoked").isEqualTo("401 access.denied");
    }

    @Test
    void theLastOwnerStays() {
        Person owner = owner();
        Person mia = joined(owner, TeamRole.ADMINISTRATOR);

        for (Answer each : List.of(
                owner.calls.post(owner.team() + "/leave", null),
                owner.calls.delete(owner.member(owner)),
                owner.calls.patch(owner.member(owner), "{\"role\": \"reader\"}"),
                owner.calls.patch(owner.member(owner), "{\"tenantIds\": []}"),
                admin.delete(owner.member(owner)))) {
            assertThat(each.problem()).isEqualTo("409 team.last-owner");
        }
        assertThat(mia.calls.post(owner.team() + "/leave", null).status()).isEqualTo(204);
        assertThat(logins(owner.calls.get(owner.team()))).containsExactly(owner.login());
    }

    @Test
    void anAdministratorGrantsNoMoreThanItsRole() {
        Person owner = owner();
        Person boss = joined(owner, TeamRole.ADMINISTRATOR);
        Person mia = joined(owner, TeamRole.READER);

        for (Answer each : List.of(
                boss.calls.patch(owner.member(boss), "{\"role\": \"owner\"}"),
                boss.calls.patch(owner.member(mia), "{\"role\": \"owner\"}"),
                boss.calls.patch(owner.member(owner), "{\"role\": \"reader\"}"),
                boss.calls.delete(owner.member(owner)),
                boss.calls.post(owner.member(mia) + "/hand-over", null),
                boss.calls.post(owner.invitations(), invitation("x@example.com", "owner")))) {
            assertThat(each.problem()).isEqualTo("403 access.not-allowed");
        }
        assertThat(boss.calls
                        .patch(owner.member(mia), "{\"role\": \"administrator\"}")
                        .status())
                .isEqualTo(200);
        assertThat(boss.calls
                        .post(owner.invitations(), invitation("x@example.com", "administrator"))
                        .status())
                .isEqualTo(201);
        assertThat(boss.calls.delete(owner.member(mia)).status()).isEqualTo(204);
    }

    @Test
    void aReaderSeesTheTeamAndChangesNothing() {
        Person owner = owner();
        Person reader = joined(owner, TeamRole.READER);
        String invitation = location(owner.calls.post(owner.invitations(), invitation("x@example.com", "reader")));

        assertThat(logins(reader.calls.get(owner.team()))).containsExactly(owner.login(), reader.login());
        for (Answer each : List.of(
                reader.calls.patch(owner.member(reader), "{\"role\": \"owner\"}"),
                reader.calls.patch(owner.member(reader), "{\"role\": \"reader\"}"),
                reader.calls.delete(owner.member(owner)),
                reader.calls.delete(owner.member(reader)),
                reader.calls.post(owner.member(reader) + "/hand-over", null),
                reader.calls.get(owner.invitations()),
                reader.calls.get(invitation),
                reader.calls.post(owner.invitations(), invitation("x@example.com", "reader")),
                reader.calls.post(invitation + "/resend", null),
                reader.calls.post(invitation + "/revoke", null))) {
            assertThat(each.problem()).isEqualTo("403 access.not-allowed");
        }
        assertThat(owner.calls.get(invitation).json()).containsEntry("state", "pending");
        assertThat(reader.calls.post(owner.team() + "/leave", null).status()).isEqualTo(204);
    }

    @Test
    void aMemberOfSomeTenantsManagesOnlyThese() {
        Person owner = owner();
        long shop = tenant(owner);
        long hidden = tenant(owner);
        Person boss = joined(owner, TeamRole.ADMINISTRATOR);
        Person mia = joined(owner, TeamRole.READER);
        assertThat(owner.calls
                        .patch(owner.member(boss), "{\"tenantIds\": [" + shop + "]}")
                        .status())
                .isEqualTo(200);

        assertThat(boss.calls.get("/tenants/" + hidden).problem()).isEqualTo("404 record.missing");
        for (Answer each : List.of(
                boss.calls.patch(owner.member(boss), "{\"allTenants\": true}"),
                boss.calls.patch(owner.member(boss), "{\"tenantIds\": [" + shop + ", " + hidden + "]}"),
                boss.calls.patch(owner.member(mia), "{\"tenantIds\": [" + shop + "]}"),
                boss.calls.delete(owner.member(mia)),
                boss.calls.post(owner.invitations(), invitation("x@example.com", "reader")),
                boss.calls.post(
                        owner.invitations(),
                        "{\"email\": \"x@example.com\", \"role\": \"reader\", \"tenantIds\": [" + hidden + "]}"))) {
            assertThat(each.problem()).isEqualTo("403 access.not-allowed");
        }
        Answer sent = boss.calls.post(
                owner.invitations(),
                "{\"email\": \"x@example.com\", \"role\": \"reader\", \"tenantIds\": [" + shop + "]}");
        assertThat(sent.status()).as(sent.body()).isEqualTo(201);
        assertThat(boss.calls.get(location(sent)).json())
                .containsEntry("allTenants", false)
                .containsEntry("tenantIds", List.of(shop));
    }

    @Test
    void theCustomerOfOthersDoesNotExist() {
        Person owner = owner();
        Person mia = joined(owner, TeamRole.MEMBER);
        Person stranger = owner();
        String its = location(owner.calls.post(owner.invitations(), invitation("x@example.com", "reader")));
        String number = its.replaceAll(".*/", "");
        String own = stranger.invitations() + "/" + number;

        for (Answer each : List.of(
                stranger.calls.get(owner.customer()),
                stranger.calls.get(owner.team()),
                stranger.calls.get(owner.member(mia)),
                stranger.calls.patch(owner.member(mia), "{\"role\": \"owner\"}"),
                stranger.calls.delete(owner.member(mia)),
                stranger.calls.post(owner.member(mia) + "/hand-over", null),
                stranger.calls.post(owner.team() + "/leave", null),
                stranger.calls.get(owner.invitations()),
                stranger.calls.post(owner.invitations(), invitation("y@example.com", "reader")),
                stranger.calls.get(its),
                stranger.calls.post(its + "/resend", null),
                stranger.calls.post(its + "/revoke", null),
                stranger.calls.get("/customers/999999/team"),
                admin.get("/customers/999999/team"))) {
            assertThat(each.problem()).isEqualTo("404 record.missing");
        }
        for (Answer each : List.of(
                stranger.calls.get(own),
                stranger.calls.post(own + "/resend", null),
                stranger.calls.post(own + "/revoke", null),
                stranger.calls.patch(stranger.member(mia), "{\"role\": \"reader\"}"),
                stranger.calls.delete(stranger.member(mia)),
                stranger.calls.get(stranger.member(mia)),
                stranger.calls.post(stranger.member(mia) + "/hand-over", null))) {
            assertThat(each.problem()).as("through its own customer").isEqualTo("404 record.missing");
        }
        assertThat(owner.calls.get(its).json()).containsEntry("state", "pending");
        assertThat(logins(owner.calls.get(owner.team()))).containsExactly(owner.login(), mia.login());
    }

    @Test
    void wrongFieldsAreRefused() {
        Person owner = owner();
        Person mia = joined(owner, TeamRole.MEMBER);
        long shop = tenant(owner);
        long foreign = tenant(owner());

        for (String malformed : List.of(
                "{\"role\": \"god\"}",
                "{\"role\": \"OWNER\"}",
                "{\"role\": null}",
                "{\"tenantIds\": null}",
                "{\"tenantIds\": \"all\"}",
                "{\"tenantIds\": [0]}",
                "{\"tenantIds\": [\"7\"]}",
                "{\"allTenants\": null}",
                "{\"allTenants\": false}",
                "{\"allTenants\": true, \"tenantIds\": [" + shop + "]}",
                "{\"login\": \"x\"}")) {
            assertThat(owner.calls.patch(owner.member(mia), malformed).problem())
                    .as(malformed)
                    .isEqualTo("400 request.invalid");
        }
        for (String refused : List.of("[" + foreign + "]", "[" + shop + ", " + foreign + "]", "[999999]")) {
            assertThat(owner.calls
                            .patch(owner.member(mia), "{\"tenantIds\": " + refused + "}")
                            .problem())
                    .as(refused)
                    .isEqualTo("422 team.invalid");
            assertThat(owner.calls
                            .post(
                                    owner.invitations(),
                                    "{\"email\": \"x@example.com\", \"role\": \"reader\", \"tenantIds\": " + refused
                                            + "}")
                            .problem())
                    .isEqualTo("422 team.invalid");
        }
        assertThat(owner.calls.get(owner.member(mia)).json())
                .containsEntry("role", "member")
                .containsEntry("allTenants", true);
        for (String malformed : List.of(
                "{}",
                "{\"email\": \"x@example.com\"}",
                "{\"role\": \"reader\"}",
                invitation("x@example.com", "king"),
                "{\"email\": \"x@example.com\", \"role\": \"reader\", \"allTenants\": false}",
                "{\"email\": \"x@example.com\", \"role\": \"reader\", \"secret\": \"mine\"}")) {
            assertThat(owner.calls.post(owner.invitations(), malformed).problem())
                    .as(malformed)
                    .isEqualTo("400 request.invalid");
        }
        for (String refused : List.of(
                invitation("no address", "reader"),
                invitation("a@example.com,b@example.com", "reader"),
                "{\"email\": \"x@example.com\", \"role\": \"reader\", \"days\": 0}",
                "{\"email\": \"x@example.com\", \"role\": \"reader\", \"days\": 31}")) {
            assertThat(owner.calls.post(owner.invitations(), refused).problem())
                    .as(refused)
                    .isEqualTo("422 team.invalid");
        }
        assertThat(owner.calls.get(owner.invitations()).items()).isEmpty();
        assertThat(owner.calls
                        .post(owner.invitations(), invitation("x@example.com", "reader"), "Idempotency-Key", "1")
                        .problem())
                .as("the secret cannot be shown again")
                .isEqualTo("400 request.invalid");
        assertThat(owner.calls.get(owner.team() + "/0").problem()).isEqualTo("404 request.path");
        assertThat(owner.calls.get(owner.team() + "/999999").problem()).isEqualTo("404 record.missing");
    }

    @Test
    void aLostUpdateOfAMemberIsRefused() {
        Person owner = owner();
        Person mia = joined(owner, TeamRole.MEMBER);
        String seen = owner.calls.get(owner.member(mia)).header("etag");

        Answer first = owner.calls.patch(owner.member(mia), "{\"role\": \"billing\"}", "If-Match", seen);
        assertThat(first.status()).isEqualTo(200);
        assertThat(first.header("etag")).isNotEqualTo(seen);
        assertThat(owner.calls
                        .patch(owner.member(mia), "{\"role\": \"administrator\"}", "If-Match", seen)
                        .problem())
                .isEqualTo("412 request.changed");
        assertThat(owner.calls.get(owner.member(mia)).json()).containsEntry("role", "billing");
        assertThat(owner.calls
                        .get(owner.member(mia), "If-None-Match", Objects.requireNonNull(first.header("etag")))
                        .status())
                .isEqualTo(304);
    }

    @Test
    void aTeamAndItsInvitationsHavePages() {
        Person owner = owner();
        List<Object> members = new ArrayList<>(List.of(owner.login()));
        List<Object> invitations = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            members.add(joined(owner, TeamRole.READER).login());
            invited(owner, "guest-" + i + "@example.com", "reader");
            invitations.add(0, "guest-" + i + "@example.com");
        }

        assertThat(owner.calls.pages(owner.team() + "?limit=2"))
                .extracting(each -> each.get("login"))
                .isEqualTo(members);
        assertThat(owner.calls.pages(owner.invitations() + "?limit=1"))
                .extracting(each -> each.get("email"))
                .as("the newest first")
                .isEqualTo(invitations);
        Answer page = owner.calls.get(owner.team() + "?limit=2");
        assertThat(owner.calls
                        .delete(owner.team() + "/" + page.items().get(1).get("id"))
                        .status())
                .isEqualTo(204);
        assertThat(logins(owner.calls.get(
                        owner.team() + "?limit=2&after=" + page.json().get("next"))))
                .as("after a member that is gone")
                .isEqualTo(members.subList(2, 4));
        assertThat(logins(owner.calls.get(owner.team() + "?role=owner&role=billing")))
                .containsExactly(owner.login());
        assertThat(logins(owner.calls.get(owner.team() + "?login=" + members.get(4) + "&role=reader")))
                .containsExactly(members.get(4));
        assertThat(owner.calls.get(owner.invitations() + "?state=revoked").items())
                .isEmpty();
        for (String wrong : List.of("limit=0", "limit=201", "after=x", "sort=id", "role=king", "secret=x")) {
            assertThat(owner.calls.get(owner.team() + "?" + wrong).problem())
                    .as(wrong)
                    .isEqualTo("400 request.invalid");
        }
    }

    @Test
    void anInvitationLives() {
        Person owner = owner();
        Person bob = owner();
        Answer sent = owner.calls.post(owner.invitations(), invitation(bob.login(), "member"));
        assertThat(sent.status()).as(sent.body()).isEqualTo(201);
        assertThat(sent.header("cache-control")).isEqualTo("no-store");
        assertThat(sent.json()).containsEntry("member", null).hasSize(3);
        String path = location(sent);
        assertThat(path).matches(owner.invitations() + "/[0-9]+");
        Answer read = owner.calls.get(path);
        assertThat(read.json())
                .isEqualTo(sent.json().get("invitation"))
                .containsEntry("customerId", owner.user.customerId().value())
                .containsEntry("email", bob.login())
                .containsEntry("role", "member")
                .containsEntry("allTenants", true)
                .containsEntry("state", "pending")
                .containsEntry("invitedBy", owner.user.id().value())
                .hasSize(10);
        String old = secret(sent);
        assertThat(read.body() + owner.calls.get(owner.invitations()).body()).doesNotContain(old);

        Answer again = owner.calls.post(path + "/resend", null);
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.header("cache-control")).isEqualTo("no-store");
        String secret = secret(again);
        assertThat(bob.calls.post("/invitations/accept", body(old)).problem()).isEqualTo("409 team.invitation-ended");
        assertThat(bob.calls.post("/invitations/inspect", body(secret)).json())
                .containsEntry("customer", "Olga Owner")
                .containsEntry("invitedBy", "Olga Owner")
                .containsEntry("invitation", owner.calls.get(path).json());
        assertThat(bob.calls.get(owner.team()).problem()).isEqualTo("404 record.missing");
        assertThat(bob.calls.post("/invitations/accept", body(secret)).json())
                .containsEntry("customerId", owner.user.customerId().value())
                .containsEntry("customer", "Olga Owner")
                .containsEntry("home", false)
                .containsEntry("role", "member")
                .containsEntry("allTenants", true)
                .hasSize(7);

        assertThat(bob.calls.get("/me/teams").items())
                .extracting(each -> each.get("customerId"), each -> each.get("role"))
                .containsExactly(
                        tuple(bob.user.customerId().value(), "owner"),
                        tuple(owner.user.customerId().value(), "member"));
        assertThat(logins(bob.calls.get(owner.team()))).containsExactlyInAnyOrder(owner.login(), bob.login());
        assertThat(bob.calls.get(owner.customer()).json()).containsEntry("name", "Olga Owner");
        assertThat(owner.calls.get(path).json()).containsEntry("state", "accepted");
        for (Answer each : List.of(
                bob.calls.post("/invitations/accept", body(secret)),
                bob.calls.post("/invitations/inspect", body(secret)),
                owner.calls.post("/invitations/accept", body(secret)),
                owner.calls.post(path + "/resend", null))) {
            assertThat(each.problem()).as("the secret counts once").isEqualTo("409 team.invitation-ended");
        }
        assertThat(owner.calls.post(path + "/revoke", null).json()).containsEntry("state", "accepted");
        assertThat(bob.calls.post(owner.team() + "/leave", null).status()).isEqualTo(204);
        assertThat(bob.calls.post(owner.team() + "/leave", null).problem()).isEqualTo("404 record.missing");
    }

    @Test
    void anInvitationIsForOneAddress() {
        Person owner = owner();
        Person bob = owner();
        String secret = invited(owner, "other-" + bob.login(), "reader");

        assertThat(bob.calls.post("/invitations/accept", body(secret)).problem())
                .isEqualTo("409 team.other-address");
        assertThat(bob.calls
                        .post("/invitations/accept", "{\"secret\": \"" + secret + "\", \"otherAddress\": true}")
                        .json())
                .containsEntry("role", "reader");
        for (String malformed : List.of("{}", "{\"secret\": null}", "{\"secret\": 1}", "{\"token\": \"x\"}")) {
            assertThat(bob.calls.post("/invitations/accept", malformed).problem())
                    .as(malformed)
                    .isEqualTo("400 request.invalid");
        }
        assertThat(bob.calls.post("/invitations/accept?secret=" + secret, null).problem())
                .isEqualTo("400 request.invalid");
    }

    @Test
    void anInvitationEnds() {
        Person owner = owner();
        Person bob = owner();
        String declined = invited(owner, "a-" + bob.login(), "reader");
        assertThat(bob.calls.post("/invitations/decline", body(declined)).status())
                .isEqualTo(204);
        assertThat(bob.calls.post("/invitations/decline", body("unknown")).status())
                .isEqualTo(204);
        String replaced = invited(owner, bob.login(), "owner");
        Answer last = owner.calls.post(owner.invitations(), invitation(bob.login(), "reader"));
        String path = location(last);
        assertThat(owner.calls.post(path + "/revoke", null).json()).containsEntry("state", "revoked");
        assertThat(owner.calls.post(path + "/revoke", null).json()).containsEntry("state", "revoked");

        for (String each : List.of(declined, replaced, secret(last), "", "x".repeat(10_000))) {
            assertThat(bob.calls
                            .post("/invitations/accept", "{\"secret\": \"" + each + "\", \"otherAddress\": true}")
                            .problem())
                    .isEqualTo("409 team.invitation-ended");
        }
        assertThat(owner.calls.get(owner.invitations()).items())
                .extracting(each -> each.get("state"))
                .containsExactly("revoked", "revoked", "declined");
        assertThat(owner.calls.get(owner.invitations() + "?state=declined").items())
                .hasSize(1);
    }

    @Test
    void aMemberIsNotInvitedAgain() {
        Person owner = owner();
        Person mia = joined(owner, TeamRole.MEMBER);

        Answer answer = owner.calls.post(owner.invitations(), invitation(mia.login(), "owner"));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("location")).isNull();
        assertThat(answer.json())
                .containsEntry("member", owner.calls.get(owner.member(mia)).json())
                .containsEntry("invitation", null)
                .containsEntry("secret", null);
    }

    @Test
    void invitationsAreLimited() {
        Person owner = owner();
        Answer sent = owner.calls.post(owner.invitations(), invitation("x@example.com", "reader"));
        String path = location(sent);
        for (int i = 0; i < 4; i++) {
            assertThat(owner.calls.post(path + "/resend", null).status()).isEqualTo(200);
        }

        Answer refused = owner.calls.post(path + "/resend", null);

        assertThat(refused.problem()).isEqualTo("429 team.too-many-invitations");
        assertThat(refused.header("retry-after")).isEqualTo("3600");
        assertThat(refused.body()).contains("5 times");
    }

    @Test
    void aReadOnlyKeyReads() {
        Person owner = owner();
        Person mia = joined(owner, TeamRole.MEMBER);
        Answer sent = owner.calls.post(owner.invitations(), invitation("x@example.com", "reader"));
        String path = location(sent);
        RestCalls reader = owner.with(ApiKeyScope.READ_ONLY);

        for (String each : List.of(owner.team(), owner.member(mia), owner.invitations(), path, "/me/teams")) {
            assertThat(reader.get(each).status()).as(each).isEqualTo(200);
        }
        for (Answer each : List.of(
                reader.patch(owner.member(mia), "{\"role\": \"reader\"}"),
                reader.delete(owner.member(mia)),
                reader.post(owner.member(mia) + "/hand-over", null),
                reader.post(owner.team() + "/leave", null),
                reader.post(owner.invitations(), invitation("y@example.com", "reader")),
                reader.post(path + "/resend", null),
                reader.post(path + "/revoke", null),
                reader.post("/invitations/inspect", body(secret(sent))),
                reader.post("/invitations/accept", body(secret(sent))),
                reader.post("/invitations/decline", body(secret(sent))))) {
            assertThat(each.problem()).isEqualTo("403 access.not-allowed");
        }
        assertThat(owner.calls.get(path).json()).containsEntry("state", "pending");
    }

    @Test
    void aKeyForOneCustomerReachesItsTeamOnly() {
        Person owner = owner();
        Person bob = owner();
        Person mia = joined(owner, TeamRole.MEMBER);
        assertThat(bob.calls
                        .post("/invitations/accept", body(invited(owner, bob.login(), "administrator")))
                        .status())
                .isEqualTo(200);
        CustomerId customer = owner.user.customerId();
        RestCalls operators = RestCalls.as(server, new UserId(2), ApiKeyScope.ofCustomer(customer));

        for (RestCalls each : List.of(bob.with(ApiKeyScope.ofCustomer(customer)), operators)) {
            assertThat(each.get(owner.team()).items()).hasSize(3);
            assertThat(each.patch(owner.member(mia), "{\"role\": \"reader\"}").status())
                    .isEqualTo(200);
            assertThat(each.get(bob.team()).problem()).isEqualTo("404 record.missing");
            assertThat(each.get(bob.customer()).problem()).isEqualTo("404 record.missing");
            assertThat(each.post(bob.invitations(), invitation("x@example.com", "reader"))
                            .problem())
                    .isEqualTo("404 record.missing");
            assertThat(each.get("/me/teams").problem()).isEqualTo("403 access.not-allowed");
            assertThat(each.post("/invitations/accept", body("x")).problem()).isEqualTo("403 access.not-allowed");
        }
        assertThat(operators.patch(owner.member(mia), "{\"role\": \"owner\"}").status())
                .isEqualTo(200);
    }

    @Test
    void aKeyForOnePlanReachesNoTeam() {
        Person owner = owner();
        tenant(owner);
        Person mia = joined(owner, TeamRole.MEMBER);

        for (UserId each : List.of(owner.user.id(), new UserId(2))) {
            RestCalls key = RestCalls.as(server, each, ApiKeyScope.ofPlan(new PlanId(plan)));
            assertThat(key.get("/tenants").items()).isNotEmpty();
            for (Answer refused : List.of(
                    key.get(owner.team()),
                    key.get(owner.invitations()),
                    key.patch(owner.member(mia), "{\"role\": \"owner\"}"),
                    key.delete(owner.member(mia)),
                    key.post(owner.invitations(), invitation("x@example.com", "owner")),
                    key.post(owner.team() + "/leave", null))) {
                assertThat(refused.problem()).isEqualTo("404 record.missing");
            }
        }
        assertThat(owner.calls.get(owner.invitations()).items()).isEmpty();
    }

    @Test
    void anOperatorManagesEachTeam() {
        Person owner = owner();
        Answer created = admin.post(
                "/accounts",
                "{\"login\": \"" + login("made") + "\", \"name\": \"Made\", \"customerId\": " + owner.user.customerId()
                        + ", \"teamRole\": \"billing\"}");
        assertThat(created.status()).as(created.body()).isEqualTo(201);
        assertThat(created.json())
                .containsEntry("customerId", owner.user.customerId().value());
        String made = owner.team() + "/" + created.json().get("id");

        assertThat(admin.get(made).json()).containsEntry("role", "billing");
        assertThat(admin.patch(made, "{\"role\": \"owner\"}").json()).containsEntry("role", "owner");
        assertThat(admin.delete(owner.member(owner)).status()).isEqualTo(204);
        assertThat(admin.get(owner.team()).items())
                .extracting(each -> each.get("role"))
                .containsExactly("owner");
        String invitation = location(admin.post(owner.invitations(), invitation("x@example.com", "owner")));
        assertThat(admin.post(invitation + "/revoke", null).json()).containsEntry("state", "revoked");
        assertThat(admin.get("/me/teams").status()).isEqualTo(200);
        assertThat(owner.calls
                        .post(
                                "/accounts",
                                "{\"login\": \"" + login("made") + "\", \"name\": \"Made\", \"customerId\": 1}")
                        .status())
                .isIn(401, 403);
        assertThat(admin.post(
                                "/accounts",
                                "{\"login\": \"" + login("made") + "\", \"name\": \"Made\", \"customerId\": 999999}")
                        .problem())
                .isEqualTo("422 record.missing");
    }
}
