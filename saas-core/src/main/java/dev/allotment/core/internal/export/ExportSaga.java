// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.export;

import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.OperationState;
import dev.allotment.SaasException;
import dev.allotment.TenantId;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.core.internal.backup.archive.BackupArchive;
import dev.allotment.core.internal.backup.archive.StoredExport;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.FailureLog;
import dev.allotment.core.internal.operation.Ending;
import dev.allotment.core.internal.operation.InputCodec;
import dev.allotment.core.internal.operation.OperationDeferred;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.core.internal.operation.OperationTargets;
import dev.allotment.core.internal.operation.Saga;
import dev.allotment.core.internal.record.OperationActors;
import dev.allotment.core.internal.record.TenantLookup;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Makes an export of a tenant in the store of the backups. A run that continues another one starts again, with its own
 * files. The export before it stays until this one is complete; then, the maintenance deletes it.
 */
public final class ExportSaga implements Saga<ExportSaga.Found> {
    /**
     * @param until when the export is deleted
     * @param files whether it has the files of the application, which a node may not have registered
     * @param account the owner that requested it; null: an administrator
     */
    record Input(Instant until, boolean files, @Nullable UserId account) {}

    static final InputCodec<Input> INPUT = InputCodec.of(Input.class);

    private static final String BYTES = "bytes";
    /** How long an operation waits that finds no place on its node. */
    private static final Duration NO_PLACE_WAIT = Duration.ofSeconds(30);
    /** When an operation without a place fails, since its tenant is busy meanwhile. */
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(10);

    /** @param export null: another run has written it */
    record Found(@Nullable StoredExport export, long bytes) {
        private static final Found NOTHING = new Found(null, 0);
    }

    private final CoreContext context;
    private final TenantWriter writer;
    private final ExportPlaces places;
    private final BackupArchive archive;
    private final OperationLeases operationLeases;
    private final FailureLog failures;

    public ExportSaga(
            CoreContext context,
            TenantWriter writer,
            ExportPlaces places,
            BackupArchive archive,
            OperationLeases operationLeases) {
        this.context = context;
        this.writer = writer;
        this.places = places;
        this.archive = archive;
        this.operationLeases = operationLeases;
        this.failures = new FailureLog("dev.allotment.backups", context.node());
    }

    static Instant expiresAt(StoredOperation operation) {
        return INPUT.find(operation).map(Input::until).orElse(Instant.EPOCH);
    }

    static long bytes(StoredOperation operation) {
        return Long.parseLong(operation.result().getOrDefault(BYTES, "0"));
    }

    /** The export that an operation has written. */
    static StoredExport written(StoredOperation operation, StoredTenant tenant) {
        return stored(operation, tenant, StoredExport.run(operation));
    }

    private static StoredExport stored(StoredOperation operation, StoredTenant tenant, long run) {
        return new StoredExport(tenant.uuid(), operation.uuid(), expiresAt(operation), run);
    }

    private StoredExport own(StoredOperation operation) {
        StoredTenant tenant = OperationTargets.tenant(context.catalog(), operation);
        return stored(operation, tenant, operation.fencingToken());
    }

    @Override
    public boolean canContinue(StoredOperation operation) {
        return writer.hasFiles() || !INPUT.read(operation).files();
    }

    @Override
    public Found resume() {
        return Found.NOTHING;
    }

    @Override
    public List<Step<Found>> steps() {
        return List.of(new Step<>("written", this::write).lastingLong().undoneBy(this::delete));
    }

    @Override
    public Map<String, String> result(Found found) {
        StoredExport export = found.export();
        return export == null
                ? Map.of()
                : Map.of(BYTES, Long.toString(found.bytes()), StoredExport.RUN, Long.toString(export.run()));
    }

