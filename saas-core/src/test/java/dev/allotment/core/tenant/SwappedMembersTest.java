// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.tenant;

import static dev.allotment.core.Refusals.assertRefusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreateTenant;
import dev.allotment.ErrorCodes;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SwapTenants;
import dev.allotment.Tenant;
import dev.allotment.access.ApiKeyHolder;
import dev.allotment.access.ApiKeyId;
import dev.allotment.access.ApiKeyScope;
import dev.allotment.access.Group;
import dev.allotment.access.Member;
import dev.allotment.access.MemberId;
import dev.allotment.access.NewApiKey;
import dev.allotment.access.NewMember;
import dev.allotment.access.TenantDatabase;
import dev.allotment.backup.Backup;
import dev.allotment.backup.RestoreBackup;
import dev.allotment.core.Consistency;
import dev.allotment.core.Fixture;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** After a swap or a restore in place, the number of a member may be that of another person. */
final class SwappedMembersTest {
    private static final String ALICE = "alice@example.com";
    private static final String BOB = "bob@example.com";
    private static final String BOBS_PASSWORD = "Another Password";

    private final Fixture fixture = new Fixture();
    private final Saas saas = fixture.saas;
    private final Saas otherNode =
            fixture.builder(fixture.storage).node("node-b").open();
    private final Tenant shop = saas.tenants()
            .create(CreateTenant.onPlan(fixture.plan(Plan.builder("Basic").published(true)))
                    .owner(fixture.signUp("owner@example.com"))
                    .name("shop.example.com")
                    .build())
            .tenant();
    private final Backup before = saas.backups().create(shop.id(), null);
    private final Tenant beside = saas.backups()
            .restore(RestoreBackup.builder(shop.id(), before.id())
                    .name("beside.example.com")
                    .neutralise(false)
                    .build())
            .tenant();
    private final MemberId number = add(shop, ALICE, Fixture.PASSWORD);

    SwappedMembersTest() {
        MemberId same = add(beside, BOB, BOBS_PASSWORD);
        assertThat(same).isEqualTo(number);
        MemberId bob = same;
        saas.database(beside.name())
                .members()
                .setGroups(
                        bob,
                        saas.database(beside.name()).groups().list(Query.all()).stream()
                                .filter(each -> each.xmlId().equals(Group.USER)
                                        || each.xmlId().equals(Group.SYSTEM))
                                .map(Group::id)
                                .toList());
    }

    @AfterEach
    void close() {
        otherNode.close();
        Consistency.check(fixture.storage);
        fixture.close();
    }

    private MemberId add(Tenant tenant, String login, String password) {
        return saas.database(tenant.name())
                .members()
                .create(NewMember.builder(login, login).password(password).build())
                .id();
    }

    private TenantDatabase inside(Saas node) {
        return node.database(shop.name());
    }

    private NewApiKey wanted(String name) {
        return new NewApiKey(
                name, ApiKeyScope.EVERYTHING, fixture.clock.instant().plus(Duration.ofDays(30)));
    }

    private String alicesKey(String name) {
        return inside(saas).actingAs(number).apiKeys().create(wanted(name)).secret();
    }

    private boolean works(Saas node, String key) {
        return inside(node).apiKeys().authenticate(key, null).isPresent();
    }

    private void swap() {
        saas.tenants().swap(SwapTenants.builder(shop.id(), beside.id()).build());
    }

    @Test
    void noNodeRemembersAKeyOrAPasswordOfTheStateBefore() {
        String key = alicesKey("key");
        for (Saas node : new Saas[] {saas, otherNode}) {
            assertThat(works(node, key)).isTrue();
            assertThat(inside(node).members().authenticate(number, Fixture.PASSWORD, null))
                    .isPresent();
        }

        swap();

        for (Saas node : new Saas[] {saas, otherNode}) {
            assertThat(works(node, key)).isFalse();
            assertThat(inside(node).members().authenticate(number, Fixture.PASSWORD, null))
                    .isEmpty();
            assertThat(inside(node).members().authenticate(number, BOBS_PASSWORD, null))
                    .get()
                    .returns(BOB, Member::login);
        }
    }

