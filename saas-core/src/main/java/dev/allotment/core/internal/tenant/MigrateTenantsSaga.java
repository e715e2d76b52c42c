// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant;

import dev.allotment.ErrorCodes;
import dev.allotment.MigrateTenants;
import dev.allotment.OperationKind;
import dev.allotment.SaasException;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.database.SchemaMigrations;
import dev.allotment.core.internal.operation.OperationInputs;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.core.internal.operation.PendingOperation;
import dev.allotment.core.internal.operation.Saga;
import dev.allotment.core.internal.operation.StartedOperation;
import dev.allotment.core.internal.record.OperationActors;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.Transaction;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Migrates all outdated tenants. Which ones are left is a query, so another node continues where this one died, and a
 * second operation tries the failed ones again.
 */
public final class MigrateTenantsSaga implements Saga<Map<String, String>> {
    private final CoreContext context;
    private final OperationLeases operationLeases;
    private final SchemaMigrations schemaMigrations;
    private final TenantMigration tenantMigration;
    private final @Nullable Executor executor;

    public MigrateTenantsSaga(
            CoreContext context,
            OperationLeases operationLeases,
            SchemaMigrations schemaMigrations,
            TenantMigration tenantMigration,
            @Nullable Executor executor) {
        this.context = context;
        this.operationLeases = operationLeases;
        this.schemaMigrations = schemaMigrations;
        this.tenantMigration = tenantMigration;
        this.executor = executor;
    }

    public PendingOperation<Map<String, String>> migrating(Actor actor, MigrateTenants command) {
        actor.requireAdministrator("migrate tenants");
        String version = schemaMigrations.version();
        if (version == null) {
            throw SchemaMigrations.none();
        }
        StoredOperation.Builder draft =
                operationLeases.draft(OperationKind.MIGRATE_TENANTS, actor).input(input(command, version));
        return new PendingOperation<>(draft, () -> {
            StoredOperation started = context.catalog().transact(tx -> OperationLeases.start(tx, draft.build()));
            return Optional.of(new StartedOperation<>(started, this));
        });
    }

    private static Map<String, String> input(MigrateTenants command, String version) {
        Map<String, String> input = new HashMap<>();
        input.put(OperationInputs.SCHEMA_VERSION, version);
        input.put(OperationInputs.CANARIES, Integer.toString(command.canaries()));
        input.put(OperationInputs.PARALLEL, Integer.toString(command.parallel()));
        input.put(OperationInputs.MAX_FAILURES, Integer.toString(command.maxFailures()));
        String tag = command.tag();
        if (tag != null) {
            input.put(OperationInputs.TAG, tag);
        }
        return input;
    }

    private static MigrateTenants command(StoredOperation operation) {
        return MigrateTenants.builder()
                .tag(operation.input().get(OperationInputs.TAG))
                .canaries(number(operation, OperationInputs.CANARIES))
                .parallel(number(operation, OperationInputs.PARALLEL))
                .maxFailures(number(operation, OperationInputs.MAX_FAILURES))
                .build();
    }

    private static int number(StoredOperation operation, String key) {
        return Integer.parseInt(operation.input().getOrDefault(key, "1"));
    }

    @Override
    public Map<String, String> resume() {
        return Map.of();
    }

    @Override
    public List<Step<Map<String, String>>> steps() {
        return List.of(new Step<Map<String, String>>("migrated", this::migrate).lastingLong());
    }

    private Map<String, String> migrate(StoredOperation operation, Map<String, String> found) {
        requireVersion(operation);
        return new MigrateTenantsRun(
                        context,
                        schemaMigrations,
                        tenantMigration,
                        operation,
                        OperationActors.of(context, operation),
                        command(operation))
                .run(executor);
    }

    /** A node of an older build, which took the operation over, would find that no tenant is outdated. */
    private void requireVersion(StoredOperation operation) {
        String wanted = operation.input().getOrDefault(OperationInputs.SCHEMA_VERSION, "");
        String mine = schemaMigrations.version();
        if (mine == null || SchemaMigrations.isOlder(mine, wanted)) {
            throw SaasException.unavailable(
                    ErrorCodes.RECORD_NEWER,
                    "Operation " + operation.id() + " migrates tenants to version " + wanted
                            + " of the tenant schema, which this node does not have. A node that has it continues.",
                    null);
        }
    }

    @Override
    public Map<String, String> result(Map<String, String> found) {
        return found;
    }

    @Override
    public Map<String, String> finish(Transaction tx, StoredOperation operation, Map<String, String> found) {
        return found;
    }

    /** Always: each tenant is migrated by a separate operation, and the others are unchanged. */
    @Override
    public boolean undoable(StoredOperation operation) {
        return true;
    }

    @Override
    public void undo(StoredOperation operation, Map<String, String> found) {
        // Migrated tenants stay migrated.
    }

    @Override
    public void undone(Transaction tx, StoredOperation operation) {
        // Migrated tenants stay migrated.
    }

    @Override
    public void withdraw(StoredOperation operation, Map<String, String> found) {
        // The other node migrates what is left.
    }

    @Override
    public String mayRemain(Transaction tx, StoredOperation operation) {
        return "Some tenants are migrated, and the others are still outdated. Start another migration for them.";
    }
}
