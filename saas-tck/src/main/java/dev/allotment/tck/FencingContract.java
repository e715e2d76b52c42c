// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.spi.backend.Capability;
import dev.allotment.spi.backend.DatabaseEntry;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.FencingToken;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * A change is refused after an operation with a newer fencing token changed the database, and a spare that another
 * operation claimed is not claimed again.
 */
public abstract class FencingContract extends Contract {
    private static final DatabaseRef SHOP = ref("shop.example", 1);
    private static final DatabaseRef SPARE = ref("spare.example", 2);
    private static final DatabaseRef CLAIMED = ref("claimed.example", 2);
    private static final DatabaseRef SOURCE = ref("source.example", 3);
    private static final FencingToken OLDER = token(1, 7, 1);
    private static final FencingToken NEWER = token(1, 8, 1);

    /** For subclasses. */
    protected FencingContract() {}

    private static FencingToken token(long epoch, long operation, long takeovers) {
        return new FencingToken(epoch, operation, new UUID(epoch, operation), takeovers);
    }

    private Databases by(FencingToken token) {
        return databases().fencedBy(token);
    }

    @TestFactory
    Stream<DynamicTest> aChangeIsRefusedAfterANewerOne() {
        databaseWith(SOURCE.name(), 3, "source");
        by(NEWER).create(SHOP);
        write(SHOP, "newer");
        Map<String, Consumer<Databases>> changes = new LinkedHashMap<>();
        changes.put("create", databases -> databases.create(SHOP));
        changes.put("copy to it", databases -> databases.copy(SOURCE, SHOP));
        changes.put("open", databases -> databases.open(SHOP));
        changes.put("close", databases -> databases.close(SHOP));
        changes.put("rename", databases -> databases.rename(SHOP, "renamed.example"));
        changes.put("rename to its name", databases -> databases.rename(ref("other.example", 1), SHOP.name()));
        changes.put("claim", databases -> databases.claim(SHOP, "renamed.example"));
        changes.put("drop", databases -> databases.drop(SHOP));
        if (declares(Capability.TRANSFER)) {
            changes.put("replace", databases -> databases.replace(SHOP, SOURCE));
            changes.put("replace by nothing", databases -> databases.replace(SHOP, SPARE));
            changes.put("replace another one", databases -> databases.replace(SOURCE, SHOP));
            changes.put("exchange", databases -> databases.exchange(SHOP, SOURCE));
            changes.put("be exchanged", databases -> databases.exchange(SOURCE, SHOP));
        }
        return changes.entrySet().stream()
                .map(change -> dynamicTest(change.getKey(), () -> {
                    assertTakenOver(NEWER, () -> change.getValue().accept(by(OLDER)));
                    assertThat(databases().list()).containsExactly(SHOP, SOURCE);
                    assertThat(written(SHOP)).containsExactly("newer");
                    fixture()
                            .isOpen(backend(), SHOP)
                            .ifPresent(open -> assertThat(open).isFalse());
                }));
    }

    @TestFactory
    Stream<DynamicTest> everyChangeStoresItsToken() {
        databaseWith(SOURCE.name(), 3, "source");
        Map<String, Consumer<Databases>> changes = new LinkedHashMap<>();
        changes.put("open", databases -> databases.open(SHOP));
        changes.put("open again", databases -> databases.open(SHOP));
        changes.put("close", databases -> databases.close(SHOP));
        changes.put("rename", databases -> databases.rename(SHOP, "renamed.example"));
        changes.put("rename again", databases -> databases.rename(SHOP, "renamed.example"));
        changes.put("rename back", databases -> databases.rename(ref("renamed.example", 1), SHOP.name()));
        by(token(1, 1, 1)).create(SHOP);
        int[] operation = {1};
        return changes.entrySet().stream()
                .map(change -> dynamicTest(change.getKey(), () -> {
                    FencingToken present = token(1, ++operation[0], 1);
                    change.getValue().accept(by(present));
                    DatabaseRef now = Objects.requireNonNull(databases().find(SHOP.uuid()));
                    assertTakenOver(
                            present, () -> by(token(1, operation[0] - 1, 9)).open(now));
                }));
    }