    @Test
    void aCallThatWasAuthenticatedBeforeActsAsNoOtherMember() {
        TenantDatabase database = inside(saas);
        ApiKeyHolder holder =
                database.apiKeys().authenticate(alicesKey("key"), null).orElseThrow();
        Member alice =
                database.members().authenticate(ALICE, Fixture.PASSWORD, null).orElseThrow();
        TenantDatabase acting = database.actingAs(alice.identity(), null);

        swap();

        assertRefusal(() -> database.actingAs(holder, null)).isEqualTo(ErrorCodes.ACCESS_DENIED);
        assertRefusal(() -> database.actingAs(alice.identity(), null)).isEqualTo(ErrorCodes.ACCESS_DENIED);
        assertRefusal(() -> acting.apiKeys().create(wanted("stolen"))).isEqualTo(ErrorCodes.ACCESS_DENIED);
        assertRefusal(() -> acting.members().get(number)).isEqualTo(ErrorCodes.ACCESS_DENIED);
        assertRefusal(() -> acting.inTransaction(at -> at.members().get(number)))
                .isEqualTo(ErrorCodes.ACCESS_DENIED);
        assertThat(inside(saas).actingAs(number).apiKeys().list(Query.all())).isEmpty();
    }

    @Test
    void aSessionIsOpenedOnlyForTheOneWhoWasAuthenticated() {
        String session = saas.access().openSession(shop.name(), number.value(), ALICE);
        assertThat(otherNode.access().findSession(session))
                .get()
                .extracting(each -> each.login())
                .isEqualTo(ALICE);

        swap();

        assertThat(saas.access().findSession(session)).isEmpty();
        assertThat(otherNode.access().findSession(session)).isEmpty();
        assertRefusal(() -> saas.access().openSession(shop.name(), number.value(), ALICE))
                .isEqualTo(ErrorCodes.ACCESS_DENIED);
        String bobs = saas.access().openSession(shop.name(), number.value(), BOB);
        assertThat(otherNode.access().findSession(bobs))
                .get()
                .extracting(each -> each.login())
                .isEqualTo(BOB);
    }

    @Test
    void aSessionIsNotOpenedIfTheDatabaseIsReplacedMeanwhile() {
        fixture.backend.once("after transact", () -> {
            fixture.backend.unwatch();
            swap();
        });

        assertRefusal(() -> saas.access().openSession(shop.name(), number.value(), ALICE))
                .isEqualTo(ErrorCodes.ACCESS_DENIED);
    }

    @Test
    void afterARestoreInPlaceANewMemberWithTheNumberIsAnotherOne() {
        String key = alicesKey("key");
        for (Saas node : new Saas[] {saas, otherNode}) {
            assertThat(works(node, key)).isTrue();
            assertThat(inside(node).members().authenticate(number, Fixture.PASSWORD, null))
                    .isPresent();
        }

        saas.backups().restoreInPlace(shop.id(), before.id(), null);
        assertThat(add(shop, BOB, BOBS_PASSWORD)).isEqualTo(number);

        for (Saas node : new Saas[] {saas, otherNode}) {
            assertThat(works(node, key)).isFalse();
            assertThat(inside(node).members().authenticate(number, Fixture.PASSWORD, null))
                    .isEmpty();
        }
    }

    @Test
    void keysWhoseMemberIsMissingWaitUntilTheSwapIsTakenBack() {
        String key = alicesKey("kept");
        String revoked = alicesKey("revoked");
        inside(saas).actingAs(number).apiKeys().revoke(revoked);
        swap();
        saas.tenants().sync(shop.id());
        saas.tenants().sync(beside.id());
        TenantDatabase bobs = inside(saas).actingAs(number);
        assertThat(bobs.apiKeys().list(Query.all())).isEmpty();
        String ofBob = bobs.apiKeys().create(wanted("of bob")).secret();
        inside(saas)
                .members()
                .update(number, each -> each.toBuilder().active(false).build());
        assertThat(works(saas, key)).isFalse();

        swap();

        assertThat(works(saas, key)).isTrue();
        assertThat(works(saas, revoked)).isFalse();
        assertThat(works(saas, ofBob)).isFalse();
        assertThat(inside(saas).actingAs(number).apiKeys().list(Query.all()))
                .extracting(each -> each.name())
                .containsExactly("kept");
    }

    @Test
    void aKeyThatWaitsIsNotRemovedWithAnotherMemberOfItsNumber() {
        String key = alicesKey("kept");
        swap();
        inside(saas).members().delete(number);
        swap();
        assertThat(works(saas, key)).isTrue();
    }

    @Test
    void aForgedHolderOfAnotherMemberIsRefused() {
        assertRefusal(() -> inside(saas)
                        .actingAs(new ApiKeyHolder(new ApiKeyId(1), number.value(), BOB, ApiKeyScope.EVERYTHING), null))
                .isEqualTo(ErrorCodes.ACCESS_DENIED);
    }
}
