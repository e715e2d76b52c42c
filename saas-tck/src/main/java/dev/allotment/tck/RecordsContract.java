// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.User;
import dev.allotment.spi.backend.Credential;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.RecordType.Field;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Records of every type are stored, found, changed and removed without loss. Each type has its own ids. */
public abstract class RecordsContract extends Contract {
    /** For subclasses. */
    protected RecordsContract() {}

    @TestFactory
    Stream<DynamicTest> recordsAreReturnedAsTheyWereStored() {
        return forEveryType(RecordsContract::checkRoundTrip);
    }

    @TestFactory
    Stream<DynamicTest> idsStartAtOneAndAreNeverReused() {
        return forEveryType(RecordsContract::checkIds);
    }

    @TestFactory
    Stream<DynamicTest> anUpdateReplacesTheWholeRecordAndNoOther() {
        return forEveryType(RecordsContract::checkUpdate);
    }

    @TestFactory
    Stream<DynamicTest> aMissingRecordIsReported() {
        return forEveryType(RecordsContract::checkMissing);
    }

    @TestFactory
    Stream<DynamicTest> deletingRemovesOneRecord() {
        return forEveryType(RecordsContract::checkDelete);
    }

    @TestFactory
    Stream<DynamicTest> aUniqueKeyCanBeUsedOnlyOnce() {
        return forEveryType(RecordsContract::checkUniqueKeys);
    }

    @TestFactory
    Stream<DynamicTest> changesOfLockedRecordsAreSeenAndStored() {
        return forEveryType(RecordsContract::checkOwnChanges);
    }

    @TestFactory
    Stream<DynamicTest> aTakenKeyIsReportedByTheCommitAtTheLatest() {
        return forEveryType(RecordsContract::checkAddedKeys);
    }

    @TestFactory
    Stream<DynamicTest> anAnnouncedReadSeesWhatTheTransactionDidBeforeIt() {
        return forEveryType(RecordsContract::checkAnnouncedReads);
    }

    @TestFactory
    Stream<DynamicTest> aReleasedUniqueKeyIsFree() {
        return forEveryType(RecordsContract::checkFreedKeys);
    }

    @TestFactory
    Stream<DynamicTest> absentValuesDoNotConflict() {
        return forEveryType(RecordsContract::checkAbsentKeys);
    }

    @Test
    void allRecordsOfAFilterAreDeletedHoweverMany() {
        int many = 1_100;
        catalog().transact(tx -> {
            for (int i = 0; i < many; i++) {
                insertParameter(tx, "old " + i);
            }
            return insertParameter(tx, "new");
        });

        assertThat(catalog()
                        .<Long>transact(tx ->
                                tx.records(RecordTypes.PARAMETERS).deleteAll(Filter.like(Parameter.KEY, "old %"))))
                .isEqualTo(many);
        assertThat(catalog().<List<String>>transact(Contract::parameters)).containsExactly("new");
    }

    @TestFactory
    Stream<DynamicTest> recordsOfANewerVersion() {
        return where(
                storesNewer(),
                "putNewer of the fixture",
                dynamicTest("are left out of lists, which still fill their pages", () -> {
                    assertThat(logins(Query.where(Filter.<User>all()).orderBy(User.LOGIN)))
                            .containsExactly("b", "d");
                    assertThat(logins(Query.where(Filter.<User>all())
                                    .orderBy(User.LOGIN)
                                    .page(0, 1)))
                            .containsExactly("b");
                    assertThat(logins(Query.where(Filter.<User>all())
                                    .orderBy(User.LOGIN)
                                    .page(1, 1)))
                            .containsExactly("d");
                }),
                dynamicTest(
                        "are left to nodes of the newer version by lockFree",
                        () -> assertThat(this.<Optional<User>>users(users -> users.lockFree(
                                        Query.where(Filter.<User>all()).orderBy(User.LOGIN))))
                                .get()
                                .extracting(User::login)
                                .isEqualTo("b")),
                dynamicTest("count wherever records are counted, added up, or one field is read", () -> {
                    assertThat(this.<Long>users(users -> users.count(Filter.all())))
                            .isEqualTo(4);
                    assertThat(this.<List<String>>users(users -> users.values(
                                    User.LOGIN, Query.where(Filter.<User>all()).orderBy(User.LOGIN))))
                            .containsExactly("a", "b", "c", "d");
                    assertThat(this.<Map<String, Long>>users(users -> users.counts(User.LOGIN, Filter.all())))
                            .containsOnlyKeys("a", "b", "c", "d");
                }),
                dynamicTest("are refused by name when one is read", () -> {
                    for (Function<Records<User>, ?> read : List.<Function<Records<User>, ?>>of(
                            users -> users.find(1), users -> users.lock(1), users -> users.lockShared(1))) {
                        assertRefused(ErrorCodes.RECORD_NEWER, () -> users(read));
                    }
                }),
                dynamicTest("are deleted with all others that a filter selects", () -> {
                    assertThat(this.<Integer>users(users -> users.deleteFree(Query.where(Filter.<User>all())
                                    .orderBy(User.LOGIN)
                                    .page(0, 1))))
                            .isEqualTo(1);
                    assertThat(this.<Long>users(users -> users.deleteAll(Filter.all())))
                            .isEqualTo(3);
                    assertThat(this.<Long>users(users -> users.count(Filter.all())))
                            .isZero();
                }));
    }

