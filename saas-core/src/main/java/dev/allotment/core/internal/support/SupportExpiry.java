// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.support;

import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.database.SupportLogins;
import dev.allotment.core.internal.record.SupportRows;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredSupportUse;
import dev.allotment.support.SupportAccess;
import dev.allotment.support.SupportAccessState;
import dev.allotment.support.SupportAccesses;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Records that the time of support access has passed. It ends when its time has passed, also if this never runs. */
final class SupportExpiry {
    private static final int BATCH = 100;

    private final CoreContext context;
    private final SupportLogins logins;

    SupportExpiry(CoreContext context, SupportLogins logins) {
        this.context = context;
        this.logins = logins;
    }

    int endDue() {
        return endAccesses() + endUses() + logins.end(Filter.all());
    }

    private int endAccesses() {
        Instant now = context.now();
        Query<SupportAccess> due = Query.where(Filter.and(
                        SupportRows.OPEN, Filter.compare(SupportAccess.EXPIRES_AT, Filter.Operator.LESS_OR_EQUAL, now)))
                .orderBy(SupportAccess.ID)
                .page(0, BATCH);
        List<SupportAccess> found = context.catalog()
                .transact(tx -> tx.records(RecordTypes.SUPPORT_ACCESSES).list(due));
        return (int) found.stream().filter(each -> end(each, now)).count();
    }

    private boolean end(SupportAccess due, Instant now) {
        return context.catalog()
                .transact(tx -> tx.records(RecordTypes.SUPPORT_ACCESSES)
                        .lock(due.id().value())
                        .filter(locked -> locked.endedAt() == null)
                        .map(locked -> locked.at(now))
                        .filter(locked -> locked.state() == SupportAccessState.EXPIRED)
                        .map(expired -> {
                            SupportRows.change(context, tx, Actor.HOST, expired, Map.of());
                            return true;
                        })
                        .orElse(false));
    }

    /** Links that were not used, and sessions that were not used for a while. */
    private int endUses() {
        Instant now = context.now();
        Filter<StoredSupportUse> due = Filter.and(
                Filter.equal(StoredSupportUse.ENDED_AT, null),
                Filter.or(
                        Filter.compare(StoredSupportUse.EXPIRES_AT, Filter.Operator.LESS_OR_EQUAL, now),
                        Filter.compare(
                                StoredSupportUse.USED_AT,
                                Filter.Operator.LESS_OR_EQUAL,
                                now.minus(SupportAccesses.IDLE))));
        List<Long> found = context.catalog()
                .transact(tx -> tx.records(RecordTypes.SUPPORT_USES)
                        .values(
                                StoredSupportUse.ID,
                                Query.where(due).orderBy(StoredSupportUse.ID).page(0, BATCH)));
        // One by one: a link may have been opened, and a session used, since they were found.
        found.forEach(each -> context.catalog()
                .transact(tx ->
                        SupportRows.endUses(tx, Filter.and(due, Filter.equal(StoredSupportUse.ID, each)), now)));
        return found.size();
    }
}
