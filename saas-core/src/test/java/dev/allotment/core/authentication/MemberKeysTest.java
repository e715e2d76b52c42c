// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.authentication;

import static dev.allotment.core.Refusals.assertRefusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreateTenant;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.Parameter;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.access.ApiKeyScope;
import dev.allotment.access.ApiKeys;
import dev.allotment.access.Member;
import dev.allotment.access.NewApiKey;
import dev.allotment.access.TenantDatabase;
import dev.allotment.core.Concurrently;
import dev.allotment.core.Consistency;
import dev.allotment.core.Fixture;
import dev.allotment.core.Result;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Members of tenant databases use API keys instead of passwords. */
class MemberKeysTest {
    private static final String ADDRESS = "192.0.2.7";
    private static final String ELSEWHERE = "198.51.100.7";

    private final Fixture fixture = new Fixture();
    private final User user = fixture.signUp("user@example.com");

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void wrongPasswordsCountForTheClientAddressToo() {
        Tenant tenant = tenantWithRetention();
        TenantDatabase database = fixture.saas.database(tenant.name());
        database.members().setPassword(owner(database).id(), Fixture.PASSWORD);
        NewApiKey wanted = wanted(ApiKeyScope.EVERYTHING);
        for (int i = 0; i < 10; i++) {
            assertRefusal(() -> owners(tenant, ADDRESS).create(wanted, "wrong")).isEqualTo("access.denied");
        }

        assertRefusal(() -> owners(tenant, ADDRESS).create(wanted, Fixture.PASSWORD))
                .isEqualTo("access.busy");
        owners(tenant, ELSEWHERE).create(wanted, Fixture.PASSWORD);
        assertThat(fixture.saas.events().list(Query.where(Filter.equal(Event.TYPE, EventType.API_KEY_CREATED))))
                .extracting(Event::clientAddress)
                .containsExactly(ELSEWHERE);
    }

    @Test
    void unknownKeysOfCallersWithoutAnAddressDelayNoOtherDatabase() {
        Tenant tenant = tenantWithRetention();
        Tenant other = fixture.tenant();
        for (int i = 0; i < 100; i++) {
            String unknown = String.format("%040x", i);
            assertRefusal(() -> owners(tenant, null).revoke(unknown)).isEqualTo("access.denied");
        }
        CountDownLatch both = new CountDownLatch(2);
        fixture.backend.watch(step -> {
            if (step.equals("before transact")) {
                both.countDown();
                await(both);
            }
        });
        List<Result<Boolean>> found =
                Concurrently.run(2, i -> usableIn(other, String.format("%040x", 1_000 + i), null));

        assertThat(found).allMatch(Result::succeeded);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(1, TimeUnit.MINUTES))
                    .as("they are looked up at the same time")
                    .isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void theKeysOfAnOwnerCountOnlyWhileItsAccountIsActive() {
        Tenant tenant = tenantWithRetention();
        String secret = ownersKey(tenant);
        String administrators = fixture.saas
                .database(tenant.name())
                .actingAs(Member.ADMINISTRATOR)
                .apiKeys()
                .create(wanted(ApiKeyScope.EVERYTHING))
                .secret();
        assertThat(usableIn(tenant, secret)).isTrue();

        setActive(false);
        fixture.seconds(9);
        assertThat(usableIn(tenant, secret)).isFalse();
        assertThat(usableIn(tenant, administrators)).isTrue();

        setActive(true);
        fixture.seconds(9);
        assertThat(usableIn(tenant, secret)).isTrue();
    }

    private void setActive(boolean active) {
        fixture.saas
                .accounts()
                .update(user.id(), each -> each.toBuilder().active(active).build());
    }

    @Test
    void noKeyFromBeforeADeletionCountsWhileATenantIsRestored() {
        Tenant tenant = tenantWithRetention();
        String secret = ownersKey(tenant);
        fixture.clock.advance(Duration.ofMinutes(1));
        fixture.saas.tenants().delete(tenant.id());
        fixture.seconds(9);
        AtomicBoolean looked = new AtomicBoolean();
        fixture.backend.watch(step -> {
            if (!step.startsWith("in ") && isRestoring()) {
                looked.set(true);
                fixture.seconds(9);
                assertThat(usableIn(tenant, secret)).as(step).isFalse();
            }
        });

        fixture.saas.tenants().restore(tenant.id());
        fixture.backend.unwatch();

        assertThat(looked).isTrue();
        fixture.clock.advance(Duration.ofMinutes(1));
        assertThat(usableIn(tenant, ownersKey(tenant))).isTrue();
    }

