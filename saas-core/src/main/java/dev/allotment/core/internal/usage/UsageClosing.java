// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.usage;

import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Filter.Operator;
import dev.allotment.Query;
import dev.allotment.TenantId;
import dev.allotment.Usage;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.record.NodeRows;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.spi.backend.UsagePosition;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Closes days of usage: gives a row to each tenant that has none for a day, and a revision with its event to each row
 * that has to be closed. The node that locks the position does it. What is done twice changes nothing the second
 * time. A clock that is ahead closes days that have not ended; their rows are closed again if their numbers change, but
 * the rows of tenants that were deleted before such a day stay.
 */
final class UsageClosing {
    private static final int PAGE = 200;
    private static final Duration LONGEST = Duration.ofSeconds(5);
    private static final String POSITION = "days";
    private static final Duration DAY = Duration.ofDays(1);

    private final CoreContext context;

    UsageClosing(CoreContext context) {
        this.context = context;
    }

    private record Progress(int done, boolean more) {}

    /**
     * Returns how many rows it has made and closed. If there is nothing to do, this is four queries. If there is a lot,
     * the next run of the maintenance continues.
     */
    int closeDue() {
        long start = context.tick();
        int done = 0;
        boolean more = true;
        while (more && context.tick() - start < LONGEST.toNanos()) {
            Progress progress = context.work().orAgain(this::page);
            done += progress.done();
            more = progress.more();
        }
        return done;
    }

    private Progress page(Transaction tx) {
        // A node that does not know the event would look for it again and again. Days are closed when it has stopped.
        if (NodeRows.older(tx, context.catalog().schemaVersion()).isPresent()) {
            return new Progress(0, false);
        }
        Instant now = context.now();
        Instant last = now.minus(UsageRows.CLOSING).truncatedTo(ChronoUnit.DAYS).minus(DAY);
        Records<UsagePosition> positions = tx.records(RecordTypes.USAGE_POSITIONS);
        if (positions.list(Query.all()).isEmpty()) {
            // The days before are of an earlier version, which sent none.
            positions.insert(new UsagePosition(0, POSITION, last.minus(DAY), 0));
            return new Progress(0, true);
        }
        Optional<UsagePosition> locked = positions.lockFree(Query.all());
        if (locked.isEmpty()) {
            // Another node is doing this.
            return new Progress(0, false);
        }
        UsagePosition position = locked.get();
        if (position.day().plus(DAY).isAfter(now)) {
            // The clock was ahead. Tenants that were created since may have no row for the days that it went back.
            position = new UsagePosition(position.id(), POSITION, last.minus(DAY), 0);
        }
        Progress filled = position.day().isBefore(last) ? fill(tx, position) : new Progress(0, false);
        Progress closed = close(tx, now);
        return new Progress(filled.done() + closed.done(), filled.more() || closed.more());
    }

    /** Gives a row to the next tenants that have none for the day after the position. */
    private static Progress fill(Transaction tx, UsagePosition position) {
        Instant day = position.day().plus(DAY);
        Records<StoredTenant> tenants = tx.records(RecordTypes.TENANTS);
        List<StoredTenant> page = tenants.list(Query.where(Filter.and(
                        UsageRows.existed(day),
                        Filter.compare(StoredTenant.ID, Operator.GREATER, new TenantId(position.tenantId()))))
                .orderBy(StoredTenant.ID)
                .page(0, PAGE));
        Map<TenantId, Usage> known = known(tx, day, page);
        int done = 0;
        for (StoredTenant each : page) {
            Usage row = known.get(each.id());
            boolean filled = row == null ? missed(tx, each.id(), day) : scheduled(tx, row);
            done += filled ? 1 : 0;
        }
        tx.records(RecordTypes.USAGE_POSITIONS)
                .update(
                        page.size() < PAGE
                                ? new UsagePosition(position.id(), POSITION, day, 0)
                                : new UsagePosition(
                                        position.id(),
                                        POSITION,
                                        position.day(),
                                        page.get(PAGE - 1).id().value()));
        return new Progress(done, true);
    }

    private static Map<TenantId, Usage> known(Transaction tx, Instant day, List<StoredTenant> tenants) {
        List<TenantId> ids = tenants.stream().map(StoredTenant::id).toList();
        return tx
                .records(RecordTypes.USAGE)
                .list(Query.where(Filter.and(Filter.equal(Usage.DAY, day), Filter.in(Usage.TENANT_ID, ids))))
                .stream()
                .collect(Collectors.toMap(Usage::tenantId, each -> each));
    }

    /** Under the lock of the tenant, since its readings insert rows, too. */
    private static boolean missed(Transaction tx, TenantId id, Instant day) {
        Optional<StoredTenant> tenant = tx.records(RecordTypes.TENANTS)
                .lock(id.value())
                .filter(each -> UsageRows.existed(each, day))
                .filter(each -> known(tx, day, List.of(each)).isEmpty())
                .filter(each -> UsageRows.openSince(tx, each, day));
        tenant.ifPresent(each -> UsageRows.missed(tx, each, day));
        return tenant.isPresent();
    }

    /** A node of an earlier version has written the row, and does not know when it has to be closed. */
    private static boolean scheduled(Transaction tx, Usage seen) {
        if (seen.revision() > 0 || seen.closeAt() != null) {
            return false;
        }
        Records<Usage> rows = tx.records(RecordTypes.USAGE);
        Optional<Usage> row = rows.lock(seen.id());
        row.ifPresent(each -> rows.update(UsageRows.scheduled(each)));
        return row.isPresent();
    }

    private Progress close(Transaction tx, Instant now) {
        Records<Usage> rows = tx.records(RecordTypes.USAGE);
        List<Usage> due = rows.list(Query.where(Filter.compare(Usage.CLOSE_AT, Operator.LESS_OR_EQUAL, now))
                .orderBy(Usage.CLOSE_AT)
                .orderBy(Usage.ID)
                .page(0, PAGE));
        due.forEach(each -> rows.lock(each.id())
                .filter(present -> present.closeAt() != null)
                .ifPresent(present -> close(tx, present)));
        return new Progress(due.size(), due.size() == PAGE);
    }

    private void close(Transaction tx, Usage row) {
        Map<String, String> values = UsageRows.metrics(row);
        boolean changed = row.revision() == 0 || !values.equals(row.closed());
        int revision = changed ? row.revision() + 1 : row.revision();
        if (changed) {
            ClosedDay closed = new ClosedDay(row.id(), row.day(), row.customerId(), revision, values, row.closed());
            context.events().add(tx, Actor.HOST, EventType.USAGE_CLOSED, row.tenantId(), null, closed.details());
        }
        tx.records(RecordTypes.USAGE)
                .update(row.toBuilder()
                        .revision(revision)
                        .closeAt(null)
                        .closed(values)
                        .build());
    }
}
