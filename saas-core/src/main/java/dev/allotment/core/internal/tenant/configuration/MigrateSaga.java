// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.configuration;

import dev.allotment.EventType;
import dev.allotment.SaasException;
import dev.allotment.TenantState;
import dev.allotment.core.internal.backup.SafetyBackups;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.database.DatabaseRemoval;
import dev.allotment.core.internal.database.SchemaMigrations;
import dev.allotment.core.internal.database.TenantContent;
import dev.allotment.core.internal.operation.Ending;
import dev.allotment.core.internal.operation.InputCodec;
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
    /**
     * @param alone whether the application is locked out meanwhile
     * @param safety whether a backup is made before
     */
    record Input(boolean alone, boolean safety) {}

    static final InputCodec<Input> INPUT = InputCodec.of(Input.class);

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
        return List.of(
                safetyBackups.<Optional<String>>step().undoneBy(safetyBackups::undoUnfinished),
                new Step<Optional<String>>("migrated", this::migrate)
                        .lastingLong()
                        .undoneBy(this::admitAgain));
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

    private static boolean isAlone(StoredOperation operation) {
        return INPUT.read(operation).alone();
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

    /**
     * The embedder's migration undoes what it can; the tenant gets its application back. The backup stays for the rest.
     */
    private void admitAgain(StoredOperation operation) {
        if (isAlone(operation)) {
            try {
                restore(operation, tenant(operation));
            } catch (SaasException e) {
                if (!DatabaseRemoval.isMissing(e)) {
                    throw e;
                }
            }
        }
    }

    @Override
    public void retractLateEffects(StoredOperation operation, Optional<String> found) {
        super.retractLateEffects(operation, found);
        safetyBackups.withdraw(operation);
    }

    /**
     * If the operation was undone, the version in the catalog is still the one that the database has. An operation that
     * supersedes this one closes the database. Before it is opened again, it is migrated, and gets its quotas and its
     * login.
     */
    @Override
    public Ending ending() {
        return Ending.UNDONE.superseded(MigrateSaga::forgetVersion).abandoned((tx, operation) -> {
            forgetVersion(tx, operation);
            readSoon(tx, operation);
        });
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
