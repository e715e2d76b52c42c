// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.ErrorCodes;
import dev.allotment.Parameter;
import dev.allotment.SaasException;
import dev.allotment.spi.backend.Capability;
import dev.allotment.spi.backend.DatabaseEntry;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.WarmSpares;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

/** Databases are created, copied, opened, closed, renamed and dropped, and each of these calls can be repeated. */
public abstract class DatabasesContract extends Contract {
    private static final DatabaseRef SHOP = ref("shop.example", 1);
    private static final DatabaseRef COPY = ref("copy.example", 2);

    /** For subclasses. */
    protected DatabasesContract() {}

    @Override
    final boolean sharesStorage() {
        return true;
    }

    @Test
    void aNewDatabaseIsEmptyAndClosed() {
        databases().create(SHOP);

        assertThat(databases().exists(SHOP.name())).isTrue();
        assertThat(databases().list()).containsExactly(SHOP);
        assertOpen(SHOP, false);
        RecordPlace place = RecordPlace.of(databases(), SHOP);
        assertThat(place.types())
                .allSatisfy(type -> assertThat(count(place, type)).isZero());
    }

    @Test
    void creatingAnExistingDatabaseDoesNotChangeIt() {
        databases().create(SHOP);
        write(SHOP, "kept");
        databases().open(SHOP);
        databases().create(SHOP);

        assertThat(written(SHOP)).containsExactly("kept");
        assertOpen(SHOP, true);
    }

    @Test
    void databasesAreSeparate() {
        DatabaseRef other = databaseWith("other.example", 3, "other");
        databaseWith(SHOP.name(), 1, "shop");

        assertThat(written(SHOP)).containsExactly("shop");
        assertThat(written(other)).containsExactly("other");
        assertThat(catalog().<List<String>>transact(Contract::parameters)).isEmpty();
    }

    @Test
    void aCopyHasAllRecordsAndIsIndependentOfItsSource() {
        databases().create(SHOP);
        RecordPlace source = place(SHOP);
        source.fill();
        Map<String, List<?>> before = source.contents();
        databases().copy(SHOP, COPY);

        assertThat(place(COPY).contents()).isEqualTo(before);
        assertThat(source.contents()).isEqualTo(before);
        write(COPY, "in the copy");
        write(SHOP, "in the source");
        assertThat(written(COPY)).hasSize(4).endsWith("in the copy");
        assertThat(written(SHOP)).hasSize(4).endsWith("in the source");
        assertThat(databases().list()).containsExactly(COPY, SHOP);
    }

    @Test
    void aCopyContinuesTheIdsOfItsSource() {
        databases().create(SHOP);
        place(SHOP).fill();
        place(SHOP).deleteLast();
        databases().copy(SHOP, COPY);

        assertNewIds(COPY);
        assertNewIds(SHOP);
    }

    @Test
    void aRenameKeepsEveryRecordAndContinuesTheIds() {
        databases().create(SHOP);
        place(SHOP).fill();
        place(SHOP).deleteLast();
        Map<String, List<?>> before = place(SHOP).contents();
        DatabaseRef renamed = ref("renamed.example", 1);
        databases().rename(SHOP, renamed.name());

        assertThat(place(renamed).contents()).isEqualTo(before);
        assertNewIds(renamed);
    }

    @Test
    void aClaimKeepsEveryRecordAndContinuesTheIds() {
        databases().create(SHOP);
        place(SHOP).fill();
        place(SHOP).deleteLast();
        Map<String, List<?>> before = place(SHOP).contents();
        DatabaseRef claimed = ref("claimed.example", 1);
        databases().claim(SHOP, claimed.name());

        assertThat(place(claimed).contents()).isEqualTo(before);
        assertNewIds(claimed);
        assertThat(databases().list()).containsExactly(claimed);
    }

