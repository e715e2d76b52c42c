// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.ErrorCodes;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.FencingToken;
import java.util.List;
import java.util.UUID;

/**
 * Databases that a process changes step by step until it is killed, and what must be true of them afterwards: the last
 * step was done or not, and is completed by repeating it. Step {@code n} has the token of operation {@code n}.
 */
final class ChangedDatabases {
    /** After this number of steps of each kind, the process may be killed. */
    static final int STEPS = 2;

    static final String RENAME = "rename";
    static final String REPLACE = "replace";
    static final String EXCHANGE = "exchange";
    static final List<String> KINDS = List.of(RENAME, REPLACE, EXCHANGE);

    private static final DatabaseRef RENAMED = Contract.ref("even-name.example", 11);
    private static final DatabaseRef REPLACED = Contract.ref("replaced.example", 12);
    private static final String NEXT = "next.example";
    private static final DatabaseRef LEFT = Contract.ref("left.example", 13);
    private static final DatabaseRef RIGHT = Contract.ref("right.example", 14);

    private final Databases databases;

    ChangedDatabases(Databases databases) {
        this.databases = databases;
    }

    private Databases by(long step, long takeovers) {
        return databases.fencedBy(new FencingToken(1, step, new UUID(1, step), takeovers));
    }

    /** Creates the databases, each with its text. */
    void create(boolean transfer) {
        createWith(RENAMED, "renamed");
        if (transfer) {
            createWith(REPLACED, "0");
            createWith(LEFT, "left");
            createWith(RIGHT, "right");
        }
    }

    private void createWith(DatabaseRef database, String text) {
        databases.create(database);
        databases.transact(database, tx -> Contract.insertParameter(tx, text));
    }

    /** The name alternates. */
    void rename(long step) {
        by(step, 1).rename(renamed(step - 1), renamed(step).name());
    }

    private static DatabaseRef renamed(long step) {
        return step % 2 == 0 ? RENAMED : new DatabaseRef("odd-name.example", RENAMED.uuid());
    }

    /** Replaces the database by a new one that has the number of the step as its text. */
    void replace(long step) {
        DatabaseRef next = next(step);
        by(step, 1).create(next);
        databases.transact(next, tx -> Contract.insertParameter(tx, Long.toString(step)));
        Contract.transfer(by(step, 1)).replace(REPLACED, next);
    }

    private static DatabaseRef next(long step) {
        return Contract.ref(NEXT, 1_000 + step);
    }

    void exchange(long step) {
        Contract.transfer(by(step, 1)).exchange(left(step - 1), right(step - 1));
    }

    private static DatabaseRef left(long step) {
        return new DatabaseRef(LEFT.name(), (step % 2 == 0 ? LEFT : RIGHT).uuid());
    }

    private static DatabaseRef right(long step) {
        return new DatabaseRef(RIGHT.name(), (step % 2 == 0 ? RIGHT : LEFT).uuid());
    }

    private List<String> texts(DatabaseRef database) {
        return databases.transact(database, Contract::parameters);
    }

    /** Checks what the process has left, and that its last step can be repeated. */
    void checkRenamed(long last) {
        List<DatabaseRef> found = databases.list().stream()
                .filter(each -> each.uuid().equals(RENAMED.uuid()))
                .toList();
        assertThat(found).as("the renamed database").hasSize(1).isSubsetOf(renamed(last), renamed(last + 1));
        if (found.contains(renamed(last + 1))) {
            assertStored(last + 1, renamed(last + 1));
        }
        by(last + 1, 2).rename(renamed(last), renamed(last + 1).name());
        assertThat(databases.list()).contains(renamed(last + 1)).doesNotContain(renamed(last));
        assertThat(texts(renamed(last + 1))).containsExactly("renamed");
    }

    void checkReplaced(long last) {
        assertThat(databases.list())
                .as("the replaced database")
                .filteredOn(each -> each.uuid().equals(REPLACED.uuid()))
                .containsExactly(REPLACED);
        List<String> found = texts(REPLACED);
        assertThat(found).isIn(List.of(Long.toString(last)), List.of(Long.toString(last + 1)));
        DatabaseRef next = next(last + 1);
        if (found.equals(List.of(Long.toString(last + 1)))) {
            assertStored(last + 1, REPLACED);
        } else {
            by(last + 1, 2).create(next);
            if (texts(next).isEmpty()) {
                databases.transact(next, tx -> Contract.insertParameter(tx, Long.toString(last + 1)));
            }
        }
        Contract.transfer(by(last + 1, 2)).replace(REPLACED, next);
        assertThat(texts(REPLACED)).containsExactly(Long.toString(last + 1));
        assertThat(databases.find(next.uuid())).isNull();
        assertThat(databases.exists(NEXT)).isFalse();
        assertThat(databases.remains(next)).doesNotContainValue(true);
    }

    void checkExchanged(long last) {
        List<DatabaseRef> found = databases.list().stream()
                .filter(each -> List.of(LEFT.uuid(), RIGHT.uuid()).contains(each.uuid()))
                .toList();
        assertThat(found)
                .as("the exchanged databases")
                .isIn(List.of(left(last), right(last)), List.of(left(last + 1), right(last + 1)));
        if (found.contains(left(last + 1))) {
            assertStored(last + 1, left(last + 1));
            assertStored(last + 1, right(last + 1));
        }
        Contract.transfer(by(last + 1, 2)).exchange(left(last), right(last));
        assertThat(texts(left(last + 1))).containsExactly("left");
        assertThat(texts(right(last + 1))).containsExactly("right");
    }

    /** Checks that the token of a step is stored with what the step has changed. */
    private void assertStored(long step, DatabaseRef database) {
        Contract.assertRefused(
                ErrorCodes.OPERATION_TAKEN_OVER, () -> by(step - 1, 9).close(database));
    }
}
