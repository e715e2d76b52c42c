// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.authentication;

import static dev.allotment.core.Refusals.assertRefusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreateTenant;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Role;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.User;
import dev.allotment.access.ApiKeyHolder;
import dev.allotment.access.ApiKeyScope;
import dev.allotment.access.ApiKeys;
import dev.allotment.access.CreatedApiKey;
import dev.allotment.access.NewApiKey;
import dev.allotment.core.Concurrently;
import dev.allotment.core.Consistency;
import dev.allotment.core.Fixture;
import dev.allotment.core.Result;
import dev.allotment.core.internal.base.Secrets;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredApiKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Accounts use API keys instead of passwords. */
class ApiKeysTest {
    private static final String ADDRESS = "192.0.2.7";

    private final Fixture fixture = new Fixture();
    private final User user = fixture.signUp("user@example.com");

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void aKeyIsShownOnceAndStoredAsAHash() {
        CreatedApiKey created = create(user, ApiKeyScope.EVERYTHING);

        assertThat(created.secret()).matches("[0-9a-f]{40}");
        assertThat(created.toString()).doesNotContain(created.secret());
        StoredApiKey row =
                Consistency.all(fixture.storage, RecordTypes.API_KEYS).get(0);
        assertThat(row.prefix()).isEqualTo(created.secret().substring(0, 8));
        assertThat(row.toString()).doesNotContain(created.secret());
        assertThat(keys().list(Query.all())).containsExactly(created.apiKey());
        assertThat(authenticate(created.secret())).isEqualTo(user.id().value());
    }

    @Test
    void otherTextsAreNoKeys() {
        String secret = create(user, ApiKeyScope.EVERYTHING).secret();
        for (String wrong : List.of(
                "",
                secret.toUpperCase(Locale.ROOT),
                secret.substring(1),
                secret + "0",
                " " + secret,
                secret.substring(0, 8) + "0".repeat(32),
                "g".repeat(40),
                "0".repeat(1_000_000))) {
            assertThat(keys().authenticate(wrong, ADDRESS)).isEmpty();
        }
    }

    @Test
    void aPortalUserHasAtMostTenKeysForAtMostNinetyDays() {
        Instant now = fixture.clock.instant();
        for (Instant wrong : List.of(now, now.plus(ApiKeys.MAX_LIFE).plusSeconds(1))) {
            assertRefusal(() -> create(user, ApiKeyScope.EVERYTHING, wrong)).isEqualTo("api-key.invalid");
        }
        assertRefusal(() -> create(user, ApiKeyScope.EVERYTHING, null)).isEqualTo("api-key.invalid");
        List<Result<CreatedApiKey>> made =
                Concurrently.run(12, i -> create(user, ApiKeyScope.EVERYTHING, now.plus(ApiKeys.MAX_LIFE)));

        assertThat(made.stream().filter(Result::succeeded)).hasSize(10);
        assertRefusal(() -> create(user, ApiKeyScope.READ_ONLY)).isEqualTo("api-key.limit-reached");
        fixture.clock.advance(ApiKeys.MAX_LIFE);
        create(user, ApiKeyScope.READ_ONLY);
        assertThat(keys().count(Filter.all())).isEqualTo(1);
        fixture.clock.advance(ApiKeys.MAX_LIFE.minusSeconds(1));
        fixture.saas.maintenance().run();
        assertThat(Consistency.all(fixture.storage, RecordTypes.API_KEYS)).hasSize(11);
        fixture.clock.advance(Duration.ofSeconds(1));
        fixture.saas.maintenance().run();
        assertThat(Consistency.all(fixture.storage, RecordTypes.API_KEYS)).hasSize(1);
    }

