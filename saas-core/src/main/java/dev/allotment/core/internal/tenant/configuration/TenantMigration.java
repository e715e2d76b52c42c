// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.configuration;

import dev.allotment.OperationKind;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.core.internal.backup.SafetyBackups;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.database.SchemaMigrations;
import dev.allotment.core.internal.operation.OperationEngine;
import dev.allotment.core.internal.operation.OperationRequest;
import dev.allotment.core.internal.operation.StartedOperation;
import dev.allotment.core.internal.record.TenantLookup;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import java.util.Optional;

/** Migrates the tenant schema of tenants: on request, and before a closed tenant is opened again. */
public final class TenantMigration {
    private final CoreContext context;
    private final OperationEngine operations;
    private final SchemaMigrations schemaMigrations;
    private final MigrateSaga migrateSaga;
    private final SafetyBackups safetyBackups;

    public TenantMigration(
            CoreContext context,
            OperationEngine operations,
            SchemaMigrations schemaMigrations,
            MigrateSaga migrateSaga,
            SafetyBackups safetyBackups) {
        this.context = context;
        this.operations = operations;
        this.schemaMigrations = schemaMigrations;
        this.migrateSaga = migrateSaga;
        this.safetyBackups = safetyBackups;
    }

    public OperationRequest<Optional<String>> migrating(Actor actor, TenantId id) {
        return pending(actor, id, false, TenantState.OPEN, TenantState.SUSPENDED);
    }

    /** Like {@link #migrating}, but there is nothing to do if the tenant is up to date when this starts. */
    public OperationRequest<Optional<String>> migratingOutdated(Actor actor, TenantId id) {
        return pending(actor, id, true, TenantState.OPEN, TenantState.SUSPENDED);
    }

    public void migrate(Actor actor, TenantId id) {
        operations.run(migrating(actor, id));
    }

    /** Finishes a migration of this tenant that has lost its node, for which the tenant would stay busy. */
    public void finishOrphaned(TenantId id) {
        operations.takeOverDue(id, OperationKind.MIGRATE_TENANT, migrateSaga);
    }

    /** What each tenant is migrated to. */
    public SchemaMigrations schemaMigrations() {
        return schemaMigrations;
    }

    /** Migrates an outdated tenant that is suspended or soft-deleted. If this fails, it stays closed. */
    public void beforeOpening(Actor actor, TenantId id) {
        boolean due = new TenantLookup(context.work(), actor)
                .find(id)
                .filter(tenant -> tenant.state() == TenantState.SUSPENDED || tenant.state() == TenantState.RETAINED)
                .filter(tenant -> schemaMigrations.isOutdated(tenant.schemaVersion()))
                .isPresent();
        if (due) {
            operations.run(pending(actor, id, false, TenantState.SUSPENDED, TenantState.RETAINED));
        }
    }

    private OperationRequest<Optional<String>> pending(
            Actor actor, TenantId id, boolean onlyOutdated, TenantState... states) {
        actor.requireAdministrator("migrate tenants");
        if (schemaMigrations.version() == null) {
            throw SchemaMigrations.none();
        }
        StoredTenant seen = new TenantLookup(context.work(), actor).get(id);
        TenantRows.requireState(seen, "migrated", states);
        boolean limited = schemaMigrations.isLimited(seen);
        StoredOperation.Builder draft =
                operations.draft(OperationKind.MIGRATE_TENANT, actor).tenantId(id);
        return OperationRequest.prepared(draft, () -> {
            if (schemaMigrations.isOutdated(seen.schemaVersion())) {
                safetyBackups.requireReady(draft.build(), seen);
            }
            return tx -> {
                StoredTenant tenant = new TenantLookup(context.work(), actor).lock(tx, id);
                TenantRows.requireState(tenant, "migrated", states);
                if (onlyOutdated && !schemaMigrations.isOutdated(tenant.schemaVersion())) {
                    return Optional.empty();
                }
                boolean alone = limited || tenant.state() != TenantState.OPEN;
                draft.input(MigrateSaga.INPUT.write(new MigrateSaga.Input(
                        alone, safetyBackups.areWanted() && schemaMigrations.isOutdated(tenant.schemaVersion()))));
                return Optional.of(StartedOperation.store(tx, draft, migrateSaga));
            };
        });
    }
}
