// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.backup;

import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.TenantId;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.spi.backend.DrillTurn;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * When the backups of each tenant are to be restored as a drill. A tenant gets a turn with its first scheduled backup,
 * at a time that depends on its number, so that many tenants spread over the whole time. Thread-safe.
 */
public final class DrillTurns {
    /** When a drill that failed is done again. */
    private static final Duration RETRY = Duration.ofDays(1);

    /** A node that is busy, or a server that is down, may delay a drill this long before it counts as overdue. */
    private static final Duration GRACE = Duration.ofDays(1);

    /** Numbers in a row get times that are far apart: this is a millionth of an irrational part of it. */
    private static final long STEP = 267_949;

    private static final int PARTS = 1_000_000;

    private final CoreContext context;
    private final Duration within;

    /** @param within how long each tenant may wait; zero: there are no drills */
    public DrillTurns(CoreContext context, Duration within) {
        this.context = context;
        this.within = within;
    }

    boolean areTaken() {
        return !within.isZero();
    }

    /** Gives a tenant that has a scheduled backup a turn, unless it has one. */
    void give(Transaction tx, TenantId tenant) {
        if (of(tx, tenant).isEmpty()) {
            int part = Math.floorMod(tenant.value() * STEP, PARTS);
            Instant first = context.now().plus(within.dividedBy(PARTS).multipliedBy(part));
            tx.records(RecordTypes.DRILL_TURNS).insert(new DrillTurn(0, tenant, first));
        }
    }

    private static Optional<DrillTurn> of(Transaction tx, TenantId tenant) {
        return tx.records(RecordTypes.DRILL_TURNS).list(Query.where(Filter.equal(DrillTurn.TENANT_ID, tenant))).stream()
                .findFirst();
    }

    /** The first turns, those that are due first. */
    static List<DrillTurn> first(Transaction tx, int most) {
        return tx.records(RecordTypes.DRILL_TURNS)
                .list(Query.where(Filter.<DrillTurn>all())
                        .orderBy(DrillTurn.NEXT_AT)
                        .orderBy(DrillTurn.ID)
                        .page(0, most));
    }

    boolean isDue(DrillTurn turn) {
        return !turn.nextAt().isAfter(context.now());
    }

    /** Takes a turn, and plans the next one; false if another node was faster. */
    boolean take(Transaction tx, DrillTurn turn) {
        return change(tx, turn, within);
    }

    /** Lets others go first. */
    void postpone(Transaction tx, DrillTurn turn) {
        change(tx, turn, DueBackups.RETRY);
    }

    private boolean change(Transaction tx, DrillTurn turn, Duration in) {
        Records<DrillTurn> turns = tx.records(RecordTypes.DRILL_TURNS);
        Optional<DrillTurn> present = turns.lock(turn.id()).filter(turn::equals);
        present.ifPresent(each -> turns.update(
                new DrillTurn(each.id(), each.tenantId(), context.now().plus(in))));
        return present.isPresent();
    }

    /** Removes the turn of a tenant that has no scheduled backups. It gets another one with its next one. */
    static void remove(Transaction tx, DrillTurn turn) {
        tx.records(RecordTypes.DRILL_TURNS).delete(turn.id());
    }

    /** Brings the next turn of a tenant forward, since its drill has failed. */
    void retry(Transaction tx, TenantId tenant) {
        Instant at = context.now().plus(RETRY);
        of(tx, tenant)
                .filter(turn -> turn.nextAt().isAfter(at))
                .ifPresent(turn -> tx.records(RecordTypes.DRILL_TURNS).update(new DrillTurn(turn.id(), tenant, at)));
    }

    long overdue(Transaction tx) {
        return areTaken()
                ? tx.records(RecordTypes.DRILL_TURNS)
                        .count(Filter.compare(
                                DrillTurn.NEXT_AT,
                                Filter.Operator.LESS,
                                context.now().minus(GRACE)))
                : 0;
    }
}
