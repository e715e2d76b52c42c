// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.spi.backend.Adoption;
import dev.allotment.spi.backend.Capability;
import dev.allotment.spi.backend.DatabaseEntry;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.FencingToken;
import dev.allotment.spi.backend.WarmSpares;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.assertj.core.api.Assertions;
import org.jspecify.annotations.Nullable;
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
    /** A later run of the older operation. */
    private static final FencingToken AGAIN = token(1, 7, 2);

    private static final DatabaseRef ADOPTED = ref("adopted.example", 4);

    /** For subclasses. */
    protected FencingContract() {}

    private static Adoption adoption(Databases databases) {
        return Objects.requireNonNull(databases.adoption());
    }

    private static FencingToken token(long epoch, long operation, long takeovers) {
        return new FencingToken(epoch, operation, new UUID(epoch, operation), takeovers);
    }

    private Databases by(FencingToken token) {
        return databases().fencedBy(token);
    }

    /**
     * A change that a view compares with the last one.
     *
     * @param before creates the databases that it needs, without {@link #SHOP} if it creates that
     * @param change makes it, and may be repeated
     * @param target the database that it is refused for; null: one that it creates
     * @param changed the databases with which it stores its token; empty: the database is gone, or as it was
     */
    private record Change(
            String name,
            Consumer<FencingContract> before,
            Consumer<Databases> change,
            @Nullable DatabaseRef target,
            List<DatabaseRef> changed) {}

    /** Returns every change that views compare, as the Javadoc of fencedBy lists them. */
    private List<Change> changes() {
        List<Change> changes = new ArrayList<>();
        Consumer<FencingContract> source = kit -> kit.databaseWith(SOURCE.name(), 3, "source");
        Consumer<FencingContract> both = source.andThen(kit -> kit.databaseWith(SHOP.name(), 1, "shop"));
        Consumer<FencingContract> shop = kit -> kit.databaseWith(SHOP.name(), 1, "shop");
        Consumer<FencingContract> spare = kit -> kit.databaseWith(SPARE.name(), 2, "spare");
        changes.add(new Change("create", kit -> {}, each -> each.create(SHOP), null, List.of(SHOP)));
        changes.add(new Change("copy", source, each -> each.copy(SOURCE, SHOP), null, List.of(SHOP)));
        changes.add(new Change("open", shop, each -> each.open(SHOP), SHOP, List.of(SHOP)));
        changes.add(new Change("close", shop, each -> each.close(SHOP), SHOP, List.of(SHOP)));
        changes.add(new Change(
                "rename",
                shop,
                each -> each.rename(SHOP, "renamed.example"),
                SHOP,
                List.of(ref("renamed.example", 1))));
        changes.add(new Change(
                "rename to its name",
                shop,
                each -> each.rename(ref("other.example", 1), SHOP.name()),
                SHOP,
                List.of(SHOP)));
        changes.add(new Change("claim", spare, each -> each.claim(SPARE, CLAIMED.name()), SPARE, List.of(CLAIMED)));
        WarmSpares warm = databases().warmSpares();
        // Otherwise the claim needs the operation in the catalog, which has none here.
        if (warm != null && !warm.sharesLogWithCatalog()) {
            changes.add(new Change(
                    "claim with work",
                    spare,
                    each -> Objects.requireNonNull(each.warmSpares()).claim(SPARE, CLAIMED.name(), tx -> 1),
                    SPARE,
                    List.of(CLAIMED)));
        }
        changes.add(new Change("drop", shop, each -> each.drop(SHOP), SHOP, List.of()));
        if (databases().transfer() != null) {
            byte[][] content = new byte[1][];
            Consumer<FencingContract> sent = source.andThen(kit -> content[0] = kit.sent(SOURCE));
            changes.add(new Change(
                    "receive",
                    sent,
                    each -> transfer(each).receive(SHOP, new ByteArrayInputStream(content[0])),
                    null,
                    List.of(SHOP)));
            changes.add(new Change("replace", both, each -> transfer(each).replace(SHOP, SOURCE), SHOP, List.of(SHOP)));
            changes.add(new Change(
                    "replace by nothing", shop, each -> transfer(each).replace(SHOP, SPARE), SHOP, List.of(SHOP)));
            changes.add(new Change(
                    "replace another one", both, each -> transfer(each).replace(SOURCE, SHOP), SHOP, List.of(SOURCE)));
            List<DatabaseRef> exchanged = List.of(ref(SOURCE.name(), 1), ref(SHOP.name(), 3));
            changes.add(new Change("exchange", both, each -> transfer(each).exchange(SHOP, SOURCE), SHOP, exchanged));
            changes.add(
                    new Change("be exchanged", both, each -> transfer(each).exchange(SOURCE, SHOP), SHOP, exchanged));
        }
        if (databases().adoption() != null) {
            Consumer<FencingContract> foreign = kit ->
                    need(kit.fixture().putAdoptable(kit.backend(), ADOPTED.name()), "putAdoptable of the fixture");
            changes.add(new Change("adopt", foreign, each -> adoption(each).adopt(ADOPTED), null, List.of(ADOPTED)));
            changes.add(new Change(
                    "release",
                    foreign.andThen(kit -> adoption(kit.databases()).adopt(ADOPTED)),
                    each -> adoption(each).release(ADOPTED),
                    ADOPTED,
                    List.of()));
        }
        return changes;
    }

    /** Returns a test for each change, with empty databases. */
    private Stream<DynamicTest> forEveryChange(Consumer<Change> check) {
        return changes().stream()
                .map(change -> dynamicTest(change.name(), () -> {
                    databases().list().forEach(databases()::drop);
                    change.before().accept(this);
                    check.accept(change);
                }));
    }

    @TestFactory
    Stream<DynamicTest> aChangeIsRefusedAfterANewerOne() {
        return forEveryChange(change -> {
            if (change.target() == null) {
                change.change().accept(by(NEWER));
            } else {
                by(NEWER).close(change.target());
            }
            DatabaseRef target = change.target() == null ? change.changed().get(0) : change.target();
            write(target, "newer");
            List<DatabaseRef> all = databases().list();
            if (change.name().equals("release")) {
                // It releases only what the same operation has adopted, or what no operation has.
                adoption(by(OLDER)).release(target);
            } else {
                assertTakenOver(NEWER, () -> change.change().accept(by(OLDER)));
            }
            assertThat(databases().list()).isEqualTo(all);
            assertThat(written(target)).endsWith("newer");
            assertOpen(target, false);
            assertTakenOver(NEWER, () -> by(OLDER).close(target));
        });
    }

    @TestFactory
    Stream<DynamicTest> everyChangeStoresItsToken() {
        return forEveryChange(change -> {
            for (FencingToken present : List.of(OLDER, AGAIN)) {
                change.change().accept(by(present));
                for (DatabaseRef changed : change.changed()) {
                    assertTakenOver(present, () -> by(token(1, 6, 9)).close(changed));
                }
            }
        });
    }

    @Test
    void ofTwoOperationsAtOnceTheNewerOneHasTheLastWord() {
        by(token(1, 1, 1)).create(SHOP);
        for (int epoch = 2; epoch < 7; epoch++) {
            FencingToken older = token(epoch, 7, 1);
            FencingToken newer = token(epoch, 8, 1);
            var outcomes = Race.run(2, i -> {
                if (i == 0) {
                    databasesOf(i).fencedBy(older).close(SHOP);
                } else {
                    databasesOf(i).fencedBy(newer).open(SHOP);
                }
                return null;
            });
            Throwable late = outcomes.get(0).failure();
            if (late != null) {
                assertTakenOver(newer, () -> {
                    throw (RuntimeException) late;
                });
            }
            assertThat(outcomes.get(1).failure()).isNull();
            assertOpen(SHOP, true);
            assertTakenOver(newer, () -> by(older).open(SHOP));
        }
    }

    @Test
    void aDatabaseWithoutATokenIsDiscarded() {
        databases().create(SHOP);
        by(OLDER).discard(SHOP);

        assertThat(databases().list()).isEmpty();
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
        assertOpen(CLAIMED, true);
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
        return with(Capability.DURABLE, dynamicTest("the token", () -> {
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
