// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.tenant;

import static dev.allotment.core.Refusals.assertRefusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.allotment.ConfigurationChange;
import dev.allotment.CreateTenant;
import dev.allotment.CreatedTenant;
import dev.allotment.DuplicateTenant;
import dev.allotment.ErrorCodes;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationState;
import dev.allotment.Parameter;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.RecordQuota;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.SwapTenants;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.access.ApiKeyScope;
import dev.allotment.access.Member;
import dev.allotment.access.NewApiKey;
import dev.allotment.access.NewMember;
import dev.allotment.access.TenantDatabase;
import dev.allotment.backup.Backup;
import dev.allotment.backup.RestoreBackup;
import dev.allotment.core.Consistency;
import dev.allotment.core.Fixture;
import dev.allotment.core.Refusals;
import dev.allotment.core.Story;
import dev.allotment.core.TestAddon;
import dev.allotment.fleet.Server;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class SwapTest {
    private static final String SETTING = "shop.setting";

    private final Fixture fixture = new Fixture(TestAddon.of("sale").script("1.0", "create table sale_order (id int)"));
    private final Saas saas = fixture.saas;
    private final User owner = fixture.signUp("owner@example.com");
    private final Saas own = saas.actingAs(owner.id());
    private final Plan plan = fixture.plan(
            Plan.builder("Basic").dbNameTemplate("client-%i.example.com").published(true));
    private final CreatedTenant created = saas.tenants()
            .create(CreateTenant.onPlan(plan)
                    .owner(owner)
                    .name("shop.example.com")
                    .build());
    private final Tenant shop = created.tenant();

    SwapTest() {
        set(shop, "then");
    }

    @AfterEach
    void close() {
        fixture.backend.unwatch();
        Consistency.check(fixture.storage);
        fixture.close();
    }

    private TenantDatabase inside(Tenant tenant) {
        return saas.database(tenant.name());
    }

    private void set(Tenant tenant, String value) {
        saas.configuration()
                .apply(
                        tenant.id(),
                        ConfigurationChange.builder().parameter(SETTING, value).build());
    }

    private String value(Tenant tenant) {
        return inside(tenant).parameters().value(SETTING).orElse("");
    }

    /** A tenant with the present state of the shop, which is not neutralised. Then the shop is changed. */
    private Tenant restored() {
        Backup backup = saas.backups().create(shop.id(), null);
        Tenant beside = saas.backups()
                .restore(RestoreBackup.builder(shop.id(), backup.id())
                        .name("beside.example.com")
                        .neutralise(false)
                        .build())
                .tenant();
        set(shop, "now");
        return beside;
    }

    private Tenant copy() {
        return saas.tenants()
                .duplicate(DuplicateTenant.builder(shop.id())
                        .name("beside.example.com")
                        .build())
                .tenant();
    }

    private SwapTenants.Builder with(Tenant beside) {
        return SwapTenants.builder(shop.id(), beside.id());
    }

    private List<Event> events() {
        return saas.events().list(Query.where(Filter.equal(Event.TYPE, EventType.TENANT_SWAPPED)));
    }

    @Test
    void exchangesTheDatabasesAndKeepsWhoTheTenantsAre() {
        Tenant beside = restored();
        saas.customDomains().add(shop.id(), "www.example.org");
        Tenant before = saas.tenants()
                .update(shop.id(), each -> each.toBuilder().maxUsers(5).build());

        Tenant swapped = saas.tenants().swap(with(beside).build());

        assertThat(value(shop)).isEqualTo("then");
        assertThat(swapped)
                .usingRecursiveComparison()
                .comparingOnlyFields(
                        "id", "uuid", "name", "ownerId", "customerId", "planId", "serverId", "state", "maxUsers")
                .isEqualTo(before);
        assertThat(saas.tenants().findByHost("www.example.org")).isPresent();
        assertThat(inside(shop).parameters().value(Parameter.MAX_USERS)).hasValue("5");
        assertThat(inside(shop).parameters().value(Parameter.DATABASE_UUID))
                .hasValue(shop.uuid().toString());
        assertThat(saas.tenants().get(beside.id()))
                .returns(beside.name(), Tenant::name)
                .returns(beside.uuid(), Tenant::uuid)
                .returns(TenantState.SUSPENDED, Tenant::state)
                .returns(fixture.clock.instant().plus(Duration.ofDays(14)), Tenant::expiresAt);
        assertThat(value(beside)).isEqualTo("now");
        assertThat(inside(beside).parameters().value(Parameter.DATABASE_UUID))
                .hasValue(beside.uuid().toString());
        assertThat(fixture.storage.isOpen(shop.name())).isTrue();
        assertThat(fixture.storage.isOpen(beside.name())).isFalse();
        assertThat(events())
                .extracting(each ->
                        each.details().get("name") + " with " + each.details().get("with"))
                .containsExactlyInAnyOrder(
                        "shop.example.com with beside.example.com", "beside.example.com with shop.example.com");
        assertThat(saas.reconciliation().check().findings()).isEmpty();
    }

    @Test
    void isTakenBackByAnotherSwap() {
        Tenant beside = restored();
        String key = key("present");
        saas.tenants().swap(with(beside).build());
        set(shop, "after");

        saas.tenants().swap(with(beside).keptHours(24).build());

        assertThat(value(shop)).isEqualTo("now");
        assertThat(value(beside)).isEqualTo("after");
        assertThat(works(key)).isTrue();
        assertThat(saas.tenants().get(beside.id()).expiresAt())
                .isEqualTo(fixture.clock.instant().plus(Duration.ofDays(1)));
    }

    @Test
    void isDoneOnceForAKey() {
        Tenant beside = restored();
        SwapTenants command = with(beside).idempotencyKey("key").build();
        saas.tenants().swap(command);
        saas.tenants().swap(command);
        assertThat(value(shop)).isEqualTo("then");
        assertRefusal(() ->
                        saas.tenants().swap(command.toBuilder().keptHours(24).build()))
                .isEqualTo(ErrorCodes.IDEMPOTENCY_MISMATCH);
        assertThat(saas.async().swap(command).state()).isEqualTo(OperationState.DONE);
    }

    @Test
    void runsInTheBackground() {
        Operation started = saas.async().swap(with(restored()).build());
        saas.operations().recover();
        assertThat(saas.operations().get(started.id()).state()).isEqualTo(OperationState.DONE);
        assertThat(value(shop)).isEqualTo("then");
    }

    private String key(String name) {
        return inside(shop)
                .actingAs(Member.ADMINISTRATOR)
                .apiKeys()
                .create(new NewApiKey(name, ApiKeyScope.EVERYTHING, null))
                .secret();
    }

    private boolean works(String key) {
        return inside(shop).apiKeys().authenticate(key, null).isPresent();
    }

    @Test
    void keepsTheKeysOfEachTenantAndRevokedOnesRevoked() {
        String kept = key("kept");
        String revoked = key("revoked");
        Tenant beside = restored();
        inside(shop).actingAs(Member.ADMINISTRATOR).apiKeys().revoke(revoked);
        String later = key("later");
        String besides = inside(beside)
                .actingAs(Member.ADMINISTRATOR)
                .apiKeys()
                .create(new NewApiKey("beside", ApiKeyScope.EVERYTHING, null))
                .secret();
        fixture.clock.advance(Duration.ofHours(7));
        saas.maintenance().run();

        saas.tenants().swap(with(beside).build());

        assertThat(works(kept)).isTrue();
        assertThat(works(later)).isTrue();
        assertThat(works(revoked)).isFalse();
        assertThat(works(besides)).isFalse();
        saas.tenants().resume(beside.id());
        assertThat(inside(beside).apiKeys().authenticate(besides, null)).isPresent();
        assertThat(inside(beside).apiKeys().authenticate(kept, null)).isEmpty();
    }

    @Test
    void letsNoKeyWorkWhoseMemberIsAnotherOne() {
        Tenant beside = restored();
        inside(beside)
                .members()
                .update(
                        Member.ADMINISTRATOR,
                        each -> each.toBuilder().login("boss").build());
        String key = key("of admin");

        saas.tenants().swap(with(beside).build());

        assertThat(works(key)).isFalse();
    }

    @Test
    void namesTheTenantsThatItAccepts() {
        saas.tenants()
                .create(CreateTenant.onPlan(Objects.requireNonNull(shop.planId()))
                        .owner(Objects.requireNonNull(shop.ownerId()))
                        .name("unrelated.example.com")
                        .build());
        assertThat(own.tenants().swapCandidates(shop.id())).isEmpty();
        Tenant beside = restored();
        assertThat(own.tenants().swapCandidates(shop.id()))
                .extracting(Tenant::id)
                .containsExactly(beside.id());
        assertThat(own.tenants().swapCandidates(beside.id()))
                .as("the other way")
                .isEmpty();

        saas.tenants().suspend(beside.id());
        assertThat(own.tenants().swapCandidates(shop.id()))
                .as("an owner does not reopen it")
                .isEmpty();
        assertThat(saas.tenants().swapCandidates(shop.id())).hasSize(1);
        saas.tenants().resume(beside.id());
        saas.tenants().swap(with(beside).build());
        assertThat(own.tenants().swapCandidates(shop.id()))
                .as("to take the swap back")
                .hasSize(1);
        Saas stranger = saas.actingAs(fixture.signUp("stranger@example.com").id());
        assertRefusal(() -> stranger.tenants().swapCandidates(shop.id())).isEqualTo(ErrorCodes.RECORD_MISSING);
    }

    @Test
    void endsSessionsAndUnusedSignInLinksOfBoth() {
        Tenant beside = restored();
        String session = saas.access().openSession(shop.name(), Member.ADMINISTRATOR.value());
        String other = saas.access().openSession(beside.name(), Member.ADMINISTRATOR.value());

        saas.tenants().swap(with(beside).build());

        assertThat(saas.access().findSession(session)).isEmpty();
        assertThat(saas.access().findSession(other)).isEmpty();
        assertThat(saas.access()
                        .redeem(
                                shop.name(),
                                Objects.requireNonNull(created.signInLink()).token()))
                .isEmpty();
        Story.letsIn(saas, shop.name(), own.access().issue(shop.id()));
    }

    @Test
    void enforcesTheRecordQuotasOfTheTenant() {
        saas.configuration()
                .apply(shop.id(), ConfigurationChange.builder().install("sale").build());
        Tenant beside = restored();
        saas.configuration()
                .apply(
                        shop.id(),
                        ConfigurationChange.builder()
                                .recordQuota("sale.order", 3)
                                .build());

        saas.tenants().swap(with(beside).build());

        for (Tenant each : List.of(shop, beside)) {
            assertThat(inside(each).recordQuotas().list(Query.all()))
                    .extracting(RecordQuota::model, RecordQuota::maxRecords)
                    .containsExactly(tuple("sale.order", 3));
        }
    }

    @Test
    void keepsANeutralisedDatabaseOutUnlessTheCallerAgrees() {
        Tenant beside = copy();
        set(shop, "now");
        assertRefusal(() -> saas.tenants().swap(with(beside).build())).isEqualTo(ErrorCodes.TENANT_NEUTRALISED);
        assertThat(value(shop)).isEqualTo("now");

        saas.tenants().swap(with(beside).neutralised(true).build());

        assertThat(value(shop)).isEqualTo("then");
        assertThat(inside(shop).parameters().value(Parameter.NEUTRALISED)).isPresent();
        assertThat(inside(beside).parameters().value(Parameter.NEUTRALISED)).isEmpty();
    }

    @Test
    void deletesThePreviousStateWhenItsTimeIsOver() {
        saas.parameters().set(Parameter.RETENTION_DAYS, "7");
        Tenant beside = restored();
        saas.tenants().swap(with(beside).keptHours(48).build());
        saas.maintenance().run();
        fixture.clock.advance(Duration.ofHours(47));
        saas.maintenance().run();
        assertThat(saas.tenants().get(beside.id()).state()).isEqualTo(TenantState.SUSPENDED);

        fixture.clock.advance(Duration.ofHours(1));
        saas.maintenance().run();
        assertThat(saas.tenants().get(beside.id()).state()).isEqualTo(TenantState.RETAINED);

        saas.tenants().restore(beside.id());
        fixture.clock.advance(Duration.ofDays(13));
        saas.maintenance().run();
        assertThat(saas.tenants().get(beside.id()).state()).isEqualTo(TenantState.SUSPENDED);
        saas.tenants().swap(with(beside).build());
        assertThat(value(shop)).isEqualTo("now");
    }

    @Test
    void keepsThePreviousStateThatAnAdministratorHasResumed() {
        Tenant beside = restored();
        saas.tenants().swap(with(beside).build());
        assertThat(saas.tenants().resume(beside.id()).state()).isEqualTo(TenantState.OPEN);
        fixture.clock.advance(Duration.ofDays(15));
        saas.maintenance().run();
        assertThat(saas.tenants().get(beside.id()).state()).isEqualTo(TenantState.OPEN);
    }

    @Test
    void isForOwnersOfBothThatNoAdministratorHasSuspended() {
        Tenant beside = restored();
        User stranger = fixture.signUp("stranger@example.com");
        Saas theirs = saas.actingAs(stranger.id());
        assertRefusal(() -> theirs.tenants().swap(with(beside).build())).isEqualTo(ErrorCodes.RECORD_MISSING);

        saas.tenants().suspend(shop.id());
        assertRefusal(() -> own.tenants().swap(with(beside).build())).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        saas.tenants().resume(shop.id());
        own.tenants().swap(with(beside).build());
        assertThat(value(shop)).isEqualTo("then");
        own.tenants().swap(with(beside).build());
        assertThat(value(shop)).as("taken back").isEqualTo("now");

        saas.tenants().suspend(beside.id());
        assertRefusal(() -> own.tenants().swap(with(beside).build())).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
    }

    @Test
    void letsOnlyAdministratorsExceedTheLimitsOfTheTenant() {
        Tenant beside = restored();
        inside(beside).members().create(NewMember.builder("a@example.com", "A").build());
        inside(beside).members().create(NewMember.builder("b@example.com", "B").build());
        saas.tenants().update(shop.id(), each -> each.toBuilder().maxUsers(2).build());

        SaasException refused =
                Refusals.refusal(() -> own.tenants().swap(with(beside).build()));

        assertThat(refused.code()).isEqualTo(ErrorCodes.TENANT_NOT_SWAPPABLE);
        assertThat(refused)
                .hasMessageContaining("maxUsers of \"shop.example.com\" is 2")
                .hasMessageContaining("has 3");
        assertThat(value(shop)).isEqualTo("now");
        saas.tenants()
                .update(
                        shop.id(),
                        each -> each.toBuilder().maxUsers(3).storageLimitMb(1).build());
        saas.tenants().reportFileStorage(beside.id(), 2 * Plan.MEGABYTE);
        assertRefusal(() -> own.tenants().swap(with(beside).build())).isEqualTo(ErrorCodes.TENANT_NOT_SWAPPABLE);
        saas.tenants().swap(with(beside).build());
        assertThat(value(shop)).isEqualTo("then");
    }

    @Test
    void refusesWhatIsNoCopyOrElsewhere() {
        Tenant another = saas.tenants()
                .create(CreateTenant.onPlan(plan)
                        .owner(owner)
                        .name("other.example.com")
                        .build())
                .tenant();
        assertRefusal(() -> saas.tenants().swap(with(another).build())).isEqualTo(ErrorCodes.TENANT_NOT_SWAPPABLE);
        assertRefusal(() -> saas.tenants().swap(with(shop).build())).isEqualTo(ErrorCodes.TENANT_NOT_SWAPPABLE);
        Tenant beside = restored();
        assertRefusal(() -> saas.tenants()
                        .swap(SwapTenants.builder(beside.id(), shop.id()).build()))
                .as("the original is no copy of its copy")
                .isEqualTo(ErrorCodes.TENANT_NOT_SWAPPABLE);
        for (int hours : List.of(0, 23, 8785)) {
            assertRefusal(() ->
                            saas.tenants().swap(with(beside).keptHours(hours).build()))
                    .isEqualTo(ErrorCodes.CONFIGURATION_INVALID);
        }
        Tenant preview = saas.tenants()
                .duplicate(DuplicateTenant.builder(shop.id())
                        .name("look.example.com")
                        .preview(24)
                        .build())
                .tenant();
        assertRefusal(() -> saas.tenants().swap(with(preview).neutralised(true).build()))
                .isEqualTo(ErrorCodes.TENANT_NOT_SWAPPABLE);
        Server second = saas.servers().create(Server.builder("second").build());
        saas.tenants().move(beside.id(), second.id());
        assertRefusal(() -> saas.tenants().swap(with(beside).build())).isEqualTo(ErrorCodes.TENANT_NOT_SWAPPABLE);
        saas.tenants().delete(preview.id());
        assertRefusal(() -> saas.tenants().swap(with(preview).build())).isEqualTo(ErrorCodes.TENANT_STATE);
        assertThat(value(shop)).isEqualTo("now");
    }

    @Test
    void keepsBothTenantsBusyUntilItHasFinished() {
        Tenant beside = restored();
        List<String> refused = new ArrayList<>();
        fixture.backend.once("before exchange", () -> {
            for (Tenant each : List.of(shop, beside)) {
                Saas other = fixture.builder(fixture.storage).node("node-b").open();
                refused.add(Refusals.refusal(() -> other.tenants().suspend(each.id()))
                        .code());
                refused.add(Refusals.refusal(() -> other.backups().create(each.id(), null))
                        .code());
                refused.add(Refusals.refusal(
                                () -> other.database(each.name()).parameters().value(SETTING))
                        .code());
                refused.add(
                        Refusals.refusal(() -> other.tenants().swap(with(beside).build()))
                                .code());
                assertThat(other.reconciliation().check().findings()).isEmpty();
            }
        });

        saas.tenants().swap(with(beside).build());

        assertThat(refused).hasSize(8).containsOnly(ErrorCodes.TENANT_BUSY);
        assertThat(value(shop)).isEqualTo("then");
    }

    @Test
    void isUndoneIfTheDatabasesCannotBeExchanged() {
        Tenant beside = restored();
        fixture.backend.once("before exchange", () -> {
            throw SaasException.unavailable(ErrorCodes.BACKEND_UNAVAILABLE, "unreachable", null);
        });

        assertRefusal(() -> saas.tenants().swap(with(beside).build())).isEqualTo(ErrorCodes.BACKEND_UNAVAILABLE);

        assertThat(value(shop)).isEqualTo("now");
        assertThat(value(beside)).isEqualTo("then");
        for (Tenant each : List.of(shop, beside)) {
            assertThat(saas.tenants().get(each.id()).state()).isEqualTo(TenantState.OPEN);
            assertThat(fixture.storage.isOpen(each.name())).isTrue();
        }
        assertThat(events()).isEmpty();
        saas.tenants().swap(with(beside).build());
        assertThat(value(shop)).isEqualTo("then");
    }

    @Test
    void isFinishedIfItFailsAfterTheExchange() {
        Tenant beside = restored();
        fixture.backend.once("after exchange", () -> {
            throw SaasException.unavailable(ErrorCodes.BACKEND_UNAVAILABLE, "lost answer", null);
        });

        assertRefusal(() -> saas.tenants().swap(with(beside).build())).isEqualTo(ErrorCodes.BACKEND_UNAVAILABLE);
        fixture.clock.advance(Duration.ofMinutes(1));
        saas.operations().recover();

        assertThat(value(shop)).isEqualTo("then");
        assertThat(saas.tenants().get(beside.id()).state()).isEqualTo(TenantState.SUSPENDED);
        assertThat(events()).hasSize(2);
        assertThat(saas.reconciliation().check().findings()).isEmpty();
    }

    @Test
    void makesBackupsOfEachTenantUnderItsOwnKey() {
        Tenant beside = restored();
        saas.tenants().swap(with(beside).build());
        Backup backup = saas.backups().create(shop.id(), null);
        set(shop, "later");
        saas.backups().restoreInPlace(shop.id(), backup.id(), null);
        assertThat(value(shop)).isEqualTo("then");
        assertThat(saas.backups().list(beside.id())).isEmpty();
    }
}
