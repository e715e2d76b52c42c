// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.backup;

import dev.allotment.Parameter;
import dev.allotment.TenantId;
import dev.allotment.backup.BackupId;
import dev.allotment.backup.LastDrill;
import dev.allotment.core.internal.parameter.MainParameters;
import dev.allotment.core.internal.parameter.ParameterRows;
import dev.allotment.spi.backend.JsonText;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the catalog remembers of drills, in one hidden parameter.
 *
 * @param startedAt when the last drill by the maintenance started; null: there was none
 * @param succeededAt when the last drill succeeded; null: none has
 * @param failed how many drills have failed since then
 * @param last the last one with a result; null: there was none
 */
record DrillRecord(
        @Nullable Instant startedAt,
        @Nullable Instant succeededAt,
        int failed,
        @Nullable LastDrill last) {
    private static final String STARTED_AT = "startedAt";
    private static final String SUCCEEDED_AT = "succeededAt";
    private static final String FAILED = "failed";
    private static final String LAST_TENANT = "lastTenant";
    private static final String LAST_BACKUP = "lastBackup";
    private static final String LAST_ENDED_AT = "lastEndedAt";
    private static final String LAST_ERROR = "lastError";

    static DrillRecord read(Transaction tx) {
        return of(ParameterRows.find(tx, MainParameters.BACKUP_DRILLS));
    }

    /** Reads it, and keeps other transactions from changing it. */
    static DrillRecord lock(Transaction tx) {
        return of(ParameterRows.find(tx, MainParameters.BACKUP_DRILLS)
                .flatMap(each -> tx.records(RecordTypes.PARAMETERS).lock(each.id())));
    }

    private static DrillRecord of(Optional<Parameter> stored) {
        Map<String, String> parts =
                stored.map(each -> JsonText.readMap(each.value())).orElse(Map.of());
        return new DrillRecord(
                instant(parts.get(STARTED_AT)),
                instant(parts.get(SUCCEEDED_AT)),
                Integer.parseInt(parts.getOrDefault(FAILED, "0")),
                last(parts));
    }

    private static @Nullable LastDrill last(Map<String, String> parts) {
        String tenant = parts.get(LAST_TENANT);
        String backup = parts.get(LAST_BACKUP);
        Instant endedAt = instant(parts.get(LAST_ENDED_AT));
        return tenant == null || backup == null || endedAt == null
                ? null
                : new LastDrill(
                        new TenantId(Long.parseLong(tenant)),
                        new BackupId(UUID.fromString(backup)),
                        endedAt,
                        parts.get(LAST_ERROR));
    }

    private static @Nullable Instant instant(@Nullable String text) {
        return text == null ? null : Instant.parse(text);
    }

    DrillRecord started(Instant now) {
        return new DrillRecord(now, succeededAt, failed, last);
    }

    DrillRecord succeeded(Instant now, @Nullable LastDrill drill) {
        return new DrillRecord(startedAt, now, 0, drill);
    }

    DrillRecord withFailure(@Nullable LastDrill drill) {
        return new DrillRecord(startedAt, succeededAt, failed + 1, drill);
    }

    void store(Transaction tx) {
        Map<String, String> parts = new TreeMap<>();
        parts.put(FAILED, Integer.toString(failed));
        if (startedAt != null) {
            parts.put(STARTED_AT, startedAt.toString());
        }
        if (succeededAt != null) {
            parts.put(SUCCEEDED_AT, succeededAt.toString());
        }
        if (last != null) {
            parts.put(LAST_TENANT, last.tenant().toString());
            parts.put(LAST_BACKUP, last.backup().toString());
            parts.put(LAST_ENDED_AT, last.endedAt().toString());
            if (last.errorCode() != null) {
                parts.put(LAST_ERROR, last.errorCode());
            }
        }
        ParameterRows.set(tx, MainParameters.BACKUP_DRILLS, JsonText.write(parts), true);
    }
}