    @Test
    void openingAndClosingKeepEveryRecord() {
        databases().create(SHOP);
        place(SHOP).fill();
        Map<String, List<?>> before = place(SHOP).contents();
        databases().open(SHOP);
        assertThat(place(SHOP).contents()).isEqualTo(before);
        databases().close(SHOP);
        assertThat(place(SHOP).contents()).isEqualTo(before);
    }

    private RecordPlace place(DatabaseRef database) {
        return RecordPlace.of(databases(), database);
    }

    /** Checks that new records do not get the ids of deleted ones. */
    private void assertNewIds(DatabaseRef database) {
        assertThat(place(database).moreIds())
                .allSatisfy((type, id) -> assertThat(id).as(type).isGreaterThan(3));
    }

    @Test
    void aCopyIsClosedAndItsSourceStaysOpenOrClosed() {
        databases().create(SHOP);
        databases().open(SHOP);
        databases().copy(SHOP, COPY);
        assertOpen(COPY, false);
        assertOpen(SHOP, true);
        databases().close(SHOP);
        DatabaseRef second = ref("second.example", 3);
        databases().copy(SHOP, second);
        assertOpen(SHOP, false);
        databases().open(SHOP);

        assertOpen(COPY, false);
        assertOpen(second, false);
        assertOpen(SHOP, true);
    }

    @Test
    void copyingToAnExistingDatabaseDoesNotChangeIt() {
        databaseWith(SHOP.name(), 1, "source");
        databases().copy(SHOP, COPY);
        write(COPY, "in the copy");
        databases().open(COPY);
        databases().copy(SHOP, COPY);

        assertThat(written(COPY)).containsExactly("source", "in the copy");
        assertOpen(COPY, true);
    }

    @Test
    void aCopyCanBeCopiedAndOutlivesItsSource() {
        databaseWith(SHOP.name(), 1, "first");
        databases().copy(SHOP, COPY);
        databases().drop(SHOP);
        write(COPY, "second");
        DatabaseRef third = ref("third.example", 3);
        databases().copy(COPY, third);
        databases().drop(COPY);

        assertThat(written(third)).containsExactly("first", "second");
        assertThat(databases().list()).containsExactly(third);
    }

    @Test
    void openingAndClosingCanBeRepeated() {
        databases().create(SHOP);
        databases().open(SHOP);
        databases().open(SHOP);
        assertOpen(SHOP, true);
        databases().close(SHOP);
        databases().close(SHOP);
        assertOpen(SHOP, false);
        databases().open(SHOP);
        assertOpen(SHOP, true);
    }

    @Test
    void theSpiWorksInClosedAndOpenDatabases() {
        databases().create(SHOP);
        write(SHOP, "while new");
        databases().open(SHOP);
        write(SHOP, "while open");
        databases().close(SHOP);
        write(SHOP, "while closed");

        assertThat(written(SHOP)).containsExactly("while new", "while open", "while closed");
        assertOpen(SHOP, false);
    }

    @Test
    void aRenamedDatabaseIsTheSameUnderAnotherName() {
        databaseWith(SHOP.name(), 1, "kept");
        DatabaseRef renamed = ref("renamed.example", 1);
        databases().rename(SHOP, renamed.name());

        assertThat(databases().list()).containsExactly(renamed);
        assertThat(databases().find(SHOP.uuid())).isEqualTo(renamed);
        assertThat(databases().exists(SHOP.name())).isFalse();
        assertThat(written(renamed)).containsExactly("kept");
        write(renamed, "more");
        assertThat(written(renamed)).containsExactly("kept", "more");
        assertRefused(ErrorCodes.DATABASE_UNKNOWN, () -> written(SHOP));
    }

    @Test
    void renamingCanBeRepeatedAndUndone() {
        databaseWith(SHOP.name(), 1, "kept");
        DatabaseRef renamed = ref("renamed.example", 1);
        databases().rename(SHOP, renamed.name());
        databases().rename(SHOP, renamed.name());
        databases().rename(renamed, renamed.name());
        assertThat(databases().list()).containsExactly(renamed);
        databases().rename(renamed, SHOP.name());

        assertThat(databases().list()).containsExactly(SHOP);
        assertThat(written(SHOP)).containsExactly("kept");
    }

