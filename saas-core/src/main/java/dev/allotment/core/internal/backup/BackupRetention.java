// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.backup;

import dev.allotment.BackupSchedule;
import dev.allotment.backup.BackupId;
import dev.allotment.backup.BackupUsage;
import dev.allotment.core.internal.backup.archive.BackupName;
import dev.allotment.core.internal.backup.archive.MadeBy;
import dev.allotment.core.internal.backup.archive.Manifest;
import dev.allotment.core.internal.operation.OperationTargets;
import dev.allotment.spi.backend.StoredOperation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Decides which backups of a tenant are deleted when another one is made.
 *
 * @param kept how many are kept of each maker whose backups are counted
 */
record BackupRetention(int kept, Instant now) {
    /** A thief of an owner's session, or a schedule that keeps too little, is found by then. */
    private static final Duration STAY = Duration.ofDays(7);

    private Instant recent() {
        return now.minus(STAY);
    }

    /**
     * The backups that are not kept. Those of administrators, of owners, of campaigns and of the schedule are counted
     * apart, and those of owners only after some days. Otherwise a thief of an owner's session could have all good ones
     * deleted by making others. Those before another operation, and from a source, are kept for these days. Those that
     * are later than this operation were made while a clock was ahead, and count only when their time has come.
     *
     * @param own the backup that the operation has made
     * @param manifests of all backups of the tenant, the oldest first
     */
    List<BackupName> replaced(StoredOperation operation, BackupName own, Map<BackupName, Manifest> manifests) {
        Map<MadeBy, List<BackupName>> by = new EnumMap<>(MadeBy.class);
        manifests.forEach((name, manifest) -> {
            if (!name.isLaterThan(own)) {
                by.computeIfAbsent(manifest.madeBy(), any -> new ArrayList<>()).add(name);
            }
        });
        List<BackupName> replaced = new ArrayList<>(olderThanKept(by.getOrDefault(MadeBy.ADMINISTRATOR, List.of())));
        replaced.addAll(olderThanKept(by.getOrDefault(MadeBy.CAMPAIGN, List.of())));
        for (MadeBy maker : List.of(MadeBy.SAFETY, MadeBy.SOURCE)) {
            by.getOrDefault(maker, List.of()).stream()
                    .filter(name -> name.isOlderThan(recent()))
                    .forEach(replaced::add);
        }
        replaced.addAll(olderThanKept(by.getOrDefault(MadeBy.OWNER, List.of()).stream()
                .filter(name -> name.isOlderThan(recent()))
                .toList()));
        String schedule = MakeBackupSaga.INPUT.read(operation).schedule();
        List<BackupName> scheduled = by.getOrDefault(MadeBy.SCHEDULE, List.of());
        if (schedule != null
                && isInForce(schedule, scheduled, manifests, own.createdAt().minus(STAY))) {
            replaced.addAll(ScheduledRetention.replaced(scheduled, new BackupSchedule(schedule)));
        }
        replaced.remove(own);
        // A restore in place may still fail, and is then repeated from the same backup.
        BackupId restored = OperationTargets.named(operation).backup();
        replaced.removeIf(old -> restored != null && old.backup().equals(restored.value()));
        return replaced;
    }

    /** Whether a schedule has made all backups since some time, and the last one before. */
    private static boolean isInForce(
            String schedule, List<BackupName> scheduled, Map<BackupName, Manifest> manifests, Instant since) {
        for (int at = scheduled.size() - 1; at >= 0; at--) {
            BackupName name = scheduled.get(at);
            if (!schedule.equals(Objects.requireNonNull(manifests.get(name)).schedule())) {
                return false;
            }
            if (name.isOlderThan(since)) {
                return true;
            }
        }
        return true;
    }

    private List<BackupName> olderThanKept(List<BackupName> names) {
        return names.subList(0, Math.max(0, names.size() - kept));
    }

    /**
     * The scheduled backups to delete, so that the limit is not reached any more; none if that cannot be done. Neither
     * the newest one nor one of the last days is among them.
     *
     * @param manifests of all backups of the tenant, the oldest first
     */
    List<BackupName> inTheWay(BackupUsage usage, Map<BackupName, Manifest> manifests) {
        List<BackupName> scheduled = manifests.keySet().stream()
                .filter(name -> Objects.requireNonNull(manifests.get(name)).madeBy() == MadeBy.SCHEDULE)
                .toList();
        List<BackupName> found = new ArrayList<>();
        BackupUsage left = usage;
        for (BackupName old : scheduled.subList(0, Math.max(0, scheduled.size() - 1))) {
            if (left.limitReached() && old.isOlderThan(recent())) {
                found.add(old);
                long bytes = Objects.requireNonNull(manifests.get(old)).backup().storedBytes();
                left = new BackupUsage(
                        left.tenantBytes() - bytes,
                        left.customerBytes() - bytes,
                        left.planBytes() - bytes,
                        left.limitMb());
            }
        }
        return left.limitReached() ? List.of() : found;
    }
}