    /** Stores four users, of which the first and the third have a role that this version does not know. */
    private boolean storesNewer() {
        users(users -> {
            Stream.of("a", "b", "c", "d")
                    .forEach(login -> users.insert(User.builder(login, login).build()));
            return null;
        });
        RecordType.Field role = RecordTypes.USERS.field("role");
        return fixture().putNewer(backend(), RecordTypes.USERS, 1, role, "AUDITOR")
                && fixture().putNewer(backend(), RecordTypes.USERS, 3, role, "AUDITOR");
    }

    private List<String> logins(Query<User> query) {
        return users(users -> users.list(query)).stream().map(User::login).toList();
    }

    private <T extends @Nullable Object> T users(Function<Records<User>, T> work) {
        return catalog().transact(tx -> work.apply(tx.records(RecordTypes.USERS)));
    }

    @TestFactory
    Stream<DynamicTest> numbersAreExact() {
        return everywhere(place -> {
            long odd = (1L << 53) + 1;
            List<Long> numbers = List.of(odd, odd - 1, odd + 1, -odd, Long.MAX_VALUE - 1, Long.MIN_VALUE, 0L);
            numbers.forEach(number -> insert(place, RecordTypes.CREDENTIALS, new Credential(0, number, "hash")));

            assertThat(all(place, RecordTypes.CREDENTIALS))
                    .extracting(Credential::userId)
                    .isEqualTo(numbers);
            assertThat(count(place, RecordTypes.CREDENTIALS, Filter.equal(Credential.USER_ID, odd)))
                    .isEqualTo(1);
            assertThat(count(
                            place,
                            RecordTypes.CREDENTIALS,
                            Filter.compare(Credential.USER_ID, Filter.Operator.GREATER, odd)))
                    .isEqualTo(2);
        });
    }

    @Test
    void aTransactionSeesItsOwnChanges() {
        inside(catalogPlace(), tx -> {
            var records = tx.records(RecordTypes.PARAMETERS);
            Parameter one = records.insert(new Parameter(0, "one", "1", false));
            Parameter two = records.insert(new Parameter(0, "two", "2", true));
            records.update(one.withValue("changed"));
            records.delete(two.id());

            assertThat(records.find(one.id())).contains(one.withValue("changed"));
            assertThat(records.lock(one.id())).contains(one.withValue("changed"));
            assertThat(records.find(two.id())).isEmpty();
            assertThat(records.list(Query.all())).containsExactly(one.withValue("changed"));
            assertThat(records.count(Filter.all())).isEqualTo(1);
            return null;
        });
    }

    @Test
    void theCatalogAndTheDatabasesAreSeparate() {
        RecordPlace database = databasePlace();
        insert(catalogPlace(), RecordTypes.PARAMETERS, new Parameter(0, "same", "catalog", false));
        insert(database, RecordTypes.PARAMETERS, new Parameter(0, "same", "database", false));

        assertThat(all(catalogPlace(), RecordTypes.PARAMETERS))
                .containsExactly(new Parameter(1, "same", "catalog", false));
        assertThat(all(database, RecordTypes.PARAMETERS)).containsExactly(new Parameter(1, "same", "database", false));
    }

