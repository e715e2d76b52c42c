// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.database;

import dev.allotment.DatabaseActivity;
import dev.allotment.DatabaseLogin;
import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.TenantState;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.core.internal.operation.OperationMarkers;
import dev.allotment.core.internal.operation.OperationTargets;
import dev.allotment.core.internal.record.DatabaseRefs;
import dev.allotment.core.internal.server.Abilities;
import dev.allotment.core.internal.server.ServerRegistry;
import dev.allotment.spi.backend.ActivityReader;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.DatabaseTransaction;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.ReadOnlyLogins;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Runs transactions in the databases of tenants, on the server where each is. */
public final class TenantDatabases {
    private final CoreContext context;
    private final ServerRegistry serverRegistry;

    public TenantDatabases(CoreContext context, ServerRegistry serverRegistry) {
        this.context = context;
        this.serverRegistry = serverRegistry;
    }

    public <T extends @Nullable Object> T transact(
            StoredTenant tenant, Function<? super DatabaseTransaction, ? extends T> work) {
        return this.<T>where(
                tenant,
                present -> serverRegistry.databases(present.serverId()).<T>transact(DatabaseRefs.of(present), work));
    }

    /** Changes the structure of a database; the record quotas are enforced again after it, if the server can. */
    public <T extends @Nullable Object> T configure(
            StoredTenant tenant, Function<? super DatabaseTransaction, ? extends T> work) {
        return this.<T>where(tenant, present -> this.<T>configure(present.serverId(), DatabaseRefs.of(present), work));
    }

    /** Changes the structure of a database on a server that is not the tenant's yet. */
    public <T extends @Nullable Object> T configure(
            ServerId server, DatabaseRef database, Function<? super DatabaseTransaction, ? extends T> work) {
        boolean enforces = serverRegistry.enforcesRecordQuotas(server);
        return serverRegistry.databases(server).<T>configure(database, tx -> {
            T result = work.apply(tx);
            if (enforces) {
                RecordQuotas.enforce(tx);
            }
            return result;
        });
    }

    /** Returns how many bytes the database of a tenant takes on its server. */
    public long size(StoredTenant tenant) {
        return this.<Long>where(
                tenant, present -> serverRegistry.databases(present.serverId()).size(DatabaseRefs.of(present)));
    }

    /** Returns what the database of a tenant does now; null if its backend does not know. */
    public @Nullable DatabaseActivity activity(StoredTenant tenant) {
        return this.<@Nullable DatabaseActivity>where(tenant, present -> {
            ActivityReader reader = serverRegistry.databases(present.serverId()).activityReader();
            return reader == null ? null : reader.activity(DatabaseRefs.of(present));
        });
    }

    /** Returns how the application of a tenant connects, see {@link Databases#login}. */
    DatabaseLogin login(StoredTenant tenant, String password) {
        return this.<DatabaseLogin>where(
                tenant,
                present -> serverRegistry.databases(present.serverId()).login(DatabaseRefs.of(present), password));
    }

    /**
     * Creates a login that only reads, see {@link ReadOnlyLogins}. During a live move, the tables of the source do not
     * change, and its rights do not either.
     */
    DatabaseLogin readOnlyLogin(StoredTenant tenant, Duration validity) {
        context.catalog().transact(tx -> {
            OperationLeases.requireNone(tx, tenant.id(), OperationKind.MOVE_TENANT);
            return null;
        });
        return this.<DatabaseLogin>where(
                tenant, present -> readOnlyLogins(present).readOnlyLogin(DatabaseRefs.of(present), validity));
    }

    /** Ends a login that only reads, with its sessions. */
    void revokeReadOnlyLogin(StoredTenant tenant, String user) {
        this.<@Nullable Void>where(tenant, present -> {
            readOnlyLogins(present).revokeReadOnlyLogin(DatabaseRefs.of(present), user);
            return null;
        });
    }

