// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.database;

import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.RecordField;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.core.internal.server.ServerRegistry;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.util.Optional;

/**
 * Brings a database in line with the catalog. It repairs what a stalled run did to the database after another node took
 * the operation over in the catalog, and before that node stored its fencing token with the database. After that, it
 * changes nothing.
 */
public final class Reconciliation {
    private enum Wanted {
        OPEN,
        CLOSED,
        /** The tenant or template is gone, under any name. */
        GONE,
        /** Its owner has another database, here or on another server: this is a copy that was made too late. */
        NOT_THIS_ONE,
        /** An operation is working on it, and decides. */
        AS_IT_IS
    }

    private final CoreContext context;
    private final ServerRegistry serverRegistry;

    public Reconciliation(CoreContext context, ServerRegistry serverRegistry) {
        this.context = context;
        this.serverRegistry = serverRegistry;
    }

    /**
     * Reconciles for a run that created, copied or changed the database.
     *
     * @param touched the database under the name that the run used for it
     */
    public void reconcile(StoredOperation operation, ServerId server, DatabaseRef touched) {
        new Attempt(serverRegistry.databases(server, operation), server, false).reconcile(touched);
    }

    /** Reconciles for a run that adopted the database: if no tenant owns it any more, it is released. */
    public void reconcileAdopted(StoredOperation operation, ServerId server, DatabaseRef touched) {
        new Attempt(serverRegistry.databases(server, operation), server, true).reconcile(touched);
    }

    private final class Attempt {
        private final Databases databases;
        private final ServerId server;
        private final boolean adopted;

        Attempt(Databases databases, ServerId server, boolean adopted) {
            this.databases = databases;
            this.server = server;
            this.adopted = adopted;
        }

        /**
         * Repeats until the catalog is unchanged afterwards: another node may have acted between reading and repairing.
         */
        private void reconcile(DatabaseRef touched) {
            Wanted wanted;
            Wanted then = wanted(server, touched);
            do {
                wanted = then;
                makeSo(touched, wanted);
                then = wanted(server, touched);
            } while (then != wanted);
        }

        private void makeSo(DatabaseRef touched, Wanted wanted) {
            try {
                switch (wanted) {
                    case OPEN -> databases.open(touched);
                    case CLOSED -> databases.close(touched);
                    case GONE, NOT_THIS_ONE -> remove(touched);
                    case AS_IT_IS -> {}
                }
            } catch (SaasException e) {
                // The operation that changed it since has reached the state that the catalog wants.
                if (!DatabaseRemoval.isMissing(e) && !e.code().equals(ErrorCodes.OPERATION_TAKEN_OVER)) {
                    throw e;
                }
            }
        }

        /** Only what the stalled run itself made: the catalog may have changed again since it was read. */
        private void remove(DatabaseRef touched) {
            if (adopted) {
                DatabaseRemoval.release(databases, touched);
            } else {
                databases.discard(touched);
            }
        }
    }

    private Wanted wanted(ServerId server, DatabaseRef touched) {
        return context.catalog().transact(tx -> {
            Optional<StoredTenant> tenant = TenantRows.byUuid(tx, touched.uuid());
            if (tenant.isPresent()) {
                return wanted(tx, server, touched, tenant.get());
            }
            boolean closed = has(tx, RecordTypes.TEMPLATES, touched) || has(tx, RecordTypes.SPARES, touched);
            return closed ? Wanted.AS_IT_IS : Wanted.GONE;
        });
    }

    private static Wanted wanted(Transaction tx, ServerId server, DatabaseRef touched, StoredTenant tenant) {
        boolean itsOwn = tenant.serverId().equals(server) && tenant.name().equals(touched.name());
        if (tenant.state().hasDatabase() && !itsOwn) {
            return OperationLeases.isIdle(tx, tenant.id()) ? Wanted.NOT_THIS_ONE : Wanted.AS_IT_IS;
        }
        return switch (tenant.state()) {
            case OPEN -> Wanted.OPEN;
            case SUSPENDED, RETAINED -> Wanted.CLOSED;
            case DRAFT -> Wanted.AS_IT_IS;
            case DELETED -> Wanted.GONE;
        };
    }

    private static boolean has(Transaction tx, RecordType<?> type, DatabaseRef touched) {
        return tx.records(type).count(Filter.equal(RecordField.named("uuid"), touched.uuid())) > 0;
    }
}