    /** A database is renamed before it is moved to another server, so that no change of it is lost. */
    @Test
    void aTransactionIsNotCommittedUnderAnOldName() {
        databaseWith(SHOP.name(), 1, "kept");
        DatabaseRef renamed = ref("renamed.example", 1);
        CountDownLatch changed = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        CompletableFuture<String> transaction = Race.start(() -> databases().transact(SHOP, tx -> {
            String value = insertParameter(tx, "late").value();
            changed.countDown();
            Race.await(end);
            return value;
        }));
        Race.await(changed);
        CompletableFuture<List<String>> renaming = Race.start(() -> {
            databases().rename(SHOP, renamed.name());
            return written(renamed);
        });
        Race.letRun(renaming);
        end.countDown();
        Race.end(transaction);

        assertThat(Race.endWithin(60, renaming)).isEqualTo(written(renamed));
    }

    @Test
    void aRenameKeepsADatabaseOpenOrClosed() {
        databases().create(SHOP);
        databases().rename(SHOP, "renamed.example");
        assertOpen(ref("renamed.example", 1), false);
        databases().open(ref("renamed.example", 1));
        databases().rename(ref("renamed.example", 1), SHOP.name());
        assertOpen(SHOP, true);
    }

    @Test
    void aClaimedDatabaseHasAnotherNameAndIsOpen() {
        databaseWith(SHOP.name(), 1, "kept");
        DatabaseRef claimed = ref("claimed.example", 1);
        databases().claim(SHOP, claimed.name());

        assertThat(databases().list()).containsExactly(claimed);
        assertOpen(claimed, true);
        assertThat(written(claimed)).containsExactly("kept");
        write(claimed, "more");
        assertThat(written(claimed)).containsExactly("kept", "more");
    }

    @Test
    void aClaimRunsItsWorkInTheClaimedDatabaseAndCanBeRepeated() {
        databaseWith(SHOP.name(), 1, "kept");
        DatabaseRef claimed = ref("claimed.example", 1);
        need(databases().warmSpares() != null, "spares that are prepared (Databases.warmSpares)");
        WarmSpares warm = Objects.requireNonNull(databases().warmSpares());
        warm.prepare(List.of(SHOP), 1);
        for (String value : List.of("first", "second")) {
            String result = warm.claim(
                    SHOP, claimed.name(), tx -> insertParameter(tx, value).value());
            assertThat(result).isEqualTo(value);
        }

        assertThat(databases().list()).containsExactly(claimed);
        assertOpen(claimed, true);
        assertThat(written(claimed)).containsExactly("kept", "first", "second");
    }

    @Test
    void anInterruptedClaimCanBeRepeated() {
        databases().create(SHOP);
        DatabaseRef claimed = ref("claimed.example", 1);
        databases().rename(SHOP, claimed.name());
        assertOpen(claimed, false);
        databases().claim(SHOP, claimed.name());
        assertOpen(claimed, true);
        databases().claim(SHOP, claimed.name());

        assertOpen(claimed, true);
        assertThat(databases().list()).containsExactly(claimed);
    }

    @Test
    void refusesToClaimAMissingDatabaseOrATakenName() {
        assertRefused(ErrorCodes.DATABASE_UNKNOWN, () -> databases().claim(SHOP, "claimed.example"));
        databases().create(SHOP);
        databases().create(ref("claimed.example", 2));
        assertRefused(ErrorCodes.DATABASE_FOREIGN, () -> databases().claim(SHOP, "claimed.example"));

        assertThat(databases().list()).containsExactly(ref("claimed.example", 2), SHOP);
        assertOpen(SHOP, false);
    }

    @Test
    void aRenameFreesTheOldName() {
        databaseWith(SHOP.name(), 1, "first");
        databases().rename(SHOP, "renamed.example");
        DatabaseRef second = databaseWith(SHOP.name(), 2, "second");

        assertThat(written(second)).containsExactly("second");
        assertThat(written(ref("renamed.example", 1))).containsExactly("first");
        assertThat(databases().list()).containsExactly(ref("renamed.example", 1), second);
    }

