// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.configuration;

import dev.allotment.EventType;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.SaasException;
import dev.allotment.TenantState;
import dev.allotment.core.internal.backup.SafetyBackups;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.database.DatabaseRemoval;
import dev.allotment.core.internal.database.SchemaMigrations;
import dev.allotment.core.internal.database.TenantContent;
import dev.allotment.core.internal.operation.OperationInputs;
import dev.allotment.core.internal.record.DatabaseRefs;
import dev.allotment.core.internal.server.ServerRegistry;
import dev.allotment.core.internal.tenant.change.TenantSaga;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Migrates the tenant schema of one tenant, after a backup if the embedder wants that. The migration is repeated as a
 * whole, since the embedder's code finds out what is left to do.
 */
public final class MigrateSaga extends TenantSaga<Optional<String>> {
    private final ServerRegistry serverRegistry;
    private final SchemaMigrations schemaMigrations;
    private final SafetyBackups safetyBackups;

    public MigrateSaga(
            CoreContext context, ServerRegistry serverRegistry, TenantContent content, SafetyBackups safetyBackups) {
        super(context, content);
        this.serverRegistry = serverRegistry;
        this.schemaMigrations = content.migrations();
        this.safetyBackups = safetyBackups;
    }

    @Override
    public Optional<String> resume() {
        return Optional.empty();
    }

    @Override
    public List<Step<Optional<String>>> steps() {
        return List.of(safetyBackups.step(), new Step<Optional<String>>("migrated", this::migrate).lastingLong());
    }

    private Optional<String> migrate(StoredOperation operation, Optional<String> found) {
        StoredTenant tenant = tenant(operation);
        if (!isAlone(operation)) {
            return Optional.of(schemaMigrations.migrateOpen(tenant));
        }
        String version = schemaMigrations.migrateClosed(operation, tenant.serverId(), DatabaseRefs.of(tenant));
        restore(operation, tenant);
        return Optional.of(version);
    }

    /** Whether the application is locked out meanwhile. */
    private static boolean isAlone(StoredOperation operation) {
        return operation.input().containsKey(OperationInputs.ALONE);
    }

    private void restore(StoredOperation operation, StoredTenant tenant) {
        schemaMigrations.restore(operation, tenant);
        if (tenant.state() == TenantState.OPEN) {
            serverRegistry.databases(tenant.serverId(), operation).open(DatabaseRefs.of(tenant));
        }
    }

    @Override
    public Optional<String> finish(Transaction tx, StoredOperation operation, Optional<String> found) {
        StoredTenant tenant = lockTenant(tx, operation);
        String from = Objects.requireNonNullElse(tenant.schemaVersion(), "");
        String to = found.orElseThrow();
        tx.records(RecordTypes.TENANTS)
                .update(tenant.toBuilder().schemaVersion(to).build());
        if (!from.equals(to)) {
            Map<String, String> details = new HashMap<>(Map.of("from", from, "to", to));
            String before = SafetyBackups.identity(operation);
            if (before != null) {
                details.put("before", before);
            }
            context.events().add(tx, operation, EventType.TENANT_MIGRATED, tenant.id(), details);
        }
        return found;
    }

    @Override
    public boolean undoable(StoredOperation operation) {
        return true;
    }

    /**
     * The embedder's migration undoes what it can; the tenant gets its application back. The backup stays for the rest.
     */
    @Override
    public void undo(StoredOperation operation, Optional<String> found) {
        if (isAlone(operation)) {
            try {
                restore(operation, tenant(operation));
            } catch (SaasException e) {
                if (!DatabaseRemoval.isMissing(e)) {
                    throw e;
                }
            }
        }
        safetyBackups.undoUnfinished(operation);
    }

    @Override
    public void retractLateEffects(StoredOperation operation, Optional<String> found) {
        super.retractLateEffects(operation, found);
        safetyBackups.withdraw(operation);
    }

    @Override
    public void undone(Transaction tx, StoredOperation operation) {
        // The version in the catalog is still the one that the database has.
    }

    /** The database is closed next. Before it is opened again, it is migrated, and gets its quotas and its login. */
    @Override
    public Optional<OperationState> supersede(Transaction tx, StoredOperation operation, OperationKind by) {
        forgetVersion(tx, operation);
        return Optional.of(OperationState.FAILED);
    }

    @Override
    public void abandoned(Transaction tx, StoredOperation operation) {
        forgetVersion(tx, operation);
        readSoon(tx, operation);
    }

    private static void forgetVersion(Transaction tx, StoredOperation operation) {
        tx.records(RecordTypes.TENANTS)
                .update(lockTenant(tx, operation).toBuilder()
                        .schemaVersion(null)
                        .build());
    }

    @Override
    public String describeLeftovers(Transaction tx, StoredOperation operation) {
        return "Some of the migrations may be in " + describe(tx, operation)
                + (isAlone(operation)
                        ? ", which may be closed and without its record quotas. Migrate the tenant again to restore"
                                + " them."
                        : ".");
    }
}
