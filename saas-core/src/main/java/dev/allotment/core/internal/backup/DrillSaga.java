// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.backup;

import dev.allotment.AddonStatus;
import dev.allotment.ErrorCodes;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.access.Member;
import dev.allotment.backup.Backup;
import dev.allotment.backup.BackupDrill;
import dev.allotment.backup.BackupId;
import dev.allotment.backup.LastDrill;
import dev.allotment.core.internal.backup.archive.BackupArchive;
import dev.allotment.core.internal.backup.archive.BackupFiles;
import dev.allotment.core.internal.backup.archive.MadeBy;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.database.DatabaseRemoval;
import dev.allotment.core.internal.database.SchemaMigrations;
import dev.allotment.core.internal.operation.Ending;
import dev.allotment.core.internal.operation.InputCodec;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.core.internal.operation.OperationTakenOver;
import dev.allotment.core.internal.operation.OperationTargets;
import dev.allotment.core.internal.operation.Saga;
import dev.allotment.core.internal.parameter.ParameterRows;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.core.internal.server.Abilities;
import dev.allotment.core.internal.server.ServerRegistry;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.DatabaseTransaction;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.JsonText;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.spi.backend.Transfer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Restores a backup as a drill, and deletes the database again. It belongs to the operation, and has its identity, so
 * that it can be found without a record. The operation is none of the tenant, which is not touched and waits for
 * nothing.
 */
public final class DrillSaga implements Saga<DrillSaga.Found> {
    /**
     * @param sourceUuid the identity of the tenant whose backup is restored
     * @param server the one on which it is restored
     */
    private record Input(UUID sourceUuid, ServerId server, BackupId backup) {}

    private static final InputCodec<Input> INPUT = InputCodec.of(Input.class);

    private static final String PREFIX = "drill-";
    private static final String ADDONS = "addons";
    private static final String MEMBERS = "members";

    /** Codes of drills that were ended from outside, or whose backup was deleted. They say nothing about the backup. */
    private static final Set<String> ENDED = Set.of(
            ErrorCodes.OPERATION_CANCELLED,
            ErrorCodes.OPERATION_SUPERSEDED,
            ErrorCodes.OPERATION_ABANDONED,
            ErrorCodes.RECORD_MISSING);

    /**
     * What this run has found.
     *
     * @param backup what was restored; null: another run has restored it
     * @param members null: not known yet, or another run has counted them
     */
    record Found(@Nullable Backup backup, @Nullable Integer members) {
        private static final Found NOTHING = new Found(null, null);

        /** What the result of an operation that has run in this process is made of. */
        BackupDrill drill(Duration duration) {
            return new BackupDrill(Objects.requireNonNull(backup), Objects.requireNonNull(members), duration);
        }

        /** The add-ons that the database must have; null: those of a source are not known. */
        private @Nullable Map<String, String> addons(StoredOperation operation) {
            String stored = backup == null ? operation.result().get(ADDONS) : addons();
            return stored == null ? null : JsonText.readMap(stored);
        }

        private @Nullable String addons() {
            return backup == null || MadeBy.SOURCE.stored().equals(backup.madeBy())
                    ? null
                    : JsonText.write(backup.addons());
        }
    }

    private final CoreContext context;
    private final ServerRegistry serverRegistry;
    private final SchemaMigrations schemaMigrations;
    private final BackupArchive archive;
    private final DrillTurns drillTurns;

    public DrillSaga(
            CoreContext context,
            ServerRegistry serverRegistry,
            SchemaMigrations schemaMigrations,
            BackupArchive archive,
            DrillTurns drillTurns) {
        this.context = context;
        this.serverRegistry = serverRegistry;
        this.schemaMigrations = schemaMigrations;
        this.archive = archive;
        this.drillTurns = drillTurns;
    }

    static Map<String, String> input(StoredTenant tenant, BackupId backup) {
        return INPUT.write(new Input(tenant.uuid(), tenant.serverId(), backup));
    }

    static UUID source(StoredOperation operation) {
        return INPUT.read(operation).sourceUuid();
    }

    private static ServerId server(StoredOperation operation) {
        return INPUT.read(operation).server();
    }

    private static DatabaseRef database(StoredOperation operation) {
        return new DatabaseRef(PREFIX + operation.uuid(), operation.uuid());
    }

    private Databases databases(StoredOperation operation) {
        return serverRegistry.databases(server(operation), operation);
    }

    @Override
    public Found resume() {
        return Found.NOTHING;
    }

    @Override
    public List<Step<Found>> steps() {
        return List.of(
                new Step<>("restored", this::restore).lastingLong().undoneBy(this::delete),
                new Step<>("checked", this::check).lastingLong(),
                Step.of("deleted", this::delete));
    }

    @Override
    public Map<String, String> result(Found found) {
        Map<String, String> result = new HashMap<>();
        String addons = found.addons();
        if (addons != null) {
            result.put(ADDONS, addons);
        }
        if (found.members() != null) {
            result.put(MEMBERS, found.members().toString());
        }
        return result;
    }