    @Test
    void aTokenOfAnEarlierEpochIsOlderAndSoIsOneBeforeATakeover() {
        by(token(2, 1, 1)).create(SHOP);
        assertTakenOver(token(2, 1, 1), () -> by(token(1, 99, 9)).open(SHOP));

        by(token(2, 1, 2)).open(SHOP);
        assertTakenOver(token(2, 1, 2), () -> by(token(2, 1, 1)).close(SHOP));

        by(token(2, 2, 1)).close(SHOP);
        assertTakenOver(token(2, 2, 1), () -> by(token(2, 1, 9)).open(SHOP));
    }

    @TestFactory
    Stream<DynamicTest> anExchangeStoresItsTokenWithBoth() {
        return where(declares(Capability.TRANSFER), dynamicTest("also if it finds nothing to do", () -> {
            databaseWith(SOURCE.name(), 3, "source");
            by(token(1, 1, 1)).create(SHOP);
            write(SHOP, "shop");
            DatabaseRef shop = ref(SOURCE.name(), 1);
            DatabaseRef source = ref(SHOP.name(), 3);
            for (FencingToken present : List.of(OLDER, token(1, 7, 2))) {
                by(present).exchange(SHOP, SOURCE);
                assertThat(written(shop)).containsExactly("source");
                assertThat(written(source)).containsExactly("shop");
                for (DatabaseRef each : List.of(shop, source)) {
                    assertTakenOver(present, () -> by(token(1, 6, 9)).open(each));
                }
                assertTakenOver(present, () -> by(token(1, 6, 9)).exchange(SHOP, SOURCE));
            }
        }));
    }

    @Test
    void anotherOperationWithTheSameNumberIsRefused() {
        by(OLDER).create(SHOP);
        FencingToken twin = new FencingToken(OLDER.epoch(), OLDER.operationId(), new UUID(9, 9), 2);

        assertTakenOver(OLDER, () -> by(twin).open(SHOP));
        assertTakenOver(OLDER, () -> by(twin).drop(SHOP));
    }

    @Test
    void anOperationRepeatsWhatItDid() {
        databaseWith(SOURCE.name(), 3, "source");
        FencingToken again = token(1, 7, 2);
        by(OLDER).copy(SOURCE, SHOP);
        by(again).copy(SOURCE, SHOP);
        by(again).open(SHOP);
        by(again).open(SHOP);
        by(again).rename(SHOP, "renamed.example");
        by(again).rename(SHOP, "renamed.example");

        assertThat(written(ref("renamed.example", 1))).containsExactly("source");
        assertTakenOver(again, () -> by(OLDER).close(ref("renamed.example", 1)));
    }

    @Test
    void aDatabaseThatAnotherOperationCreatedDoesNotCountAsCreated() {
        databaseWith(SOURCE.name(), 3, "source");
        by(OLDER).create(SHOP);
        write(SHOP, "older");

        assertRefused(ErrorCodes.DATABASE_FOREIGN, () -> by(NEWER).create(SHOP));
        assertRefused(ErrorCodes.DATABASE_FOREIGN, () -> by(NEWER).copy(SOURCE, SHOP));
        assertThat(written(SHOP)).containsExactly("older");
    }

    @Test
    void aDatabaseThatWasRenamedIsNotCreatedAgainUnderItsOldName() {
        databaseWith(SOURCE.name(), 3, "source");
        by(OLDER).create(SHOP);
        by(NEWER).rename(SHOP, "renamed.example");

        for (FencingToken late : List.of(OLDER, token(1, 7, 2), token(1, 9, 1))) {
            assertNotCreated(() -> by(late).create(SHOP));
            assertNotCreated(() -> by(late).copy(SOURCE, SHOP));
        }
        assertThat(databases().list()).containsExactly(ref("renamed.example", 1), SOURCE);
        by(NEWER).open(ref("renamed.example", 1));
    }

