// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.authentication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.access.Access;
import dev.allotment.access.AuthorizationRequest;
import dev.allotment.access.Member;
import dev.allotment.access.NewMember;
import dev.allotment.core.Consistency;
import dev.allotment.core.Fixture;
import dev.allotment.fleet.Server;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.RecordTypes;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class RevocationTest {
    private static final String MAIN = "portal.localhost";

    enum Trigger {
        CHANGED_PASSWORD(
                (saas, user) -> saas.actingAs(user).accounts().changePassword(user, Fixture.PASSWORD, "new secret")),
        PASSWORD_SET_BY_AN_ADMINISTRATOR((saas, user) -> saas.accounts().setPassword(user, "new secret")),
        FORGOTTEN_PASSWORD((saas, user) -> {
            String secret = saas.access()
                    .requestPasswordReset(saas.accounts().get(user).login())
                    .orElseThrow()
                    .secret();
            assertThat(saas.access().resetPassword(secret, "new secret")).isPresent();
        }),
        SIGNED_OUT_EVERYWHERE((saas, user) -> saas.access().closeSessions(MAIN, user.value())),
        DEACTIVATED((saas, user) -> saas.accounts()
                .update(user, each -> each.toBuilder().active(false).build()));

        private final BiConsumer<Saas, UserId> action;

        Trigger(BiConsumer<Saas, UserId> action) {
            this.action = action;
        }
    }

    /** Everything that an intruder obtains who is signed in as the owner of a tenant. */
    private static final class Loot {
        private final Saas saas;
        private final Tenant tenant;
        private final UserId owner;
        private final String portal;
        private final String inside;
        private final String token;
        private final String code;

        Loot(Saas saas, Tenant tenant) {
            this.saas = saas;
            this.tenant = tenant;
            owner = Objects.requireNonNull(tenant.ownerId());
            Access own = saas.actingAs(owner).access();
            portal = saas.access().openSession(MAIN, owner.value());
            Access.Redeemed redeemed = saas.access()
                    .redeem(tenant.name(), own.issue(tenant.id()).token())
                    .orElseThrow();
            inside = saas.access()
                    .openSession(tenant.name(), redeemed.member().id().value());
            token = own.issue(tenant.id()).token();
            code = own.authorize(new AuthorizationRequest(tenant.uuid(), address(), null));
        }

        private String address() {
            return saas.tenants().publicUrl(tenant) + AuthorizationRequest.REDIRECT_PATH;
        }

        void assertGood(boolean good) {
            assertThat(saas.access().findSession(portal).isPresent())
                    .as("session at the portal")
                    .isEqualTo(good);
            assertThat(saas.access().findSession(inside).isPresent())
                    .as("session in the tenant database")
                    .isEqualTo(good);
            assertThat(saas.access()
                            .exchange(tenant.uuid(), code, address(), null)
                            .isPresent())
                    .as("code")
                    .isEqualTo(good);
            assertThat(saas.access().redeem(tenant.name(), token).isPresent())
                    .as("token")
                    .isEqualTo(good);
        }
    }

    private final Fixture fixture = new Fixture();
    private final Saas saas = fixture.saas;
    private final Tenant shop = fixture.tenant("shop.example.com");

    @AfterEach
    void close() {
        fixture.close();
    }

    @ParameterizedTest
    @EnumSource
    void revokesAllSessionsAndTokensOfAnOwnerAndNoOthers(Trigger trigger) {
        Member worker = saas.database(shop.name())
                .members()
                .create(NewMember.builder("worker", "Worker").password("secret").build());
        String workers = saas.access().openSession(shop.name(), worker.id().value());
        Loot loot = new Loot(saas, shop);
        Loot others = new Loot(saas, fixture.tenant("other.example.com"));

        trigger.action.accept(saas, loot.owner);

        loot.assertGood(false);
        others.assertGood(true);
        assertThat(saas.access().findSession(workers)).isPresent();
        assertThat(Consistency.all(fixture.storage, RecordTypes.SESSIONS)).hasSize(3);
    }

    @ParameterizedTest
    @EnumSource
    void revokesAllSessionsOfATenantThatCannotNameItsOwner(Trigger trigger) {
        Loot loot = new Loot(saas, shop);
        String workers = saas.access().openSession(shop.name(), 2);
        Server server = saas.servers().get(shop.serverId());
        fixture.storage.databases(server).drop(new DatabaseRef(shop.name(), shop.uuid()));

        trigger.action.accept(saas, loot.owner);

        assertThat(Consistency.all(fixture.storage, RecordTypes.SESSIONS)).isEmpty();
        assertThat(Consistency.all(fixture.storage, RecordTypes.ACCESS_TOKENS)).isEmpty();
        assertThat(Consistency.all(fixture.storage, RecordTypes.AUTHORIZATION_CODES))
                .isEmpty();
        assertThat(workers).isNotEmpty();
    }

    @Test
    void revokesNothingOnOtherChanges() {
        Loot loot = new Loot(saas, shop);
        saas.accounts()
                .update(loot.owner, each -> each.toBuilder().name("New name").build());
        loot.assertGood(true);
        assertThat(saas.accounts().list(Query.where(Filter.equal(User.NAME, "New name"))))
                .hasSize(1);
    }
}
