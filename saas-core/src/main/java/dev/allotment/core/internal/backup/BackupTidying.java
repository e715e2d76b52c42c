// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.backup;

import dev.allotment.Filter;
import dev.allotment.OperationState;
import dev.allotment.Query;
import dev.allotment.TenantState;
import dev.allotment.core.internal.backup.archive.BackupArchive;
import dev.allotment.core.internal.backup.archive.BackupName;
import dev.allotment.core.internal.backup.archive.ExportName;
import dev.allotment.core.internal.backup.archive.StoredExport;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.spi.backup.StoredFile;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Deletes files in the store that belong to no backup, about once a day on each node: content that a dead node left
 * behind, exports that have expired or were replaced, and everything of tenants that were deleted for good. Files of
 * tenants that the catalog does not know stay, since an older catalog that was restored does not know all of them.
 * Thread-safe.
 */
public final class BackupTidying {
    private static final long TIDY_AFTER = TimeUnit.DAYS.toNanos(1);
    /** A run that does not know yet that it was taken over has written its content by then. */
    private static final Duration UNTOUCHED = Duration.ofDays(1);

    private final CoreContext context;
    private final BackupArchive archive;
    private volatile @Nullable Long tidied;

    public BackupTidying(CoreContext context, BackupArchive archive) {
        this.context = context;
        this.archive = archive;
    }

    /**
     * Tidies the store if it is due; part of the maintenance, but not counted as work done. What cannot be tidied does
     * not keep the rest from being tidied. The first failure is thrown at the end.
     */
    public int tidyDue() {
        Long last = tidied;
        if (!archive.exists() || (last != null && context.tick() - last < TIDY_AFTER)) {
            return 0;
        }
        tidied = context.tick();
        Failures failures = new Failures();
        archive.byTenant().forEach((tenant, files) -> failures.collect(() -> tidy(tenant, files)));
        failures.collect(archive::tidyStore);
        failures.end();
        return 0;
    }

    /** What has failed since the store was listed. The rest of it is shown with the first one, up to a limit. */
    private static final class Failures {
        private static final int MOST_SHOWN = 10;

        private @Nullable RuntimeException first;

        void collect(Runnable work) {
            try {
                work.run();
            } catch (RuntimeException e) {
                if (first == null) {
                    first = e;
                } else if (first != e && first.getSuppressed().length < MOST_SHOWN) {
                    first.addSuppressed(e);
                }
            }
        }

        void end() {
            if (first != null) {
                throw first;
            }
        }
    }

    private void tidy(UUID tenant, List<StoredFile> files) {
        boolean deleted = context.catalog()
                .transact(tx -> TenantRows.byUuid(tx, tenant))
                .filter(each -> each.state() == TenantState.DELETED)
                .isPresent();
        if (deleted) {
            archive.deleteAll(tenant);
            return;
        }
        Set<String> listed = files.stream()
                .map(StoredFile::name)
                .filter(BackupName::isManifest)
                .collect(Collectors.toSet());
        Instant before = context.now().minus(UNTOUCHED);
        Map<ExportName, Use> uses = new HashMap<>();
        for (StoredFile file : files) {
            Optional<BackupName> name = BackupName.ofFile(file.name());
            if (name.isPresent()
                    && !listed.contains(name.get().manifest())
                    && file.writtenAt().isBefore(before)
                    && !isRunning(name.get())
                    // It may have been listed since the files were: an operation can last longer than a day.
                    && !archive.isListed(name.get())) {
                archive.delete(file);
            }
            ExportName.ofFile(file.name())
                    .map(export -> uses.computeIfAbsent(export, this::use))
                    .filter(use -> use == Use.OVER
                            || (use == Use.UNKNOWN && file.writtenAt().isBefore(before)))
                    .ifPresent(use -> archive.delete(file));
        }
    }

    /** What is known of an export. Unknown: no operation needs it, but a run may be writing it. */
    private enum Use {
        NEEDED,
        OVER,
        UNKNOWN
    }

    private Use use(ExportName export) {
        if (export.isExpired(context.now())) {
            return Use.OVER;
        }
        return context.catalog()
                .transact(tx -> find(tx, export.export())
                        .filter(operation -> operation.state() != OperationState.FAILED)
                        .map(operation -> operation.state() != OperationState.DONE || isLast(tx, operation, export)
                                ? Use.NEEDED
                                : Use.OVER)
                        .orElse(Use.UNKNOWN));
    }

    /** Whether this run of an operation that is done has written the last export of its tenant. */
    private static boolean isLast(Transaction tx, StoredOperation operation, ExportName export) {
        return StoredExport.run(operation) == export.run()
                && StoredExport.last(tx, Filter.equal(StoredOperation.TENANT_ID, operation.tenantId()))
                        .filter(last -> last.uuid().equals(operation.uuid()))
                        .isPresent();
    }

    private boolean isRunning(BackupName name) {
        return context.catalog()
                .transact(tx -> find(tx, name.backup()))
                .filter(operation -> operation.state() == OperationState.RUNNING)
                .isPresent();
    }

    private static Optional<StoredOperation> find(Transaction tx, UUID operation) {
        return tx
                .records(RecordTypes.OPERATIONS)
                .list(Query.where(Filter.equal(StoredOperation.UUID, operation)))
                .stream()
                .findFirst();
    }
}