    @Test
    void aSpareIsClaimedByOneOperationAlone() {
        by(token(1, 1, 1)).create(SPARE);
        write(SPARE, "spare");
        by(OLDER).claim(SPARE, CLAIMED.name());
        by(token(1, 7, 2)).claim(SPARE, CLAIMED.name());
        write(CLAIMED, "tenant");

        assertRefused(ErrorCodes.DATABASE_UNKNOWN, () -> by(NEWER).claim(SPARE, CLAIMED.name()));
        assertRefused(ErrorCodes.DATABASE_UNKNOWN, () -> by(NEWER).claim(SPARE, "other.example"));
        assertRefused(ErrorCodes.DATABASE_UNKNOWN, () -> by(token(2, 1, 1)).claim(SPARE, CLAIMED.name()));
        assertThat(databases().list()).containsExactly(CLAIMED);
        assertThat(written(CLAIMED)).containsExactly("spare", "tenant");
        fixture().isOpen(backend(), CLAIMED).ifPresent(open -> assertThat(open).isTrue());
    }

    @Test
    void aSpareThatWasClaimedIsNotDroppedUnderItsOldName() {
        by(token(1, 1, 1)).create(SPARE);
        by(OLDER).claim(SPARE, CLAIMED.name());

        by(NEWER).drop(SPARE);
        by(OLDER).drop(SPARE);

        assertThat(databases().list()).containsExactly(CLAIMED);
        by(OLDER).close(CLAIMED);
    }

    @Test
    void onlyWhatTheOperationItselfChangedLastIsDiscarded() {
        by(OLDER).create(SHOP);
        by(NEWER).discard(SHOP);
        assertThat(databases().list()).containsExactly(SHOP);

        by(NEWER).open(SHOP);
        by(OLDER).discard(SHOP);
        assertThat(databases().list()).containsExactly(SHOP);

        by(token(1, 8, 2)).close(SHOP);
        assertTakenOver(token(1, 8, 2), () -> by(NEWER).discard(SHOP));
        assertThat(databases().list()).containsExactly(SHOP);

        by(token(1, 8, 2)).discard(SHOP);
        assertThat(databases().list()).isEmpty();
        by(token(1, 8, 2)).discard(SHOP);
    }

    @Test
    void aCopyHasItsOwnToken() {
        by(NEWER).create(SOURCE);
        by(OLDER).copy(SOURCE, SHOP);
        by(token(1, 7, 2)).open(SHOP);

        assertTakenOver(NEWER, () -> by(OLDER).open(SOURCE));
    }

    @Test
    void withoutATokenChangesAreNeitherComparedNorStored() {
        databases().create(SHOP);
        by(OLDER).open(SHOP);
        databases().close(SHOP);
        databases().rename(SHOP, "renamed.example");
        assertTakenOver(OLDER, () -> by(token(1, 6, 1)).open(ref("renamed.example", 1)));

        databases().drop(ref("renamed.example", 1));
        by(token(1, 6, 1)).create(SHOP);
        by(token(1, 6, 1)).open(SHOP);
    }

    @Test
    void theInventoryHasTheTokenOfTheLastChange() {
        by(OLDER).create(SHOP);
        by(NEWER).open(SHOP);
        databases().create(SPARE);

        assertThat(databases().inventory()).extracting(DatabaseEntry::token).containsExactly(NEWER, null);
    }

    @TestFactory
    Stream<DynamicTest> theTokenSurvivesARestart() {
        return where(declares(Capability.DURABLE), dynamicTest("the token", () -> {
            by(NEWER).create(SHOP);
            restart();
            assertTakenOver(NEWER, () -> by(OLDER).drop(SHOP));
            by(NEWER).open(SHOP);
        }));
    }

    private static void assertNotCreated(Runnable creation) {
        Assertions.assertThatThrownBy(creation::run)
                .isInstanceOfSatisfying(
                        SaasException.class,
                        e -> Assertions.assertThat(e.code())
                                .isIn(ErrorCodes.OPERATION_TAKEN_OVER, ErrorCodes.DATABASE_FOREIGN));
    }

    private static void assertTakenOver(FencingToken stored, Runnable change) {
        assertRefused(ErrorCodes.OPERATION_TAKEN_OVER, change::run)
                .isInstanceOfSatisfying(
                        SaasException.class,
                        e -> Assertions.assertThat(
                                        FencingToken.parse(e.details().get(FencingToken.STORED)))
                                .isEqualTo(stored));
    }
}