    @Test
    void aKeyThatHasEndedIsStillToldFromAPassword() {
        String revoked = create(user, ApiKeyScope.EVERYTHING).secret();
        CreatedApiKey rotated = create(user, ApiKeyScope.EVERYTHING);
        String expired = create(user, ApiKeyScope.EVERYTHING).secret();
        as(user).apiKeys().revoke(revoked);
        as(user).apiKeys().rotate(rotated.apiKey().id(), Duration.ZERO);
        fixture.clock.advance(Duration.ofDays(31));

        for (String ended : List.of(revoked, rotated.secret(), expired)) {
            assertThat(keys().authenticate(ended, ADDRESS)).isEmpty();
            assertThat(keys().isKnown(ended, ADDRESS)).isTrue();
            for (int i = 0; i < 30; i++) {
                assertRefusal(() -> as(user).apiKeys().create(wanted(ApiKeyScope.EVERYTHING), ended))
                        .isEqualTo("access.denied");
            }
        }
        assertThat(fixture.saas.accounts().authenticate(user.login(), Fixture.PASSWORD, ADDRESS))
                .isPresent();
        assertThat(keys().isKnown("0".repeat(40), ADDRESS)).isFalse();
        assertThat(keys().isKnown(Fixture.PASSWORD, ADDRESS)).isFalse();
        assertRefusal(() -> as(user).apiKeys().isKnown(revoked, ADDRESS)).isEqualTo("access.not-allowed");
        assertRefusal(() -> as(user).apiKeys().revoke(revoked)).isEqualTo("access.denied");
    }

    @Test
    void aKeyThatWasRevokedStaysRevokedOnAnyClock() {
        CreatedApiKey created = create(user, ApiKeyScope.EVERYTHING);
        as(user).apiKeys().revoke(created.apiKey().id());

        fixture.clock.advance(Duration.ofDays(-1));
        fixture.seconds(9);

        assertThat(keys().authenticate(created.secret(), ADDRESS)).isEmpty();
        assertThat(keys().count(Filter.all())).isZero();
        assertRefusal(() -> as(user).apiKeys().revoke(created.apiKey().id())).isEqualTo("record.missing");
    }

    @Test
    void fiftyKeysOfAUserThatHaveEndedAreStillKnown() {
        List<String> secrets = IntStream.range(0, 52)
                .mapToObj(i -> {
                    CreatedApiKey created = create(user, ApiKeyScope.EVERYTHING);
                    as(user).apiKeys().revoke(created.apiKey().id());
                    return created.secret();
                })
                .toList();

        assertThat(keys().isKnown(secrets.get(0), ADDRESS)).isFalse();
        assertThat(keys().isKnown(secrets.get(1), ADDRESS)).isTrue();
        assertThat(keys().isKnown(secrets.get(51), ADDRESS)).isTrue();
    }

    @Test
    void tooManyWrongPasswordsAreNotAnsweredAsAWrongOne() {
        NewApiKey wanted = wanted(ApiKeyScope.EVERYTHING);
        for (int i = 0; i < 10; i++) {
            assertRefusal(() -> as(user).apiKeys().create(wanted, "wrong")).isEqualTo("access.denied");
        }

        assertRefusal(() -> as(user).apiKeys().create(wanted, Fixture.PASSWORD)).isEqualTo("access.busy");
        fixture.saas.actingAs(user.id(), "198.51.100.7").apiKeys().create(wanted, Fixture.PASSWORD);
    }

    @Test
    void anAdministratorMayHaveAKeyThatNeverExpires() {
        User administrator = fixture.administrator("boss@example.com");
        String secret = create(administrator, ApiKeyScope.EVERYTHING, null).secret();
        fixture.clock.advance(ApiKeys.MAX_LIFE);
        assertThat(authenticate(secret)).isEqualTo(administrator.id().value());

        fixture.saas
                .accounts()
                .update(
                        administrator.id(),
                        each -> each.toBuilder().role(Role.PORTAL).build());

        assertThat(keys().authenticate(secret, ADDRESS)).isEmpty();
    }

    @Test
    void aRevokedKeyIsRefusedAtOnceAndOnEveryNodeWithinTenSeconds() {
        CreatedApiKey created = create(user, ApiKeyScope.EVERYTHING);
        try (Saas other = fixture.builder(fixture.storage).node("node-b").open()) {
            assertThat(other.apiKeys().authenticate(created.secret(), ADDRESS)).isPresent();
            authenticate(created.secret());

            as(user).apiKeys().revoke(created.apiKey().id());

            assertThat(keys().authenticate(created.secret(), ADDRESS)).isEmpty();
            fixture.seconds(9);
            assertThat(other.apiKeys().authenticate(created.secret(), ADDRESS)).isEmpty();
        }
        assertRefusal(() -> as(user).apiKeys().revoke(created.secret())).isEqualTo("access.denied");
    }

