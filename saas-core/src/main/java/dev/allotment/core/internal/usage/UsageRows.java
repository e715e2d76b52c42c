// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.usage;

import dev.allotment.CustomerId;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.TenantState;
import dev.allotment.Usage;
import dev.allotment.UsageMetrics;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Records what a tenant uses. Who inserts a row has locked the tenant, and who changes a row has locked that row, so
 * that no change is lost and no revision is given twice.
 */
public final class UsageRows {
    /** How long after its end a day is closed, so that nodes whose clocks are late have noted their readings. */
    static final Duration CLOSING = Duration.ofHours(2);

    private UsageRows() {}

    /** Records the usage like {@link #note}, of a new tenant. */
    public static void first(Transaction tx, StoredTenant tenant, Instant now) {
        tx.records(RecordTypes.USAGE)
                .add(row(tenant, now.truncatedTo(ChronoUnit.DAYS), Optional.empty(), Map.of(), now));
    }

    /**
     * Records the tenant's current numbers in the row of the day. A tenant that was retained before the day has none.
     *
     * @param counts records by quota; null: they were not read, and stay
     */
    public static void note(Transaction tx, StoredTenant tenant, @Nullable Map<String, String> counts, Instant now) {
        Instant day = now.truncatedTo(ChronoUnit.DAYS);
        if (!existed(tenant, day)) {
            return;
        }
        Records<Usage> rows = tx.records(RecordTypes.USAGE);
        Optional<Usage> known = rows
                .list(Query.where(Filter.and(Filter.equal(Usage.TENANT_ID, tenant.id()), Filter.equal(Usage.DAY, day))))
                .stream()
                .findFirst()
                .flatMap(each -> rows.lock(each.id()));
        Map<String, String> records =
                counts != null ? counts : known.map(Usage::records).orElseGet(() -> lastRecords(rows, tenant, day));
        Usage row = row(tenant, day, known, records, now);
        if (known.isPresent()) {
            rows.update(row);
        } else {
            rows.add(row);
        }
    }

    /** Records the numbers that the catalog knows of a tenant, for a day that has ended and has no row of it. */
    static void missed(Transaction tx, StoredTenant tenant, Instant day) {
        Records<Usage> rows = tx.records(RecordTypes.USAGE);
        Instant readAt = Objects.requireNonNullElse(tenant.syncedAt(), tenant.createdAt());
        rows.add(row(tenant, day, Optional.empty(), lastRecords(rows, tenant, day), readAt));
    }

    /** Whether a tenant was in use on a day, if only for a moment. */
    static boolean existed(StoredTenant tenant, Instant day) {
        Instant deletedAt = tenant.deletedAt();
        return tenant.state() != TenantState.DRAFT
                && tenant.createdAt().isBefore(day.plus(1, ChronoUnit.DAYS))
                && (deletedAt == null || !deletedAt.isBefore(day));
    }

    /**
     * Whether a day without a row is after the latest opening of the tenant. Its rows start with the day on which its
     * creation ended. A tenant that was restored after the day may have been retained on it.
     */
    static boolean openSince(Transaction tx, StoredTenant tenant, Instant day) {
        Records<Usage> rows = tx.records(RecordTypes.USAGE);
        Filter<Usage> theirs = Filter.equal(Usage.TENANT_ID, tenant.id());
        boolean notBefore = rows.count(theirs) == 0
                || rows.count(Filter.and(theirs, Filter.compare(Usage.DAY, Filter.Operator.LESS, day))) > 0;
        return notBefore
                && tx.records(RecordTypes.EVENTS)
                                .count(Filter.and(
                                        Filter.equal(Event.TENANT_ID, tenant.id()),
                                        Filter.equal(Event.TYPE, EventType.TENANT_RESTORED),
                                        Filter.compare(
                                                Event.AT,
                                                Filter.Operator.GREATER_OR_EQUAL,
                                                day.plus(1, ChronoUnit.DAYS))))
                        == 0;
    }

