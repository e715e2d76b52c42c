// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.DatabaseActivity;
import dev.allotment.DatabaseLogin;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.RecordField;
import dev.allotment.SaasException;
import dev.allotment.spi.backend.ActivityReader;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.Capability;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.RowQuota;
import dev.allotment.spi.backend.Transaction;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * What a backend declares works; what it does not is refused, and not half done. DURABLE: {@link DurabilityContract}.
 */
public abstract class CapabilitiesContract extends Contract {
    private static final String PASSWORD = "a-password_of-the-shop-1";

    private static final DatabaseRef SHOP = ref("shop.example", 1);
    private static final DatabaseRef OTHER = ref("other.example", 2);
    private static final RowQuota NOWHERE = new RowQuota(
            "no_such_table",
            Filter.equal(RecordField.named("state"), "new"),
            1,
            "no.such.table",
            "[('state', '=', 'new')]");

    /** For subclasses. */
    protected CapabilitiesContract() {}

    @Test
    void capabilitiesDoNotChange() {
        assertThat(backend().capabilities()).isEqualTo(backend().capabilities()).isSubsetOf(Capability.values());
    }

    @TestFactory
    Stream<DynamicTest> scripts() {
        databases().create(SHOP);
        return Stream.concat(
                with(Capability.SCRIPTS, dynamicTest("if declared, scripts run", () -> {
                    databases().configure(SHOP, tx -> {
                        tx.run(fixture().scripts().createTable());
                        return null;
                    });
                    assertThat(fixture().hasTable(backend(), SHOP)).isTrue();
                })),
                without(
                        Capability.SCRIPTS,
                        dynamicTest("if not declared, scripts are refused and nothing is stored", () -> {
                            assertRefused(
                                    ErrorCodes.BACKEND_UNSUPPORTED,
                                    () -> databases().configure(SHOP, tx -> {
                                        insertParameter(tx, "gone");
                                        tx.run("create table kit (id integer);");
                                        return 1;
                                    }));
                            assertThat(written(SHOP)).isEmpty();
                        })));
    }

    @TestFactory
    Stream<DynamicTest> sharing() {
        return Stream.concat(
                with(
                        Capability.SHARED,
                        dynamicTest("if declared, two backends see the same records", this::checkSharedRecords),
                        dynamicTest("if declared, a lock orders the writers of two backends", this::checkSharedLock),
                        dynamicTest("if declared, a sequence returns no number twice", this::checkSharedSequence),
                        dynamicTest("if declared, two backends see the same databases", this::checkSharedDatabases),
                        dynamicTest(
                                "if declared, opening one more backend does not disturb creations",
                                this::checkOpenedMeanwhile)),
                without(
                        Capability.SHARED,
                        dynamicTest("if not declared, a second backend is refused or separate", this::checkNotShared)));
    }

    @TestFactory
    Stream<DynamicTest> logins() {
        databases().create(SHOP);
        databases().create(OTHER);
        return Stream.concat(
                with(
                        Capability.LOGINS,
                        dynamicTest("if declared, a login connects while its database is open", this::checkLogin),
                        dynamicTest("if declared, a new password replaces the previous one", this::checkPasswords),
                        dynamicTest("if declared, a login connects to no other database", this::checkOtherDatabases),
                        dynamicTest("if declared, a login cannot change the records of the SPI", this::checkTampering),
                        dynamicTest(
                                "if declared, a connected application does not block the SPI", this::checkUnobstructed),
                        dynamicTest(
                                "if declared, closing, renaming and dropping disconnect the application",
                                this::checkDisconnected),
                        dynamicTest("if declared, a login to a missing or foreign database is refused", () -> {
                            assertRefused(
                                    ErrorCodes.DATABASE_UNKNOWN,
                                    () -> databases().login(ref("unknown.example", 3), PASSWORD));
                            assertRefused(
                                    ErrorCodes.DATABASE_FOREIGN,
                                    () -> databases().login(ref(SHOP.name(), 3), PASSWORD));
                        })),
                without(
                        Capability.LOGINS,
                        dynamicTest(
                                "if not declared, logins are refused",
                                () -> assertRefused(
                                        ErrorCodes.BACKEND_UNSUPPORTED,
                                        () -> databases().login(SHOP, PASSWORD)))));
    }