    @Test
    void twoDatabasesMaySwapTheirNames() {
        DatabaseRef a = databaseWith("a.example", 1, "first");
        databaseWith("b.example", 2, "second");
        databases().rename(a, "c.example");
        databases().rename(ref("b.example", 2), "a.example");
        databases().rename(ref("c.example", 1), "b.example");

        assertThat(written(ref("b.example", 1))).containsExactly("first");
        assertThat(written(ref("a.example", 2))).containsExactly("second");
    }

    @Test
    void aDroppedDatabaseIsGone() {
        databaseWith(SHOP.name(), 1, "gone");
        databases().open(SHOP);
        databases().drop(SHOP);

        assertThat(databases().exists(SHOP.name())).isFalse();
        assertThat(databases().list()).isEmpty();
        assertThat(databases().find(SHOP.uuid())).isNull();
        assertRefused(ErrorCodes.DATABASE_UNKNOWN, () -> written(SHOP));
    }

    @Test
    void nothingRemainsOfADroppedDatabase() {
        databases().create(SHOP);
        databases().open(SHOP);
        assertThat(databases().remains(SHOP)).containsEntry("database", true).doesNotContainValue(false);
        databases().rename(SHOP, "renamed.example");
        assertThat(databases().remains(SHOP))
                .as("under any name")
                .containsEntry("database", true)
                .doesNotContainValue(false);
        databases().drop(ref("renamed.example", 1));
        databases().create(ref(SHOP.name(), 2));

        assertThat(databases().remains(SHOP))
                .as("another database of that name does not count")
                .containsEntry("database", false)
                .doesNotContainValue(true);
    }

    @Test
    void droppingAMissingDatabaseDoesNothing() {
        databases().drop(SHOP);
        databases().create(SHOP);
        databases().drop(SHOP);
        databases().drop(SHOP);

        assertThat(databases().list()).isEmpty();
    }

    @Test
    void aDatabaseCreatedAfterADropIsEmpty() {
        databaseWith(SHOP.name(), 1, "gone");
        databases().drop(SHOP);
        databases().create(SHOP);

        assertThat(written(SHOP)).isEmpty();
        assertOpen(SHOP, false);
        Parameter first = databases().transact(SHOP, tx -> insertParameter(tx, "first"));
        assertThat(first.id()).isEqualTo(1);
    }

    @Test
    void droppingADatabaseKeepsTheOthers() {
        DatabaseRef longer = databaseWith("shop.example.org", 3, "longer");
        DatabaseRef shorter = databaseWith("shop", 4, "shorter");
        databaseWith(SHOP.name(), 1, "gone");
        databases().drop(SHOP);

        assertThat(databases().list()).containsExactly(shorter, longer);
        assertThat(written(longer)).containsExactly("longer");
        assertThat(written(shorter)).containsExactly("shorter");
    }

    @Test
    void namesAreListedInOrder() {
        List<String> ordered = List.of("1st.example", "a", "a-b", "a.b", "a0", "aa", "ab", "b", "z-z");
        for (int i : new int[] {4, 8, 0, 2, 6, 1, 3, 7, 5}) {
            databases().create(ref(ordered.get(i), i));
        }
        assertThat(databases().list()).extracting(DatabaseRef::name).isEqualTo(ordered);
    }