    @Test
    void noKeyFromBeforeADeletionCountsAfterAnAbandonedRestore() {
        Tenant tenant = tenantWithRetention();
        String secret = ownersKey(tenant);
        fixture.saas.tenants().delete(tenant.id());
        AtomicBoolean abandoned = new AtomicBoolean();
        fixture.backend.watch(step -> {
            if (!step.startsWith("in ") && isRestoring() && abandoned.compareAndSet(false, true)) {
                Saas other = fixture.builder(fixture.storage).node("node-b").open();
                Operation running = other.operations()
                        .list(Query.where(Filter.equal(Operation.STATE, OperationState.RUNNING)))
                        .get(0);
                other.operations().abandon(running.id(), "it is stuck");
            }
            if (abandoned.get() && step.equals("before transact")) {
                throw SaasException.unavailable("backend.unavailable", "The database does not respond.", null);
            }
        });

        assertRefusal(() -> fixture.saas.tenants().restore(tenant.id())).isNotNull();
        fixture.backend.unwatch();
        fixture.seconds(9);

        assertThat(abandoned).isTrue();
        assertThat(fixture.saas.tenants().get(tenant.id()).state()).isEqualTo(TenantState.OPEN);
        assertThat(usableIn(tenant, secret)).isFalse();
        fixture.clock.advance(Duration.ofMinutes(1));
        String later = ownersKey(tenant);
        assertThat(usableIn(tenant, later)).isTrue();

        forgetWhenItWasDeleted(tenant);
        fixture.seconds(9);
        assertThat(usableIn(tenant, secret)).isFalse();
        assertThat(usableIn(tenant, later)).isTrue();
    }

    private void forgetWhenItWasDeleted(Tenant tenant) {
        fixture.storage.catalog().transact(tx -> {
            tx.records(RecordTypes.OPERATIONS)
                    .list(Query.where(Filter.and(
                            Filter.equal(StoredOperation.TENANT_ID, tenant.id()),
                            Filter.equal(StoredOperation.KIND, OperationKind.RESTORE_TENANT))))
                    .forEach(restore -> tx.records(RecordTypes.OPERATIONS)
                            .update(restore.toBuilder().input(Map.of()).build()));
            return null;
        });
    }

    @Test
    void aTenantThatWasDeletedAndRestoredHasNoKeys() {
        Tenant tenant = tenantWithRetention();
        String secret = ownersKey(tenant);
        assertThat(usableIn(tenant, secret)).isTrue();
        assertThat(fixture.saas.apiKeys().authenticate(secret, ADDRESS)).isEmpty();

        fixture.saas.tenants().delete(tenant.id());
        fixture.saas.tenants().restore(tenant.id());
        fixture.seconds(9);

        assertThat(usableIn(tenant, secret)).isFalse();
        assertThat(fixture.saas.events().list(Query.all()).toString())
                .contains(" in " + tenant.name(), "Till")
                .doesNotContain(secret);
    }

    @Test
    void aTenantWhoseRestoreWasSupersededHasNoKeys() {
        Tenant tenant = tenantWithRetention();
        String secret = ownersKey(tenant);
        fixture.saas.tenants().delete(tenant.id());
        AtomicBoolean superseded = new AtomicBoolean();
        fixture.backend.watch(step -> {
            if (!step.startsWith("in ") && isRestoring() && superseded.compareAndSet(false, true)) {
                fixture.builder(fixture.storage).node("node-b").open().tenants().suspend(tenant.id());
            }
        });

        try {
            fixture.saas.tenants().restore(tenant.id());
        } catch (SaasException stopped) {
            assertThat(superseded).as(stopped.code()).isTrue();
        }
        fixture.saas.tenants().resume(tenant.id());
        fixture.seconds(9);

        assertThat(superseded).isTrue();
        assertThat(usableIn(tenant, secret)).isFalse();
    }

    private boolean isRestoring() {
        return Consistency.all(fixture.storage, RecordTypes.OPERATIONS).stream()
                .anyMatch(
                        each -> each.kind() == OperationKind.RESTORE_TENANT && each.state() == OperationState.RUNNING);
    }

    private Tenant tenantWithRetention() {
        fixture.saas.parameters().set(Parameter.RETENTION_DAYS, "7");
        return fixture.saas
                .tenants()
                .create(CreateTenant.onPlan(fixture.plan()).owner(user).build())
                .tenant();
    }

    private String ownersKey(Tenant tenant) {
        return owners(tenant, ADDRESS).create(wanted(ApiKeyScope.EVERYTHING)).secret();
    }

    private ApiKeys owners(Tenant tenant, @Nullable String clientAddress) {
        TenantDatabase database = fixture.saas.database(tenant.name());
        return database.actingAs(owner(database).id(), clientAddress).apiKeys();
    }

    private static Member owner(TenantDatabase database) {
        return database.members()
                .list(Query.where(Filter.equal(Member.OWNER, true)))
                .get(0);
    }

    private boolean usableIn(Tenant tenant, String secret) {
        return usableIn(tenant, secret, ADDRESS);
    }

    private boolean usableIn(Tenant tenant, String secret, @Nullable String clientAddress) {
        return fixture.saas
                .database(tenant.name())
                .apiKeys()
                .authenticate(secret, clientAddress)
                .isPresent();
    }

    private NewApiKey wanted(ApiKeyScope scope) {
        return new NewApiKey("Till", scope, fixture.clock.instant().plus(Duration.ofDays(30)));
    }
}
