// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.access;

import static dev.allotment.core.Refusals.assertRefusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SignInLink;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.access.Access;
import dev.allotment.access.Access.Redeemed;
import dev.allotment.access.AuthorizationRequest;
import dev.allotment.access.Member;
import dev.allotment.access.NewMember;
import dev.allotment.core.Concurrently;
import dev.allotment.core.Consistency;
import dev.allotment.core.Fixture;
import dev.allotment.core.Result;
import dev.allotment.spi.backend.RecordTypes;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class SignInSecretsTest {
    private static final String MAIN = "portal.localhost";

    private final Fixture fixture = new Fixture();
    private final Saas saas = fixture.saas;
    private final Access access = saas.access();
    private final Tenant shop = fixture.tenant("shop");

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void storesARandomTokenHashedAndNeverPrintsIt() {
        SignInLink entry = access.issue(shop.id());
        assertThat(entry.token())
                .matches("[A-Za-z0-9_-]{43}")
                .isNotEqualTo(access.issue(shop.id()).token());
        assertThat(entry.toString()).doesNotContain(entry.token());
        assertThat(Consistency.all(fixture.storage, RecordTypes.ACCESS_TOKENS).toString())
                .doesNotContain(entry.token());
    }

    @Test
    void refusesATokenAfterAnHour() {
        SignInLink entry = access.issue(shop.id());
        fixture.clock.advance(Duration.ofHours(1));
        assertThat(access.redeem("shop", entry.token())).isEmpty();
        fixture.clock.advance(Duration.ofHours(-1));
        assertThat(access.redeem("shop", entry.token()))
                .as("used up by the attempt")
                .isEmpty();
    }

    @Test
    void refusesAnUnknownToken() {
        for (String token : List.of("", "x", "\ud800", "x".repeat(1_000_000))) {
            assertThat(access.redeem("shop", token)).isEmpty();
            assertThat(access.redeem("no such database", token)).isEmpty();
            assertThat(access.findSession(token)).isEmpty();
            access.closeSession(token);
        }
    }

    @Test
    void acceptsATokenOnceIfEightUseItAtOnce() {
        SignInLink entry = access.issue(shop.id());
        List<Result<Optional<Redeemed>>> results = Concurrently.run(8, number -> access.redeem("shop", entry.token()));
        assertThat(results)
                .filteredOn(result -> result.value() != null && result.value().isPresent())
                .hasSize(1);
    }

    @Test
    void refusesATokenOfAnInactiveOwner() {
        SignInLink entry = access.issue(shop.id());
        Member owner = saas.database("shop")
                .members()
                .list(Query.where(Filter.equal(Member.OWNER, true)))
                .get(0);
        saas.database("shop")
                .members()
                .update(owner.id(), each -> each.toBuilder().active(false).build());
        assertThat(access.redeem("shop", entry.token())).isEmpty();
    }

    @Test
    void findsASessionUntilItIsClosed() {
        User user = fixture.signUp("client@example.com");
        String portal = access.openSession(MAIN, user.id().value());
        String inside = access.openSession("shop", 2);

        assertThat(portal).matches("[A-Za-z0-9_-]{43}").isNotEqualTo(inside);
        assertThat(access.findSession(portal)).hasValueSatisfying(found -> {
            assertThat(found.database()).isEqualTo(MAIN);
            assertThat(found.user()).isEqualTo(user.id().value());
            assertThat(found.createdAt()).isEqualTo(fixture.clock.instant());
            assertThat(found.expiresAt()).isEqualTo(fixture.clock.instant().plus(Duration.ofDays(90)));
        });
        assertThat(access.findSession(inside))
                .hasValueSatisfying(found -> assertThat(found.database()).isEqualTo("shop"));
        assertThat(Consistency.all(fixture.storage, RecordTypes.SESSIONS).toString())
                .doesNotContain(portal, inside);
        access.closeSession(portal);
        assertThat(access.findSession(portal)).isEmpty();
        assertThat(access.findSession(inside)).isPresent();
        assertRefusal(() -> access.openSession("none", 2)).isEqualTo(ErrorCodes.DATABASE_UNKNOWN);
    }

    @Test
    void endsASessionAfterAWeekUnusedOrNinetyDays() {
        String idle = access.openSession(MAIN, Fixture.ADMINISTRATOR.value());
        fixture.clock.advance(Duration.ofDays(7));
        assertThat(access.findSession(idle)).isEmpty();

        String used = access.openSession(MAIN, Fixture.ADMINISTRATOR.value());
        for (int day = 0; day < 89; day++) {
            fixture.clock.advance(Duration.ofDays(1));
            assertThat(access.findSession(used)).as("day %d", day).isPresent();
        }
        fixture.clock.advance(Duration.ofDays(1));
        assertThat(access.findSession(used)).isEmpty();
    }

    @Test
    void suspendsSessionsOfInactiveUsers() {
        User user = fixture.signUp("client@example.com");
        Member worker = saas.database("shop")
                .members()
                .create(NewMember.builder("worker", "Worker").password("secret").build());
        String inside = access.openSession("shop", worker.id().value());
        assertThat(access.findSession(access.openSession(MAIN, 99))).isEmpty();
        assertThat(access.findSession(access.openSession(MAIN, 1)))
                .as("the system")
                .isEmpty();
        assertThat(access.findSession(access.openSession("shop", 99))).isEmpty();
        assertThat(access.findSession(inside)).isPresent();
        String portal = access.openSession(MAIN, user.id().value());

        saas.database("shop")
                .members()
                .update(worker.id(), each -> each.toBuilder().active(false).build());
        saas.accounts().delete(user.id());

        assertThat(access.findSession(inside)).isEmpty();
        assertThat(access.findSession(portal)).isEmpty();
    }

    @Test
    void refusesAResetAfterTheAccountChanged() {
        User user = fixture.signUp("client@example.com");
        String used = reset();
        String other = reset();
        assertThat(access.resetPassword(used, "new secret")).isPresent();
        assertThat(access.resetPassword(other, "newer secret")).isEmpty();

        String changed = reset();
        saas.accounts().setPassword(user.id(), "by an administrator");
        assertThat(access.resetPassword(changed, "newer secret")).isEmpty();

        String moved = reset();
        saas.accounts()
                .update(
                        user.id(),
                        each -> each.toBuilder().email("moved@example.com").build());
        assertThat(access.resetPassword(moved, "newer secret")).isEmpty();

        String inactive = reset();
        saas.accounts().update(user.id(), each -> each.toBuilder().active(false).build());
        assertThat(access.requestPasswordReset("client@example.com")).isEmpty();
        saas.accounts().update(user.id(), each -> each.toBuilder().active(true).build());
        assertThat(access.resetPassword(inactive, "newer secret")).isEmpty();

        String deleted = reset();
        saas.accounts().delete(user.id());
        assertThat(access.resetPassword(deleted, "newer secret")).isEmpty();
        assertThat(access.requestPasswordReset("x".repeat(100_000))).isEmpty();
        assertThat(access.requestPasswordReset("admin")).as("has no address").isEmpty();
    }

    private String reset() {
        return access.requestPasswordReset("client@example.com").orElseThrow().secret();
    }

    @Test
    void refusesInvalidCodeChallenges() {
        Access owner = saas.actingAs(shop.ownerId()).access();
        String address = saas.tenants().publicUrl(shop) + AuthorizationRequest.REDIRECT_PATH;
        for (String challenge : List.of("", "short", "\0".repeat(43), "x".repeat(1_000_000))) {
            assertRefusal(() -> owner.authorize(new AuthorizationRequest(shop.uuid(), address, challenge)))
                    .isEqualTo(ErrorCodes.ACCESS_REDIRECT_INVALID);
        }
    }

    @Test
    void survivesAClockThatIsSetBack() {
        String session = access.openSession(MAIN, Fixture.ADMINISTRATOR.value());
        fixture.clock.advance(Duration.ofDays(-1));
        assertThat(access.findSession(session)).isPresent();
    }
}