    @Test
    void namesCanBe63BytesLongAndHaveDotsHyphensAndDigits() {
        String longest = "a".repeat(30) + "." + "b".repeat(30) + "-9";
        List<String> names = List.of(longest, longest.substring(0, 62) + "8", "3-com.example", "select", "a--b", "x");
        for (int i = 0; i < names.size(); i++) {
            databaseWith(names.get(i), i, names.get(i));
        }
        for (int i = 0; i < names.size(); i++) {
            DatabaseRef database = ref(names.get(i), i);
            assertThat(written(database)).containsExactly(names.get(i));
            databases().open(database);
            databases().copy(database, ref("copied", 90 + i));
            databases().rename(ref("copied", 90 + i), "renamed");
            assertThat(written(ref("renamed", 90 + i))).containsExactly(names.get(i));
            databases().drop(ref("renamed", 90 + i));
        }
        databases().rename(ref(longest, 0), longest.substring(0, 62) + "7");
        assertThat(written(ref(longest.substring(0, 62) + "7", 0))).containsExactly(longest);
    }

    @Test
    void onlyCreatedDatabasesExist() {
        assertThat(databases().exists(SHOP.name())).isFalse();
        assertThat(databases().find(SHOP.uuid())).isNull();
        databases().create(SHOP);
        assertThat(databases().exists("shop")).isFalse();
        assertThat(databases().exists("shop.exampl")).isFalse();
        assertThat(databases().exists("shop_example")).isFalse();
        assertThat(databases().exists("%")).isFalse();
    }

    @Test
    void theInventoryHasTheStateOfEachDatabase() {
        databases().create(SHOP);
        databases().copy(SHOP, COPY);
        databases().open(COPY);
        assertThat(inventory()).containsExactly(entry(COPY, true), entry(SHOP, false));

        databases().close(COPY);
        databases().rename(SHOP, "zoo.example");
        databases().open(new DatabaseRef("zoo.example", SHOP.uuid()));
        assertThat(inventory())
                .containsExactly(entry(COPY, false), entry(new DatabaseRef("zoo.example", SHOP.uuid()), true));

        databases().drop(COPY);
        databases().drop(new DatabaseRef("zoo.example", SHOP.uuid()));
        assertThat(databases().inventory()).isEmpty();
    }

    @Test
    void theInventoryHasWhatIsHalfMadeAndWhatIsHalfDropped() {
        if (fixture().leaveHalfMade(backend(), SHOP)) {
            assertThat(databases().inventory()).singleElement().satisfies(entry -> {
                assertThat(entry.uuid()).isEqualTo(SHOP.uuid());
                assertThat(entry.finished()).isFalse();
            });
            databases().drop(SHOP);
        }
        List<String> before = fixture().objects().map(List::copyOf).orElse(List.of());
        databases().create(COPY);
        if (fixture().leaveHalfDropped(backend(), COPY)) {
            assertThat(databases().inventory())
                    .allSatisfy(entry -> assertThat(entry.uuid()).isEqualTo(COPY.uuid()))
                    .allSatisfy(entry -> assertThat(entry.finished()).isFalse());
            if (databases().inventory().isEmpty()) {
                // Then the next start must remove what is left.
                killAndRestart();
                databases().list();
                assertThat(fixture().objects())
                        .as("the rest of a database is in the inventory, or is removed by the next start")
                        .isPresent()
                        .get(InstanceOfAssertFactories.iterable(String.class))
                        .isSubsetOf(before);
            }
        }
        databases().drop(COPY);
        assertThat(databases().inventory()).isEmpty();
    }

    @Test
    void theInventoryLeavesOutDatabasesThatOthersMade() {
        databases().create(SHOP);
        fixture().putForeign(backend(), "foreign.example");

        assertThat(databases().inventory()).extracting(DatabaseEntry::uuid).containsExactly(SHOP.uuid());
    }

    private List<DatabaseEntry> inventory() {
        return databases().inventory().stream()
                .sorted(Comparator.comparing(entry -> String.valueOf(entry.name())))
                .toList();
    }

    private static DatabaseEntry entry(DatabaseRef database, boolean open) {
        return DatabaseEntry.builder(database.uuid(), database.name())
                .open(open)
                .build();
    }