    private Found restore(StoredOperation operation, Found found) {
        Transfer transfer = Abilities.transfer(databases(operation));
        BackupId backup = INPUT.read(operation).backup();
        try {
            Backup restored = archive.read(
                    operation,
                    source(operation),
                    backup,
                    null,
                    transfer.transferFormat(),
                    content -> transfer.receive(database(operation), content, refused(operation)));
            return new Found(restored, null);
        } catch (OperationTakenOver e) {
            throw e;
        } catch (SaasException e) {
            throw archive.isListed(source(operation), backup) ? e : deleted(backup, e);
        }
    }

    /** Does nothing if the catalog does not have the tenant. */
    private Consumer<String> refused(StoredOperation operation) {
        return context.catalog()
                .transact(tx -> TenantRows.byUuid(tx, source(operation)))
                .<Consumer<String>>map(tenant -> new RefusedParts(context, operation, tenant.id(), tenant.name()))
                .orElse(part -> {});
    }

    /** The retention, or an administrator, has deleted the backup while it was restored. */
    private static SaasException deleted(BackupId backup, SaasException failure) {
        SaasException missing = BackupArchive.missing(backup);
        missing.addSuppressed(failure);
        return missing;
    }

    private Found check(StoredOperation operation, Found found) {
        if (schemaMigrations.version() != null) {
            schemaMigrations.migrateClosed(operation, server(operation), database(operation));
        }
        Map<String, String> addons = found.addons(operation);
        return new Found(
                found.backup(),
                databases(operation).transact(database(operation), tx -> members(tx, operation, addons)));
    }

    private static int members(
            DatabaseTransaction tx, StoredOperation operation, @Nullable Map<String, String> addons) {
        Map<String, String> installed = new HashMap<>();
        tx.records(RecordTypes.ADDONS)
                .list(Query.where(Filter.equal(AddonStatus.INSTALLED, true)))
                .forEach(each -> installed.put(each.name(), String.valueOf(each.installedVersion())));
        String identity = ParameterRows.find(tx, Parameter.DATABASE_UUID)
                .map(Parameter::value)
                .orElse("");
        List<Member> members = tx.records(RecordTypes.MEMBERS).list(Query.all());
        boolean complete = (addons == null || installed.equals(addons))
                && identity.equals(source(operation).toString())
                && members.stream().anyMatch(each -> each.id().equals(Member.ADMINISTRATOR));
        if (!complete) {
            throw BackupFiles.damaged("The add-ons, the identity or the members in backup "
                    + INPUT.read(operation).backup() + " are not those of its tenant");
        }
        return members.size();
    }

    private void delete(StoredOperation operation) {
        DatabaseRemoval.discard(databases(operation), database(operation));
    }

    @Override
    public Found finish(Transaction tx, StoredOperation operation, Found found) {
        String members = found.members() == null
                ? operation.result().getOrDefault(MEMBERS, "0")
                : found.members().toString();
        DrillRecord.lock(tx)
                .succeeded(context.now(), ended(tx, operation, null))
                .store(tx);
        addEvent(tx, operation, EventType.BACKUP_DRILLED, Map.of(MEMBERS, members));
        return found;
    }

    /** The result; null if the catalog does not have the tenant. */
    private @Nullable LastDrill ended(Transaction tx, StoredOperation operation, @Nullable String code) {
        return TenantRows.byUuid(tx, source(operation))
                .map(tenant -> new LastDrill(tenant.id(), INPUT.read(operation).backup(), context.now(), code))
                .orElse(null);
    }

    private void addEvent(Transaction tx, StoredOperation operation, EventType type, Map<String, String> more) {
        TenantRows.byUuid(tx, source(operation)).ifPresent(tenant -> {
            Map<String, String> details = new HashMap<>(more);
            details.put("name", tenant.name());
            details.put("backup", INPUT.read(operation).backup().toString());
            context.events().add(tx, operation, type, tenant.id(), details);
        });
    }

    @Override
    public Ending ending() {
        return Ending.UNDONE.undoneWith(this::recordFailure);
    }

    private void recordFailure(Transaction tx, StoredOperation operation) {
        TenantRows.byUuid(tx, source(operation)).ifPresent(tenant -> drillTurns.retry(tx, tenant.id()));
        String code = String.valueOf(operation.errorCode());
        if (!ENDED.contains(code)) {
            DrillRecord.lock(tx).withFailure(ended(tx, operation, code)).store(tx);
            String message = String.valueOf(operation.errorMessage());
            addEvent(tx, operation, EventType.BACKUP_DRILL_FAILED, Map.of("error", code, "message", message));
        }
    }

    /** Deletes what this run made, unless another node still works with it. */
    @Override
    public void retractLateEffects(StoredOperation operation, Found found) {
        if (OperationLeases.running(context.catalog(), operation).isEmpty()) {
            try {
                delete(operation);
            } catch (SaasException e) {
                // The node that took over has deleted what it made.
                if (!e.code().equals(ErrorCodes.OPERATION_TAKEN_OVER)) {
                    throw e;
                }
            }
        }
    }

    @Override
    public String describeLeftovers(Transaction tx, StoredOperation operation) {
        return "It may exist, and belongs to no tenant: "
                + OperationTargets.describe(tx, server(operation), database(operation)) + ".";
    }
}