    @TestFactory
    Stream<DynamicTest> rowQuotas() {
        databases().create(SHOP);
        return Stream.concat(
                with(
                        Capability.ROW_QUOTAS,
                        dynamicTest("if declared, a quota of a missing table has no effect", () -> {
                            enforce(List.of(NOWHERE));
                            assertThat(databases().<OptionalLong>transact(SHOP, tx -> tx.count(NOWHERE)))
                                    .isEmpty();
                            enforce(List.of());
                        }),
                        dynamicTest("if declared, quotas are refused outside of a configuration", () -> {
                            assertRefused(
                                    ErrorCodes.BACKEND_UNSUPPORTED,
                                    () -> databases().transact(SHOP, tx -> {
                                        tx.enforce(List.of(NOWHERE));
                                        return 1;
                                    }));
                        })),
                without(
                        Capability.ROW_QUOTAS,
                        dynamicTest("if not declared, quotas are refused and nothing is stored", () -> {
                            assertRefused(
                                    ErrorCodes.BACKEND_UNSUPPORTED,
                                    () -> databases().configure(SHOP, tx -> {
                                        insertParameter(tx, "gone");
                                        tx.enforce(List.of(NOWHERE));
                                        return 1;
                                    }));
                            assertRefused(
                                    ErrorCodes.BACKEND_UNSUPPORTED,
                                    () -> databases().transact(SHOP, tx -> tx.count(NOWHERE)));
                            assertThat(written(SHOP)).isEmpty();
                        })));
    }

    @Test
    void theActivityOfADatabaseIsReadWithoutItsTenant() {
        need(databases().activityReader() != null, "the activity of a database (Databases.activityReader)");
        ActivityReader reader = Objects.requireNonNull(databases().activityReader());
        databases().create(SHOP);

        DatabaseActivity activity = reader.activity(SHOP);

        assertThat(activity.connections()).isZero();
        assertThat(activity.sessions()).as("of the application").noneMatch(DatabaseActivity.Session::application);
        assertRefused(ErrorCodes.DATABASE_UNKNOWN, () -> reader.activity(ref("unknown.example", 3)));
    }

    /** So that the result shows what was not tested. */
    @TestFactory
    Stream<DynamicTest> whatTheKitDoesNotTest() {
        return Stream.of(
                        untested(
                                "live moves (Databases.replication)",
                                databases().replication()),
                        untested(
                                "ended sessions, rights and tidying (Databases.watch)",
                                databases().watch()),
                        untested("load (Databases.loadMeter)", databases().loadMeter()),
                        "a source from the past (BackendProvider.openSource), for which the kit has no tests",
                        "deferred commits (Transaction.deferDurability)")
                .map(what -> DynamicTest.dynamicTest(what, () -> Assumptions.abort("Not tested: " + what)));
    }

    private static String untested(String what, @Nullable Object ability) {
        return what + (ability == null ? ", which the backend does not have" : ", for which the kit has no tests");
    }

    private void enforce(List<RowQuota> limits) {
        databases().configure(SHOP, tx -> {
            tx.enforce(limits);
            return null;
        });
    }

    private void checkSharedRecords() {
        Backend second = openReady();
        catalog().transact(tx -> insertParameter(tx, "of the first"));
        second.catalog().transact(tx -> insertParameter(tx, "of the second"));

        for (Backend backend : List.of(backend(), second)) {
            assertThat(backend.catalog().<List<String>>transact(Contract::parameters))
                    .containsExactly("of the first", "of the second");
        }
    }

    private void checkSharedLock() {
        Backend second = openReady();
        long counter = catalog()
                .<Long>transact(tx -> tx.records(RecordTypes.PARAMETERS)
                        .insert(new Parameter(0, "counter", "0", false))
                        .id());
        Race.runAll(8, thread -> {
            Backend mine = thread % 2 == 0 ? backend() : second;
            for (int i = 0; i < 5; i++) {
                mine.catalog().transact(tx -> increment(tx, counter));
            }
            return null;
        });
        assertThat(catalog().<List<String>>transact(Contract::parameters)).contains("40");
    }