    @Test
    void aMarkIsStoredAndReplaced() {
        assertThat(marks().mark()).isNull();
        for (String mark : List.of("1 here", "2 it's \"there\"; not here", "3 " + "mark".repeat(49) + "\\~")) {
            marks().setMark(mark);
            assertThat(marks().mark()).isEqualTo(mark);
        }
        databases().create(SHOP);
        assertThat(databases().inventory()).hasSize(1);
        assertThat(databases().list()).containsExactly(SHOP);
    }

    @Test
    void theCatalogHasAPlaceOfItsOwn() throws Exception {
        need(BackendFixture.Optionally.PLACE);
        String place = catalog().place();
        assertThat(place)
                .isNotBlank()
                .hasSizeLessThanOrEqualTo(200)
                .matches("\\p{Print}+")
                .isEqualTo(catalog().place());
        if (declares(Capability.SHARED)) {
            assertThat(openReady().catalog().place()).isEqualTo(place);
        }
        FixtureBackends other = new FixtureBackends(newFixture());
        try {
            assertThat(other.backend().catalog().place()).isNotEqualTo(place);
        } finally {
            other.close();
        }
    }

    /** A fixture that says too much makes the kit skip what the backend can do. */
    @Test
    void whatTheFixtureSaysIsMissingIsMissing() {
        if (fixture().lacks().contains(BackendFixture.Optionally.PLACE)) {
            assertThat(catalog().place()).isNull();
        }
    }

    @Test
    void theFixtureSeesWhetherADatabaseIsOpen() {
        databases().create(SHOP);
        need(fixture().isOpen(backend(), SHOP).isPresent(), "isOpen of the fixture");
        assertOpen(SHOP, false);
        databases().open(SHOP);
        assertOpen(SHOP, true);
    }

    @Test
    void aDamagedDatabaseIsReportedInWordsForPersons() {
        databaseWith(SHOP.name(), 1, "value");
        need(fixture().damage(backend(), SHOP), "damage of the fixture");
        distrustStorage();

        assertThatThrownBy(() -> written(SHOP)).isInstanceOfSatisfying(SaasException.class, Contract::assertForPersons);
    }

    @Test
    void whatAKilledCreationLeavesDoesNotStayForEver() {
        databases().create(COPY);
        databases().drop(COPY);
        Set<String> before = fixture().objects().orElse(null);
        need(before != null, "objects of the fixture");
        fixture().leaveHalfMade(backend(), SHOP);
        killAndRestart();
        databases().drop(SHOP);

        assertThat(databases().inventory()).isEmpty();
        assertThat(fixture().objects()).hasValue(before);
    }

    @Test
    void aDatabaseGrowsWithItsContent() {
        databases().create(SHOP);
        long empty = databases().size(SHOP);
        assertThat(empty).isPositive();
        databases().transact(SHOP, tx -> {
            for (int i = 0; i < 300; i++) {
                insertParameter(tx, i + " " + "a text that takes some space ".repeat(40));
            }
            return null;
        });
        assertThat(databases().size(SHOP)).isGreaterThan(empty);
    }

    @Test
    void reservedNamesAreInLowerCaseAndNotListed() {
        Set<String> reserved = databases().reservedNames();
        assertThat(reserved).allSatisfy(name -> assertThat(name).isNotBlank().isLowerCase());
        assertThat(databases().list()).noneMatch(database -> reserved.contains(database.name()));
    }

    @Test
    void differentDatabasesCanBeCreatedConcurrently() {
        databaseWith(SHOP.name(), 1, "source");
        Race.runAll(8, i -> {
            DatabaseRef created = ref("made-" + i, 10 + i);
            if (i % 2 == 0) {
                databasesOf(i / 2).create(created);
            } else {
                databasesOf(i / 2).copy(SHOP, created);
            }
            databasesOf(i / 2).open(created);
            write(created, "of " + i);
            return null;
        });
        assertThat(databases().list()).hasSize(9);
        for (int i = 0; i < 8; i++) {
            assertThat(written(ref("made-" + i, 10 + i))).hasSize(1 + i % 2).endsWith("of " + i);
        }
    }