    private Found write(StoredOperation operation, Found found) {
        Actor actor = OperationActors.of(context, operation);
        User account = actor.user();
        StoredExport export = own(operation);
        ExportPlaces.Place place;
        try {
            place = places.take(Set.of(tenant(operation).id()), account == null ? null : account.id());
        } catch (SaasException e) {
            if (operation.createdAt().plus(LONGEST_WAIT).isBefore(context.now())) {
                throw e;
            }
            operationLeases.putOff(operation, context.now().plus(NO_PLACE_WAIT));
            throw new OperationDeferred();
        }
        try {
            deleteOthers(operation);
            return new Found(export, store(operation, actor, export));
        } finally {
            places.leave(place);
        }
    }

    private StoredTenant tenant(StoredOperation operation) {
        return OperationTargets.tenant(context.catalog(), operation);
    }

    private long store(StoredOperation operation, Actor actor, StoredExport export) {
        TenantLookup tenants = new TenantLookup(context.work(), actor);
        TenantId id = tenant(operation).id();
        TenantWriter.Source source = context.catalog().transact(tx -> {
            OperationLeases.requireMine(tx, operation);
            return writer.source(tx, tenants.lock(tx, id));
        });
        AtomicLong bytes = new AtomicLong();
        OutputStream out = archive.exports().writer(export, stored -> {
            bytes.set(stored);
            note(operation, stored);
        });
        try {
            try (ExportArchive zip = new ExportArchive(out)) {
                writer.write(source, zip.root(source.manifest()));
                zip.finish();
            }
            out.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.get();
    }

    /** Stores the progress, and ends the run if the operation is not wanted any more. */
    private void note(StoredOperation operation, long bytes) {
        operationLeases.progress(operation);
        boolean cancelled = context.catalog().transact(tx -> {
            StoredOperation present = OperationLeases.requireMine(tx, operation);
            tx.records(RecordTypes.OPERATIONS)
                    .update(present.toBuilder()
                            .result(Map.of(BYTES, Long.toString(bytes)))
                            .build());
            return present.cancelRequested();
        });
        if (cancelled) {
            throw SaasException.conflict(
                    ErrorCodes.OPERATION_CANCELLED, ending().cancelled().apply(operation));
        }
    }

    /**
     * Deletes what earlier runs and earlier exports have left, but the last complete export. What is listed before this
     * run is found to have its lease was written by none that comes after it.
     */
    private void deleteOthers(StoredOperation operation) {
        StoredTenant tenant = tenant(operation);
        StoredExport last = context.catalog()
                .transact(tx -> StoredExport.last(tx, Filter.equal(StoredOperation.TENANT_ID, tenant.id())))
                .map(made -> written(made, tenant))
                .orElse(null);
        archive.exports().deleteOthers(tenant.uuid(), last, () -> {
            operationLeases.requireMine(operation);
            operationLeases.progress(operation);
        });
    }

    @Override
    public Found finish(Transaction tx, StoredOperation operation, Found found) {
        return found;
    }

    /** The store must not keep the operation from ending. The maintenance deletes what is left. */
    private void delete(StoredOperation operation) {
        try {
            archive.exports().delete(own(operation), () -> operationLeases.progress(operation));
        } catch (SaasException e) {
            if (!e.code().equals(ErrorCodes.BACKUP_STORE_FAILED)) {
                throw e;
            }
            failures.warn("What an export has left in the store could not be deleted", operation, e);
        }
    }

    /** What this run has stored is the export if this run is on record as the one that has written it. */
    @Override
    public void retractLateEffects(StoredOperation operation, Found found) {
        boolean needed = context.catalog()
                .transact(tx ->
                        tx.records(RecordTypes.OPERATIONS).find(operation.id().value()))
                .filter(present -> present.uuid().equals(operation.uuid())
                        && present.state() != OperationState.FAILED
                        && StoredExport.run(present) == operation.fencingToken())
                .isPresent();
        if (!needed) {
            archive.exports().deleteRun(own(operation));
        }
    }

    /** An export must not keep a tenant from being suspended or deleted. */
    @Override
    public Ending ending() {
        return Ending.AT_ANY_TIME;
    }

    @Override
    public String describeLeftovers(Transaction tx, StoredOperation operation) {
        return "The export was not completed. Files that it has left in the store are deleted within two days.";
    }
}