    @Test
    void keysEndWithTheirUserAndSurviveItsPassword() {
        String secret = create(user, ApiKeyScope.EVERYTHING).secret();
        fixture.saas.accounts().setPassword(user.id(), "another password");
        assertThat(authenticate(secret)).isEqualTo(user.id().value());

        fixture.saas
                .accounts()
                .update(user.id(), each -> each.toBuilder().active(false).build());
        assertThat(keys().authenticate(secret, ADDRESS)).isEmpty();
        fixture.saas
                .accounts()
                .update(user.id(), each -> each.toBuilder().active(true).build());
        fixture.seconds(9);
        assertThat(keys().authenticate(secret, ADDRESS)).isEmpty();

        String next = create(user, ApiKeyScope.EVERYTHING).secret();
        fixture.saas.accounts().delete(user.id());
        User again = fixture.signUp("user@example.com");
        assertThat(keys().authenticate(next, ADDRESS)).isEmpty();
        assertThat(as(again).apiKeys().count(Filter.all())).isZero();
    }

    @Test
    void theLastUseIsRecordedAtMostOnceAMinute() {
        CreatedApiKey created = create(user, ApiKeyScope.EVERYTHING);
        Instant first = fixture.clock.instant();
        for (int second : new int[] {0, 30, 29}) {
            fixture.clock.advance(Duration.ofSeconds(second));
            fixture.seconds(second);
            authenticate(created.secret());
            assertThat(keys().get(created.apiKey().id()).lastUsedAt()).isEqualTo(first);
        }
        fixture.clock.advance(Duration.ofSeconds(1));
        authenticate(created.secret());
        assertThat(keys().get(created.apiKey().id()).lastUsedAt()).isEqualTo(first.plusSeconds(60));
        fixture.clock.advance(Duration.ofDays(-1));
        authenticate(created.secret());
        assertThat(keys().get(created.apiKey().id()).lastUsedAt()).isEqualTo(fixture.clock.instant());
    }

    @Test
    void aKeyIsCreatedWithAKeyOrAPasswordOfTheSameUser() {
        NewApiKey wanted = wanted(ApiKeyScope.EVERYTHING);
        User other = fixture.signUp("other@example.com");
        String theirs = create(other, ApiKeyScope.EVERYTHING).secret();
        String readOnly = create(user, ApiKeyScope.READ_ONLY).secret();
        String all = as(user).apiKeys().create(wanted, Fixture.PASSWORD).secret();
        assertThat(authenticate(as(user).apiKeys().create(wanted, all).secret()))
                .isEqualTo(user.id().value());

        for (String wrong : List.of(theirs, "wrong", "")) {
            assertRefusal(() -> as(user).apiKeys().create(wanted, wrong)).isEqualTo("access.denied");
        }
        assertRefusal(() -> as(user).apiKeys().create(wanted, readOnly)).isEqualTo("access.not-allowed");
        as(user).apiKeys().create(wanted(ApiKeyScope.READ_ONLY), readOnly);
    }

    @Test
    void aRotatedKeyHasTheSameLifeAndTheOldOneEnds() {
        CreatedApiKey old = create(user, ApiKeyScope.READ_ONLY);
        fixture.clock.advance(Duration.ofDays(10));
        CreatedApiKey next = as(user).apiKeys().rotate(old.apiKey().id(), Duration.ofMinutes(10));
        assertThat(next.apiKey().scope()).isEqualTo(ApiKeyScope.READ_ONLY);
        assertThat(next.apiKey().expiresAt()).isEqualTo(fixture.clock.instant().plus(Duration.ofDays(30)));
        authenticate(old.secret());
        authenticate(next.secret());

        fixture.clock.advance(Duration.ofMinutes(10));
        assertThat(keys().authenticate(old.secret(), ADDRESS)).isEmpty();
        CreatedApiKey last = as(user).apiKeys().rotate(next.apiKey().id(), Duration.ZERO);
        assertThat(keys().authenticate(next.secret(), ADDRESS)).isEmpty();
        authenticate(last.secret());
        assertThat(events()).extracting(Event::type).contains(EventType.API_KEY_CREATED, EventType.API_KEY_ROTATED);
        assertThat(events().toString()).doesNotContain(old.secret(), next.secret(), last.secret());
    }

