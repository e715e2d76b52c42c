// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.ErrorCodes;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordTypes;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * A database of another identity is never touched, a missing database is reported as missing, and a half-created or
 * half-dropped database is repaired.
 */
public abstract class IdentityContract extends Contract {
    private static final DatabaseRef MINE = ref("mine.example", 1);
    private static final DatabaseRef THEIRS = ref("theirs.example", 2);
    /** Has the name of an existing database, but another identity. */
    private static final DatabaseRef CLAIMED = ref(THEIRS.name(), 3);

    /** For subclasses. */
    protected IdentityContract() {}

    @TestFactory
    Stream<DynamicTest> aMissingDatabaseIsUnknown() {
        databases().create(MINE);
        return callsThatNeedIt().entrySet().stream()
                .map(call -> dynamicTest(
                        call.getKey(),
                        () -> assertRefused(
                                ErrorCodes.DATABASE_UNKNOWN,
                                () -> call.getValue().accept(databases(), THEIRS))));
    }

    @TestFactory
    Stream<DynamicTest> aDatabaseOfAnotherIdentityIsNotTouched() {
        databases().create(MINE);
        databaseWith(THEIRS.name(), 2, "theirs");
        Map<String, BiConsumer<Databases, DatabaseRef>> calls = callsThatNeedIt();
        calls.put("create", Databases::create);
        calls.put("copy to it", (databases, database) -> databases.copy(MINE, database));
        calls.put("drop", Databases::drop);
        return calls.entrySet().stream()
                .map(call -> dynamicTest(call.getKey(), () -> {
                    assertRefused(
                            ErrorCodes.DATABASE_FOREIGN, () -> call.getValue().accept(databases(), CLAIMED));
                    assertThat(databases().list()).containsExactly(MINE, THEIRS);
                    assertThat(written(THEIRS)).containsExactly("theirs");
                    fixture()
                            .isOpen(backend(), THEIRS)
                            .ifPresent(open -> assertThat(open).isFalse());
                }));
    }

    @Test
    void aRenameNeverTakesTheNameOfAnotherDatabase() {
        databaseWith(MINE.name(), 1, "mine");
        databaseWith(THEIRS.name(), 2, "theirs");

        assertRefused(ErrorCodes.DATABASE_FOREIGN, () -> databases().rename(MINE, THEIRS.name()));
        assertThat(databases().list()).containsExactly(MINE, THEIRS);
        assertThat(written(MINE)).containsExactly("mine");
        assertThat(written(THEIRS)).containsExactly("theirs");
    }

    @Test
    void aDatabaseIsFoundByItsIdentityAlone() {
        databases().create(MINE);
        DatabaseRef otherName = ref("other.example", 1);

        assertRefused(ErrorCodes.DATABASE_UNKNOWN, () -> written(otherName));
        assertThat(databases().find(MINE.uuid())).isEqualTo(MINE);
    }

    @TestFactory
    Stream<DynamicTest> aDatabaseCreatedWithoutTheSpiIsNotTouched() {
        DatabaseRef foreign = ref("foreign.example", 4);
        databases().create(MINE);
        return where(
                fixture().putForeign(backend(), foreign.name()),
                "putForeign of the fixture",
                dynamicTest("it exists, but is not listed", () -> {
                    assertThat(databases().exists(foreign.name())).isTrue();
                    assertThat(databases().list()).containsExactly(MINE);
                }),
                dynamicTest(
                        "create",
                        () -> assertRefused(
                                ErrorCodes.DATABASE_FOREIGN, () -> databases().create(foreign))),
                dynamicTest(
                        "copy",
                        () -> assertRefused(
                                ErrorCodes.DATABASE_FOREIGN, () -> databases().copy(MINE, foreign))),
                dynamicTest(
                        "rename",
                        () -> assertRefused(
                                ErrorCodes.DATABASE_FOREIGN, () -> databases().rename(MINE, foreign.name()))),
                dynamicTest("transact", () -> assertRefused(ErrorCodes.DATABASE_FOREIGN, () -> written(foreign))),
                dynamicTest("drop", () -> {
                    assertRefused(ErrorCodes.DATABASE_FOREIGN, () -> databases().drop(foreign));
                    assertThat(databases().exists(foreign.name())).isTrue();
                }));
    }

    @TestFactory
    Stream<DynamicTest> aHalfCreatedDatabase() {
        DatabaseRef created = ref("half-created.example", 5);
        DatabaseRef copied = ref("half-copied.example", 6);
        DatabaseRef dropped = ref("half-dropped.example", 7);
        databaseWith(MINE.name(), 1, "source");
        return where(
                fixture().leaveHalfMade(backend(), created)
                        && fixture().leaveHalfMade(backend(), copied)
                        && fixture().leaveHalfMade(backend(), dropped),
                "leaveHalfMade of the fixture",
                dynamicTest("is listed", () -> assertThat(databases().list()).contains(created, copied, dropped)),
                dynamicTest("is created again by create", () -> {
                    databases().create(created);
                    assertThat(written(created)).isEmpty();
                    write(created, "works");
                    databases().open(created);
                }),
                dynamicTest("is created again by copy", () -> {
                    databases().copy(MINE, copied);
                    assertThat(written(copied)).containsExactly("source");
                    databases().open(copied);
                }),
                dynamicTest("is removed by drop", () -> {
                    databases().drop(dropped);
                    assertThat(databases().exists(dropped.name())).isFalse();
                }));
    }

    @TestFactory
    Stream<DynamicTest> aHalfDroppedDatabase() {
        DatabaseRef again = ref("again.example", 8);
        databaseWith(MINE.name(), 1, "gone");
        databaseWith(again.name(), 8, "gone");
        return where(
                fixture().leaveHalfDropped(backend(), MINE) && fixture().leaveHalfDropped(backend(), again),
                "leaveHalfDropped of the fixture",
                dynamicTest("is removed by another drop", () -> {
                    databases().drop(MINE);
                    assertThat(databases().exists(MINE.name())).isFalse();
                }),
                dynamicTest("can be dropped and created again", () -> {
                    databases().drop(again);
                    databases().create(again);
                    assertThat(written(again)).isEmpty();
                }));
    }

    /** Returns every call that needs an existing database. */
    private Map<String, BiConsumer<Databases, DatabaseRef>> callsThatNeedIt() {
        Map<String, BiConsumer<Databases, DatabaseRef>> calls = new LinkedHashMap<>();
        calls.put("copy from it", (databases, database) -> databases.copy(database, ref("copy.example", 9)));
        calls.put("open", Databases::open);
        calls.put("close", Databases::close);
        calls.put("rename", (databases, database) -> databases.rename(database, "renamed.example"));
        calls.put("size", Databases::size);
        calls.put(
                "transact",
                (databases, database) -> databases.transact(
                        database, tx -> tx.records(RecordTypes.MEMBERS).find(1)));
        calls.put(
                "configure",
                (databases, database) -> databases.configure(
                        database, tx -> tx.records(RecordTypes.MEMBERS).find(1)));
        return calls;
    }
}