    private void checkSharedSequence() {
        Backend second = openReady();
        List<Long> numbers = Race.runAll(
                        8,
                        thread -> Stream.generate(() -> (thread % 2 == 0 ? backend() : second)
                                        .catalog()
                                        .<Long>transact(tx -> tx.next(RecordTypes.TENANT_NUMBER)))
                                .limit(5)
                                .toList())
                .stream()
                .flatMap(List::stream)
                .toList();
        assertThat(new HashSet<>(numbers)).hasSize(40);
    }

    private void checkSharedDatabases() {
        Databases second = openReady().databases(BackendFixture.DEFAULT_SERVER);
        databases().create(SHOP);
        write(SHOP, "of the first");
        second.transact(SHOP, tx -> insertParameter(tx, "of the second"));
        assertThat(written(SHOP)).containsExactly("of the first", "of the second");

        databases().rename(SHOP, "renamed.example");
        assertRefused(ErrorCodes.DATABASE_UNKNOWN, () -> second.transact(SHOP, Contract::parameters));
        assertThat(second.<List<String>>transact(ref("renamed.example", 1), Contract::parameters))
                .hasSize(2);
        second.drop(ref("renamed.example", 1));
        assertRefused(ErrorCodes.DATABASE_UNKNOWN, () -> written(ref("renamed.example", 1)));
        assertThat(databases().list()).isEmpty();
        // The name now belongs to another database. The second backend must not use what it remembers of the first.
        databases().create(ref("renamed.example", 5));
        assertRefused(
                ErrorCodes.DATABASE_FOREIGN, () -> second.transact(ref("renamed.example", 1), Contract::parameters));
        assertThat(second.<List<String>>transact(ref("renamed.example", 5), Contract::parameters))
                .isEmpty();
    }

    private void checkOpenedMeanwhile() {
        databases().list().forEach(databases()::drop);
        Databases mine = databases();
        CompletableFuture<Object> opening = Race.start(() -> {
            for (int i = 0; i < 2; i++) {
                Backend another = openReady();
                another.databases(BackendFixture.DEFAULT_SERVER).list();
                another.close();
            }
            return null;
        });
        int created = 0;
        do {
            DatabaseRef database = ref("made-" + created, 20 + created);
            mine.create(database);
            mine.transact(database, tx -> insertParameter(tx, database.name()));
            created++;
        } while (!opening.isDone() && created < 50);
        assertThat(Race.end(opening).failure()).isNull();

        assertThat(mine.list()).hasSize(created);
        for (DatabaseRef database : mine.list()) {
            assertThat(written(database)).containsExactly(database.name());
        }
    }

    private void checkNotShared() {
        catalog().transact(tx -> insertParameter(tx, "of the first"));
        Backend second;
        try {
            second = open();
        } catch (SaasException refused) {
            assertThat(refused.code()).isEqualTo(ErrorCodes.BACKEND_IN_USE);
            // The first backend continues. After it is closed, the next one can open.
            assertThat(catalog().<List<String>>transact(Contract::parameters)).containsExactly("of the first");
            restart();
            assertThat(backend().health().up()).isTrue();
            return;
        }
        // If the storage is in memory, each backend may have its own.
        second.catalog().migrate();
        assertThat(declares(Capability.DURABLE)).isFalse();
        assertThat(second.catalog().<List<String>>transact(Contract::parameters))
                .isEmpty();
        assertThat(catalog().<List<String>>transact(Contract::parameters)).containsExactly("of the first");
    }

    private void checkLogin() {
        databases().open(SHOP);
        DatabaseLogin login = databases().login(SHOP, PASSWORD);
        assertThat(fixture().connects(login)).isTrue();
        databases().close(SHOP);
        assertThat(fixture().connects(login)).isFalse();
        databases().open(SHOP);
        assertThat(fixture().connects(login)).isTrue();
        assertThat(login.toString()).doesNotContain(login.password());
        assertThat(login.password()).isEqualTo(PASSWORD);
    }