    @Test
    void aSequenceStartsAtOne() {
        assertThat(catalog().<Long>transact(tx -> tx.next(RecordTypes.TENANT_NUMBER)))
                .isEqualTo(1);
    }

    @Test
    void aTypeThatIsNotStoredHereIsRefused() {
        assertRefused(
                ErrorCodes.RECORD_INVALID,
                () -> inside(
                        catalogPlace(), tx -> tx.records(RecordTypes.MEMBERS).count(Filter.all())));
        assertRefused(
                ErrorCodes.RECORD_INVALID,
                () -> inside(
                        databasePlace(), tx -> tx.records(RecordTypes.TENANTS).count(Filter.all())));
    }

    @Test
    void uniqueKeysAreComparedExactly() {
        RecordPlace place = catalogPlace();
        String[] different = {"key", "Key", "KEY", "key ", " key", "kéy", "ke\u0301y", "key\n", ""};
        for (String key : different) {
            insert(place, RecordTypes.PARAMETERS, new Parameter(0, key, "value", false));
        }
        assertThat(count(place, RecordTypes.PARAMETERS)).isEqualTo(different.length);
    }

    @Test
    void aUniqueKeyCanBeLong() {
        RecordPlace place = catalogPlace();
        Parameter first = insert(place, RecordTypes.PARAMETERS, new Parameter(0, "🚀".repeat(254) + "a", "1", false));
        insert(place, RecordTypes.PARAMETERS, new Parameter(0, "🚀".repeat(254) + "b", "2", false));

        assertRefused(ErrorCodes.RECORD_DUPLICATE, () -> insert(place, RecordTypes.PARAMETERS, first));
    }

    private static <R extends Record> void checkRoundTrip(RecordPlace place, RecordType<R> type) {
        for (int i = 1; i <= 4; i++) {
            R sample = i % 2 == 1 ? Samples.full(type, i) : Samples.sparse(type, i);
            R stored = insert(place, type, sample);

            assertThat(stored).isEqualTo(type.withId(sample, type.id(stored)));
            assertThat(find(place, type, type.id(stored))).contains(stored);
            assertThat(place.<Optional<R>>transact(tx -> tx.records(type).lock(type.id(stored))))
                    .contains(stored);
            assertThat(all(place, type)).hasSize(i).endsWith(stored);
            assertThat(count(place, type)).isEqualTo(i);
        }
    }

    private static <R extends Record> void checkIds(RecordPlace place, RecordType<R> type) {
        R first = insert(place, type, type.withId(Samples.full(type, 1), 77));
        R second = insert(place, type, type.withId(Samples.full(type, 2), 1));
        assertThat(type.id(first)).isEqualTo(1);
        assertThat(type.id(second)).isGreaterThan(1);

        place.transact(tx -> tx.records(type).delete(type.id(second)));
        R third = insert(place, type, Samples.full(type, 3));
        assertThat(type.id(third)).isGreaterThan(type.id(second));
    }

    private static <R extends Record> void checkUpdate(RecordPlace place, RecordType<R> type) {
        R other = insert(place, type, Samples.full(type, 1));
        long id = type.id(insert(place, type, Samples.full(type, 2)));
        for (R next : List.of(Samples.sparse(type, 3), Samples.full(type, 4), Samples.full(type, 4))) {
            R changed = type.withId(next, id);
            place.transact(tx -> {
                tx.records(type).update(changed);
                return null;
            });
            assertThat(all(place, type)).containsExactly(other, changed);
        }
    }