    /** Selects the tenants of which {@link #existed} is true. */
    static Filter<StoredTenant> existed(Instant day) {
        return Filter.and(
                Filter.not(Filter.equal(StoredTenant.STATE, TenantState.DRAFT)),
                Filter.compare(StoredTenant.CREATED_AT, Filter.Operator.LESS, day.plus(1, ChronoUnit.DAYS)),
                Filter.or(
                        Filter.equal(StoredTenant.DELETED_AT, null),
                        Filter.compare(StoredTenant.DELETED_AT, Filter.Operator.GREATER_OR_EQUAL, day)));
    }

    /** Returns the row with the time at which it has to be closed, if its values are not those that were closed. */
    static Usage scheduled(Usage row) {
        boolean closed = row.revision() > 0 && row.closed().equals(metrics(row));
        return row.toBuilder()
                .closeAt(closed ? null : row.day().plus(1, ChronoUnit.DAYS).plus(CLOSING))
                .build();
    }

    static Map<String, String> metrics(Usage row) {
        Map<String, String> metrics = new HashMap<>();
        UsageMetrics.of(row).forEach((metric, value) -> metrics.put(metric, value.toString()));
        return metrics;
    }

    private static Map<String, String> lastRecords(Records<Usage> rows, StoredTenant tenant, Instant day) {
        Filter<Usage> before = Filter.and(
                Filter.equal(Usage.TENANT_ID, tenant.id()), Filter.compare(Usage.DAY, Filter.Operator.LESS, day));
        return rows.list(Query.where(before).orderByDescending(Usage.DAY).page(0, 1)).stream()
                .findFirst()
                .map(Usage::records)
                .orElse(Map.of());
    }

    private static Usage row(
            StoredTenant tenant, Instant day, Optional<Usage> known, Map<String, String> records, Instant readAt) {
        // A day that was closed stays with the customer that it was closed for.
        CustomerId customer =
                known.isPresent() && known.get().revision() > 0 ? known.get().customerId() : tenant.customerId();
        return scheduled(new Usage(
                known.map(Usage::id).orElse(0L),
                tenant.id(),
                day,
                tenant.name(),
                customer,
                tenant.planId(),
                tenant.usersCount(),
                Math.max(tenant.usersCount(), known.map(Usage::peakUsers).orElse(0)),
                tenant.databaseSizeBytes(),
                Math.max(
                        tenant.databaseSizeBytes(),
                        known.map(Usage::peakDatabaseSizeBytes).orElse(0L)),
                tenant.fileSizeBytes(),
                Math.max(
                        tenant.fileSizeBytes(),
                        known.map(Usage::peakFileSizeBytes).orElse(0L)),
                tenant.backupSizeBytes(),
                Math.max(
                        tenant.backupSizeBytes(),
                        known.map(Usage::peakBackupSizeBytes).orElse(0L)),
                records,
                readAt,
                known.map(Usage::revision).orElse(0),
                null,
                known.map(Usage::closed).orElse(Map.of())));
    }

    /** Reports that a tenant has come to exceed its storage limit: it stores more, or its limit was lowered. */
    public static void addExceededEvent(
            CoreContext context, Transaction tx, Actor actor, StoredTenant before, StoredTenant after) {
        if (exceeds(before, after)) {
            context.events()
                    .add(tx, actor, EventType.TENANT_STORAGE_EXCEEDED, after.id(), after.ownerId(), excess(after));
        }
    }

    /** Reports it for a change made by an operation. */
    public static void addExceededEvent(
            CoreContext context, Transaction tx, StoredOperation operation, StoredTenant before, StoredTenant after) {
        if (exceeds(before, after)) {
            context.events().add(tx, operation, EventType.TENANT_STORAGE_EXCEEDED, after.id(), excess(after));
        }
    }

    private static boolean exceeds(StoredTenant before, StoredTenant after) {
        return after.storageExceeded() && !before.storageExceeded();
    }

    private static Map<String, String> excess(StoredTenant tenant) {
        long used = (tenant.databaseSizeBytes() + tenant.fileSizeBytes() + Plan.MEGABYTE - 1) / Plan.MEGABYTE;
        return Map.of(
                "name", tenant.name(),
                "used", Long.toString(used),
                "limit", Integer.toString(tenant.storageLimitMb()));
    }
}