    @Test
    void usersSeeAndChangeTheirOwnKeysAndAdministratorsAll() {
        CreatedApiKey created = create(user, ApiKeyScope.EVERYTHING);
        User other = fixture.signUp("other@example.com");
        User administrator = fixture.administrator("boss@example.com");

        assertThat(as(other).apiKeys().find(created.apiKey().id())).isEmpty();
        assertRefusal(() -> as(other).apiKeys().revoke(created.apiKey().id())).isEqualTo("record.missing");
        assertRefusal(() -> as(other).apiKeys().revoke(created.secret())).isEqualTo("access.denied");
        assertRefusal(() -> as(administrator).apiKeys().rotate(created.apiKey().id(), Duration.ZERO))
                .isEqualTo("record.missing");
        assertRefusal(() -> as(other).apiKeys().authenticate(created.secret(), ADDRESS))
                .isEqualTo("access.not-allowed");
        assertRefusal(() -> keys().create(wanted(ApiKeyScope.EVERYTHING))).isEqualTo("access.not-allowed");
        assertThat(authenticate(created.secret())).isEqualTo(user.id().value());

        as(administrator).apiKeys().revoke(created.apiKey().id());
        assertThat(keys().authenticate(created.secret(), ADDRESS)).isEmpty();
    }

    @Test
    void aStrangerWithManyWrongKeysDelaysNoRightOne() {
        String secret = create(user, ApiKeyScope.EVERYTHING).secret();
        for (int i = 0; i < 200; i++) {
            assertThat(keys().authenticate(String.format("%040x", i), ADDRESS)).isEmpty();
        }
        assertThat(authenticate(secret)).isEqualTo(user.id().value());
    }