    private static <R extends Record> void checkMissing(RecordPlace place, RecordType<R> type) {
        R stored = insert(place, type, Samples.full(type, 1));
        long missing = type.id(stored) + 1;

        assertThat(find(place, type, missing)).isEmpty();
        assertThat(find(place, type, 0)).isEmpty();
        assertThat(find(place, type, -1)).isEmpty();
        assertThat(place.<Optional<R>>transact(tx -> tx.records(type).lock(missing)))
                .isEmpty();
        assertThat(place.<Boolean>transact(tx -> tx.records(type).delete(missing)))
                .isFalse();
        assertThatThrownBy(() -> inside(place, tx -> {
                    tx.records(type).update(type.withId(Samples.full(type, 2), missing));
                    return 1;
                }))
                .isInstanceOfSatisfying(SaasException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCodes.RECORD_MISSING);
                    assertThat(e.category()).isEqualTo(ErrorCategory.NOT_FOUND);
                    assertThat(e.details())
                            .containsEntry("type", type.name())
                            .containsEntry("id", Long.toString(missing));
                });
        assertThat(all(place, type)).containsExactly(stored);
    }

    private static <R extends Record> void checkDelete(RecordPlace place, RecordType<R> type) {
        R first = insert(place, type, Samples.full(type, 1));
        R second = insert(place, type, Samples.full(type, 2));

        assertThat(place.<Boolean>transact(tx -> tx.records(type).delete(type.id(first))))
                .isTrue();
        assertThat(find(place, type, type.id(first))).isEmpty();
        assertThat(all(place, type)).containsExactly(second);
        assertThat(place.<Boolean>transact(tx -> tx.records(type).delete(type.id(first))))
                .isFalse();
    }

    private static <R extends Record> void checkUniqueKeys(RecordPlace place, RecordType<R> type) {
        R first = insert(place, type, Samples.full(type, 1));
        R second = insert(place, type, Samples.full(type, 2));
        for (List<Field> key : type.uniqueKeys()) {
            R third = sameKey(type, Samples.full(type, 3), first, key);
            R changed = sameKey(type, second, first, key);

            assertDuplicate(type, key, () -> insert(place, type, third));
            assertDuplicate(
                    type,
                    key,
                    () -> inside(place, tx -> {
                        tx.records(type).update(changed);
                        return 1;
                    }));
            assertThat(all(place, type)).containsExactly(first, second);
            // A part of a key of several fields may be equal.
            if (key.size() > 1) {
                R half = sameKey(type, Samples.full(type, 4), first, key.subList(0, 1));
                long id = type.id(insert(place, type, half));
                assertThat(place.<Boolean>transact(tx -> tx.records(type).delete(id)))
                        .isTrue();
            }
        }
    }

    private static <R extends Record> void checkOwnChanges(RecordPlace place, RecordType<R> type) {
        R first = insert(place, type, Samples.full(type, 1));
        R second = insert(place, type, Samples.full(type, 2));
        R changed = type.withId(Samples.full(type, 3), type.id(first));
        R again = type.withId(Samples.full(type, 4), type.id(first));
        place.transact(tx -> {
            Records<R> records = tx.records(type);
            records.lock(type.id(first));
            records.lock(type.id(second));
            records.update(changed);
            assertThat(records.find(type.id(first))).contains(changed);
            records.update(again);
            records.update(type.withId(again, type.id(first)));
            assertThat(records.delete(type.id(second))).isTrue();
            assertThat(records.delete(type.id(second))).isFalse();
            assertThat(records.list(Query.all())).containsExactly(again);
            records.add(Samples.full(type, 5));
            assertThat(records.count(Filter.all())).isEqualTo(2);
            // The keys of the deleted record are free.
            assertThat(type.id(records.insert(Samples.full(type, 2)))).isGreaterThan(type.id(second) + 1);
            records.add(Samples.full(type, 6));
            return null;
        });
        assertThat(all(place, type)).hasSize(4).startsWith(again);
        assertThat(all(place, type).stream().map(each -> type.withId(each, 0)))
                .containsExactly(
                        type.withId(again, 0),
                        type.withId(Samples.full(type, 5), 0),
                        type.withId(Samples.full(type, 2), 0),
                        type.withId(Samples.full(type, 6), 0));

        assertThatThrownBy(() -> inside(place, tx -> {
                    tx.records(type).lock(type.id(first));
                    tx.records(type).update(first);
                    tx.records(type).delete(type.id(first));
                    tx.records(type).add(Samples.full(type, 7));
                    throw new IllegalArgumentException();
                }))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(all(place, type)).hasSize(4).startsWith(again);
    }

    private static <R extends Record> void checkAddedKeys(RecordPlace place, RecordType<R> type) {
        R first = insert(place, type, Samples.full(type, 1));
        R second = insert(place, type, Samples.full(type, 2));
        for (List<Field> key : type.uniqueKeys()) {
            R third = sameKey(type, Samples.full(type, 3), first, key);

            assertDuplicate(
                    type,
                    key,
                    () -> inside(place, tx -> {
                        tx.records(type).lock(type.id(second));
                        tx.records(type).update(second);
                        tx.records(type).add(third);
                        tx.records(type).delete(type.id(second));
                        return 1;
                    }));
            assertThat(all(place, type)).containsExactly(first, second);
        }
    }

    private static <R extends Record> void checkAnnouncedReads(RecordPlace place, RecordType<R> type) {
        R first = insert(place, type, Samples.full(type, 1));
        R second = insert(place, type, Samples.full(type, 2));
        place.transact(tx -> {
            Records<R> records = tx.records(type);
            Supplier<Optional<R>> missing = records.findLater(type.id(second) + 100);
            Supplier<Optional<R>> found = records.findLater(type.id(first));
            Supplier<Optional<R>> locked = records.lockLater(type.id(second));
            Supplier<List<R>> listed = records.listLater(Query.all());
            Supplier<Long> counted = records.countLater(Filter.all());
            R third = records.insert(Samples.full(type, 3));
            Supplier<Optional<R>> shared = records.lockSharedLater(type.id(third));
            Supplier<List<R>> after = records.listLater(Query.all());
            Supplier<Long> unused = records.countLater(Filter.all());
            records.delete(type.id(first));

            assertThat(after.get()).containsExactly(first, second, third);
            assertThat(missing.get()).isEmpty();
            assertThat(found.get()).contains(first);
            assertThat(locked.get()).contains(second);
            assertThat(listed.get()).containsExactly(first, second);
            assertThat(counted.get()).isEqualTo(2);
            assertThat(shared.get()).contains(third);
            records.update(type.withId(Samples.full(type, 4), type.id(second)));
            assertThat(locked.get()).as("taken twice").contains(second);
            assertThat(listed.get()).as("taken twice").containsExactly(first, second);
            assertThat(records.count(Filter.all())).isEqualTo(2);
            assertThat(unused).isNotNull();
            return null;
        });
        assertThat(all(place, type)).hasSize(2).startsWith(type.withId(Samples.full(type, 4), type.id(second)));
    }

    private static <R extends Record> void checkFreedKeys(RecordPlace place, RecordType<R> type) {
        R sample = Samples.full(type, 1);
        R first = insert(place, type, sample);
        place.transact(tx -> tx.records(type).delete(type.id(first)));
        R second = insert(place, type, sample);
        place.transact(tx -> {
            tx.records(type).update(type.withId(Samples.full(type, 2), type.id(second)));
            return null;
        });
        R third = insert(place, type, sample);

        assertThat(all(place, type)).hasSize(2).endsWith(third);
    }

    private static <R extends Record> void checkAbsentKeys(RecordPlace place, RecordType<R> type) {
        for (List<Field> key : type.uniqueKeys()) {
            for (Field field : key) {
                if (field.nullable()) {
                    insert(place, type, Samples.with(type, Samples.full(type, 1), field, null));
                    R two = Samples.with(type, Samples.full(type, 2), field, null);
                    assertThat(insert(place, type, two)).isNotNull();
                }
            }
        }
        insert(place, type, Samples.full(type, 3));
        insert(place, type, Samples.sparse(type, 4));
        insert(place, type, Samples.sparse(type, 5));
        assertThat(count(place, type)).isGreaterThanOrEqualTo(3);
    }

    private static <R extends Record> void assertDuplicate(RecordType<R> type, List<Field> key, Runnable call) {
        String names = String.join(",", key.stream().map(Field::name).toList());
        assertThatThrownBy(call::run).isInstanceOfSatisfying(SaasException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCodes.RECORD_DUPLICATE);
            assertThat(e.category()).isEqualTo(ErrorCategory.CONFLICT);
            assertThat(e.details()).containsEntry("type", type.name()).containsEntry("key", names);
        });
    }

    private static <R extends Record> R sameKey(RecordType<R> type, R record, R model, List<Field> key) {
        R changed = record;
        for (Field field : key) {
            changed = Samples.with(type, changed, field, type.value(model, field.name()));
        }
        return changed;
    }

    private static <R extends Record> Optional<R> find(RecordPlace place, RecordType<R> type, long id) {
        return place.transact(tx -> tx.records(type).find(id));
    }
}