    @Test
    void theSameDatabaseCanBeCreatedConcurrently() {
        databaseWith(SHOP.name(), 1, "source");
        Race.runAll(4, i -> {
            databasesOf(i).copy(SHOP, COPY);
            return null;
        });
        DatabaseRef other = ref("other.example", 3);
        Race.runAll(4, i -> {
            databasesOf(i).create(other);
            return null;
        });
        assertThat(written(COPY)).containsExactly("source");
        assertThat(written(other)).isEmpty();
        assertThat(databases().list()).containsExactly(COPY, other, SHOP);
    }

    @Test
    void onlyOneOfManyConcurrentCreationsGetsAName() {
        var outcomes = Race.run(8, i -> {
            DatabaseRef mine = ref(SHOP.name(), 10 + i);
            databasesOf(i).create(mine);
            write(mine, "of " + i);
            return mine;
        });
        DatabaseRef winner = databases().list().get(0);

        assertThat(databases().list()).hasSize(1);
        assertThat(outcomes)
                .filteredOn(outcome -> outcome.failure() == null)
                .extracting(Race.Outcome::value)
                .containsExactly(winner);
        assertForeign(outcomes);
        assertThat(written(winner)).hasSize(1);
    }

    @Test
    void onlyOneOfManyConcurrentRenamesGetsAName() {
        for (int i = 0; i < 4; i++) {
            databaseWith("before-" + i, 10 + i, "of " + i);
        }
        var outcomes = Race.run(4, i -> {
            databasesOf(i).rename(ref("before-" + i, 10 + i), SHOP.name());
            return i;
        });
        List<Integer> winners = outcomes.stream()
                .filter(outcome -> outcome.failure() == null)
                .map(Race.Outcome::value)
                .toList();
        assertThat(winners).hasSize(1);
        assertForeign(outcomes);
        int winner = winners.get(0);
        assertThat(databases().list()).hasSize(4).contains(ref(SHOP.name(), 10 + winner));
        assertThat(written(ref(SHOP.name(), 10 + winner))).containsExactly("of " + winner);
    }

    @Test
    void theSameDatabaseCanBeDroppedConcurrently() {
        databases().create(SHOP);
        databases().open(SHOP);
        Race.runAll(4, i -> {
            databasesOf(i).drop(SHOP);
            return null;
        });
        assertThat(databases().list()).isEmpty();
    }

    @Test
    void differentChangesOfADatabaseAtOnceSucceedOrFindThatItIsGone() {
        databaseWith(SHOP.name(), 1, "source");
        var outcomes = Race.run(8, i -> {
            Databases mine = databasesOf(i / 4);
            switch (i % 4) {
                case 0 -> mine.copy(SHOP, ref("copy-" + i, 10 + i));
                case 1 -> mine.configure(SHOP, tx -> insertParameter(tx, "of " + i));
                case 2 -> mine.rename(SHOP, "renamed.example");
                default -> mine.drop(SHOP);
            }
            return null;
        });

        for (int i = 0; i < outcomes.size(); i++) {
            Throwable failure = outcomes.get(i).failure();
            // A configuration may be at work in the database when another call drops it.
            boolean interrupted = i % 4 == 1 && failure instanceof SaasException error && error.retryable();
            if (failure != null && !interrupted) {
                assertRefused(ErrorCodes.DATABASE_UNKNOWN, () -> {
                    throw failure;
                });
            }
        }
        for (DatabaseRef database : databases().list()) {
            assertThat(written(database)).startsWith("source");
            databases().drop(database);
        }
        assertThat(databases().inventory()).isEmpty();
        assertThat(databases().remains(SHOP)).doesNotContainValue(true);
    }

    /** Checks that each failure says that another database has the name. */
    private static void assertForeign(List<? extends Race.Outcome<?>> outcomes) {
        for (Race.Outcome<?> outcome : outcomes) {
            Throwable failure = outcome.failure();
            if (failure != null) {
                assertRefused(ErrorCodes.DATABASE_FOREIGN, () -> {
                    throw failure;
                });
            }
        }
    }
}