    @Test
    void unknownKeysFromManyNetworksAreLookedUpAFewAtATime() throws Exception {
        String secret = create(user, ApiKeyScope.EVERYTHING).secret();
        authenticate(secret);
        for (int i = 0; i < 6_000; i++) {
            keys().authenticate(String.format("%040x", i), "10.1." + i / 200 + "." + i % 200);
        }
        AtomicInteger looking = new AtomicInteger();
        CountDownLatch refused = new CountDownLatch(6);
        CountDownLatch goOn = new CountDownLatch(1);
        fixture.backend.watch(step -> {
            if (step.equals("in catalog")) {
                looking.incrementAndGet();
                await(goOn);
            }
        });
        ExecutorService callers = Executors.newCachedThreadPool();
        try {
            for (int i = 0; i < 70; i++) {
                String unknown = String.format("%040x", 10_000 + i);
                String address = "10.2.0." + i;
                callers.execute(() -> {
                    try {
                        assertThat(keys().authenticate(unknown, address)).isEmpty();
                    } catch (SaasException busy) {
                        refused.countDown();
                    }
                });
            }
            await(refused);
            assertThat(looking).hasValueLessThanOrEqualTo(4);
            assertThat(authenticate(secret)).as("a key that is known").isPositive();
        } finally {
            goOn.countDown();
            callers.shutdown();
            assertThat(callers.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(1, TimeUnit.MINUTES)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void keysWithTheSameFirstDigitsAreToldApart() {
        CreatedApiKey created = create(user, ApiKeyScope.EVERYTHING);
        StoredApiKey row =
                Consistency.all(fixture.storage, RecordTypes.API_KEYS).get(0);
        User other = fixture.signUp("other@example.com");
        String theirs = row.prefix() + "0".repeat(32);
        insert(row, Secrets.hash(theirs), "", other.id().value());

        assertThat(authenticate(created.secret())).isEqualTo(user.id().value());
        assertThat(authenticate(theirs)).isEqualTo(other.id().value());
        assertThat(authenticate(row.prefix() + "1".repeat(32))).isZero();
    }

    @Test
    void aRowThatWasCopiedFromAnotherDatabaseIsNoKey() {
        create(user, ApiKeyScope.EVERYTHING);
        StoredApiKey row =
                Consistency.all(fixture.storage, RecordTypes.API_KEYS).get(0);
        String copied = "ab".repeat(20);
        insert(
                row,
                Secrets.hash(copied),
                "6f2f9f0e-0000-4000-8000-000000000000",
                user.id().value());

        assertThat(keys().authenticate(copied, ADDRESS)).isEmpty();
        assertThat(keys().count(Filter.all())).isEqualTo(1);
    }

    private void insert(StoredApiKey row, String hash, String database, long owner) {
        fixture.storage
                .catalog()
                .transact(tx -> tx.records(RecordTypes.API_KEYS)
                        .insert(new StoredApiKey(
                                row.id(),
                                row.prefix(),
                                hash,
                                database,
                                owner,
                                row.name(),
                                row.scope(),
                                row.createdAt(),
                                row.expiresAt(),
                                null)));
    }

    @Test
    void aUseDuringTheRevocationBringsNoKeyBack() {
        for (int round = 0; round < 50; round++) {
            CreatedApiKey created = create(user, ApiKeyScope.EVERYTHING);
            Concurrently.run(4, i -> {
                if (i == 0) {
                    as(user).apiKeys().revoke(created.apiKey().id());
                }
                return keys().authenticate(created.secret(), ADDRESS);
            });

            assertThat(keys().authenticate(created.secret(), ADDRESS)).isEmpty();
            assertThat(Consistency.all(fixture.storage, RecordTypes.API_KEYS))
                    .extracting(StoredApiKey::scope)
                    .containsOnly(StoredApiKey.REVOKED);
        }
    }

    @Test
    void aKeyThatWasRevokedSinceABackupStaysRevoked() {
        CreatedApiKey created = create(user, ApiKeyScope.EVERYTHING);
        Plan plan = fixture.plan();
        Runnable restore = fixture.storage.backUpCatalog();
        as(user).apiKeys().revoke(created.apiKey().id());
        fixture.saas.tenants().create(CreateTenant.onPlan(plan).owner(user).build());

        restore.run();
        try (Saas restored = fixture.open(fixture.storage)) {
            assertThat(restored.apiKeys().authenticate(created.secret(), ADDRESS))
                    .isEmpty();
            assertThat(restored.apiKeys().count(Filter.all())).isZero();
            assertThat(restored.apiKeys().isKnown(created.secret(), ADDRESS)).isTrue();
        }
    }

    @Test
    void callersThatWaitInTurnGetTheRightAnswer() {
        String secret = create(user, ApiKeyScope.EVERYTHING).secret();
        for (int i = 0; i < 100; i++) {
            keys().authenticate(String.format("%040x", i), ADDRESS);
        }
        List<Result<Boolean>> found = Concurrently.run(
                8,
                i -> keys().authenticate(i % 2 == 0 ? secret : String.format("%040x", 1000 + i), ADDRESS)
                        .isPresent());

        for (int i = 0; i < found.size(); i++) {
            assertThat(found.get(i).value()).isEqualTo(i % 2 == 0);
        }
    }

    private Saas as(User each) {
        return fixture.saas.actingAs(each.id(), ADDRESS);
    }

    private ApiKeys keys() {
        return fixture.saas.apiKeys();
    }

    private CreatedApiKey create(User holder, ApiKeyScope scope) {
        return as(holder).apiKeys().create(wanted(scope));
    }

    private CreatedApiKey create(User holder, ApiKeyScope scope, Instant end) {
        return as(holder).apiKeys().create(new NewApiKey("Till", scope, end));
    }

    private NewApiKey wanted(ApiKeyScope scope) {
        return new NewApiKey("Till", scope, fixture.clock.instant().plus(Duration.ofDays(30)));
    }

    private long authenticate(String secret) {
        return keys().authenticate(secret, ADDRESS).map(ApiKeyHolder::userId).orElse(0L);
    }

    private List<Event> events() {
        return fixture.saas.events().list(Query.all());
    }
}