    private ReadOnlyLogins readOnlyLogins(StoredTenant tenant) {
        return Abilities.readOnlyLogins(serverRegistry.databases(tenant.serverId()));
    }

    /**
     * Uses the database of a tenant, which may be moved to another server after the tenant was read.
     *
     * @throws SaasException {@code tenant.busy} while it is moved, replaced by a restore in place, or swapped
     */
    private <T extends @Nullable Object> T where(StoredTenant tenant, Function<? super StoredTenant, ? extends T> use) {
        try {
            return use.apply(tenant);
        } catch (SaasException e) {
            StoredTenant present = DatabaseRemoval.isMissing(e) ? moved(tenant) : null;
            if (present == null) {
                throw e;
            }
            return use.apply(present);
        }
    }

    /** The tenant on the server that it has been moved to; null if it is where it was. */
    private @Nullable StoredTenant moved(StoredTenant tenant) {
        return context.catalog().<@Nullable StoredTenant>transact(tx -> {
            Filter<StoredOperation> puttingAside = Filter.and(
                    OperationTargets.workOn(tenant.id()),
                    Filter.in(
                            StoredOperation.KIND,
                            List.of(
                                    OperationKind.MOVE_TENANT,
                                    OperationKind.RESTORE_IN_PLACE,
                                    OperationKind.SWAP_TENANTS)),
                    Filter.equal(StoredOperation.STATE, OperationState.RUNNING));
            StoredTenant present = tx.records(RecordTypes.TENANTS)
                    .find(tenant.id().value())
                    .filter(each -> each.uuid().equals(tenant.uuid()))
                    .orElse(null);
            if (present != null && !present.serverId().equals(tenant.serverId())) {
                return present;
            }
            if (tx.records(RecordTypes.OPERATIONS).count(puttingAside) > 0) {
                throw OperationLeases.busy(tenant.id());
            }
            return null;
        });
    }

    /**
     * Finds out whether an operation's transaction in the database was committed, and if not, makes sure that it never
     * will be. Enforces no quotas, and needs nothing that the tenant's application could hold for ever: if its sessions
     * are in the way, they are closed.
     *
     * @param by the operation that has to know
     * @return false also if there is no such database
     */
    public boolean settle(StoredOperation by, StoredTenant tenant, UUID operation) {
        Function<DatabaseTransaction, Boolean> settling = tx -> OperationMarkers.settle(tx, operation);
        try {
            try {
                return insist(by, tenant, settling);
            } catch (SaasException e) {
                if (!e.code().equals(ErrorCodes.RECORD_DUPLICATE)) {
                    throw e;
                }
                // The transaction that this waited for was committed meanwhile.
                return insist(by, tenant, settling);
            }
        } catch (SaasException e) {
            if (DatabaseRemoval.isMissing(e)) {
                return false;
            }
            throw e;
        }
    }

    /** Opens the database of an open tenant, if it exists. */
    public void reopen(StoredOperation by, StoredTenant tenant) {
        try {
            serverRegistry.databases(tenant.serverId(), by).open(DatabaseRefs.of(tenant));
        } catch (SaasException e) {
            if (!DatabaseRemoval.isMissing(e)) {
                throw e;
            }
        }
    }

    /**
     * Runs a transaction; if it fails because the database makes it wait too long, the sessions of the application are
     * closed, and it runs again. An open tenant is reopened afterwards.
     */
    public <T extends @Nullable Object> T insist(
            StoredOperation by, StoredTenant tenant, Function<? super DatabaseTransaction, ? extends T> work) {
        try {
            return transact(tenant, work);
        } catch (SaasException e) {
            if (e.category() != ErrorCategory.UNAVAILABLE) {
                throw e;
            }
            Databases databases = serverRegistry.databases(tenant.serverId(), by);
            databases.close(DatabaseRefs.of(tenant));
            try {
                return transact(tenant, work);
            } finally {
                if (tenant.state() == TenantState.OPEN) {
                    databases.open(DatabaseRefs.of(tenant));
                }
            }
        }
    }
}
