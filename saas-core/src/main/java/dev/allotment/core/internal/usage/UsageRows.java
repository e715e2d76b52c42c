// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.usage;

import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Usage;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Records what a tenant uses. The caller has locked the tenant, so no other transaction writes its row. */
public final class UsageRows {

    private UsageRows() {}

    /** Records the usage like {@link #note}, of a new tenant. */
    public static void first(Transaction tx, StoredTenant tenant, Instant now) {
        tx.records(RecordTypes.USAGE).insert(row(tenant, Optional.empty(), Map.of(), now));
    }

    /**
     * Records the tenant's current numbers in the row of the day.
     *
     * @param counts records by quota; null: they were not read, and stay
     */
    public static void note(Transaction tx, StoredTenant tenant, @Nullable Map<String, String> counts, Instant now) {
        Records<Usage> rows = tx.records(RecordTypes.USAGE);
        Instant day = now.truncatedTo(ChronoUnit.DAYS);
        Optional<Usage> known = rows
                .list(Query.where(Filter.and(Filter.equal(Usage.TENANT_ID, tenant.id()), Filter.equal(Usage.DAY, day))))
                .stream()
                .findFirst();
        Map<String, String> records =
                counts != null ? counts : known.map(Usage::records).orElse(Map.of());
        Usage row = row(tenant, known, records, now);
        if (known.isPresent()) {
            rows.update(row);
        } else {
            rows.insert(row);
        }
    }

    private static Usage row(StoredTenant tenant, Optional<Usage> known, Map<String, String> records, Instant now) {
        return new Usage(
                known.map(Usage::id).orElse(0L),
                tenant.id(),
                now.truncatedTo(ChronoUnit.DAYS),
                tenant.name(),
                tenant.customerId(),
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
                now);
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