    private void checkPasswords() {
        databases().open(SHOP);
        DatabaseLogin before = databases().login(SHOP, PASSWORD);
        assertThat(fixture().connects(before)).isTrue();
        DatabaseLogin after = databases().login(SHOP, "another-password_of-the-shop");
        assertThat(after.user()).isEqualTo(before.user());
        assertThat(fixture().connects(before)).isFalse();
        assertThat(fixture().connects(after)).isTrue();
        assertThat(fixture().connects(new DatabaseLogin(after.url(), after.user(), "")))
                .isFalse();
    }

    private void checkOtherDatabases() {
        databases().open(SHOP);
        databases().open(OTHER);
        DatabaseLogin mine = databases().login(SHOP, PASSWORD);
        DatabaseLogin theirs = databases().login(OTHER, PASSWORD);
        assertThat(fixture().connects(theirs)).isTrue();
        assertThat(mine.user()).isNotEqualTo(theirs.user());
        assertThat(fixture().connects(new DatabaseLogin(theirs.url(), mine.user(), mine.password())))
                .isFalse();
        assertThat(fixture().connects(new DatabaseLogin(mine.url(), theirs.user(), theirs.password())))
                .isFalse();
        DatabaseRef copy = ref("copy.example", 4);
        databases().copy(SHOP, copy);
        databases().open(copy);
        DatabaseLogin copied = databases().login(copy, PASSWORD);
        assertThat(fixture().connects(copied)).isTrue();
        assertThat(fixture().connects(new DatabaseLogin(copied.url(), mine.user(), mine.password())))
                .isFalse();
        databases().drop(copy);
        assertThat(fixture().connects(copied)).isFalse();
    }

    private void checkTampering() {
        databases().open(SHOP);
        databases().transact(SHOP, tx -> insertParameter(tx, "limit"));
        DatabaseLogin login = databases().login(SHOP, PASSWORD);
        for (var type : RecordTypes.database()) {
            assertThat(fixture().canMeddle(login, type)).as("%s", type).isFalse();
        }
        assertThat(written(SHOP)).containsExactly("limit");
    }

    private void checkUnobstructed() {
        databases().open(SHOP);
        DatabaseRef copy = ref("busy-copy.example", 6);
        try (BackendFixture.Application application =
                fixture().enter(databases().login(SHOP, PASSWORD))) {
            databases().transact(SHOP, tx -> insertParameter(tx, "while an application is connected"));
            databases().configure(SHOP, tx -> insertParameter(tx, "configured while an application is connected"));
            databases().login(SHOP, PASSWORD);
            assertThat(application.isConnected()).isTrue();
            // This may disconnect the application.
            databases().copy(SHOP, copy);
        }
        assertThat(written(copy))
                .contains("while an application is connected", "configured while an application is connected");
        databases().drop(copy);
    }

    private void checkDisconnected() {
        DatabaseRef busy = ref("busy.example", 7);
        DatabaseRef renamed = ref("busy-renamed.example", 7);
        databases().create(busy);
        databases().open(busy);
        try (BackendFixture.Application first = fixture().enter(databases().login(busy, PASSWORD))) {
            databases().close(busy);
            assertThat(first.isConnected()).as("connected after a close").isFalse();
        }
        databases().open(busy);
        try (BackendFixture.Application second = fixture().enter(databases().login(busy, PASSWORD))) {
            databases().rename(busy, renamed.name());
            assertThat(second.isConnected()).as("connected after a rename").isFalse();
        }
        try (BackendFixture.Application third = fixture().enter(databases().login(renamed, PASSWORD))) {
            databases().drop(renamed);
            assertThat(third.isConnected()).as("connected after a drop").isFalse();
        }
        assertThat(databases().exists(renamed.name())).isFalse();
    }

    private static Parameter increment(Transaction transaction, long id) {
        var records = transaction.records(RecordTypes.PARAMETERS);
        Parameter now = records.lock(id).orElseThrow();
        Parameter next = now.withValue(Integer.toString(Integer.parseInt(now.value()) + 1));
        records.update(next);
        return next;
    }
}
