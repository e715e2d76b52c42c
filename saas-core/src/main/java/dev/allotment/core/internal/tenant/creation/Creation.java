// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.creation;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.access.MemberId;
import dev.allotment.core.internal.database.TenantContent;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.core.internal.operation.OperationTakenOver;
import dev.allotment.core.internal.record.DatabaseRefs;
import dev.allotment.core.internal.server.Abilities;
import dev.allotment.core.internal.tenant.change.TenantSaga;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.DatabaseTransaction;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One run of an operation that makes a tenant, and what all origins do in it.
 *
 * @param known with the tenant
 */
record Creation(CreationTools tools, StoredOperation operation, NewTenant known) {
    StoredTenant tenant() {
        return known.tenant();
    }

    TenantContent content() {
        return tools.content();
    }

    Creation with(NewTenant now) {
        return new Creation(tools, operation, now);
    }

    DatabaseRef target() {
        return DatabaseRefs.of(tenant());
    }

    /** The databases on the server of the tenant, changed with the token of the operation. */
    Databases databases() {
        return tools.registry().databases(tenant().serverId(), operation);
    }

    /**
     * Changes the stored tenant.
     *
     * @throws OperationTakenOver if this run must not: the node that took over may have created its database by now
     */
    Creation changed(BiFunction<? super Transaction, ? super StoredTenant, StoredTenant> change) {
        return with(known.withTenant(tools.context().work().orAgain(tx -> {
            OperationLeases.requireMine(tx, operation);
            StoredTenant changed = change.apply(tx, TenantSaga.lockTenant(tx, operation));
            tx.records(RecordTypes.TENANTS).update(changed);
            return changed;
        })));
    }

    /** Makes the database, on a server that still exists. */
    NewTenant made(BiConsumer<? super Databases, ? super DatabaseRef> making) {
        Databases databases = databases();
        requireServer();
        making.accept(databases, target());
        return known.opened(false);
    }

    /**
     * A server that was deleted while the name was being reserved may still be known to this process. With a spare
     * there is no such risk: the spare, and then the tenant, keeps its server from being deleted.
     */
    private void requireServer() {
        long server = tenant().serverId().value();
        if (tools.context()
                .catalog()
                .transact(tx -> tx.records(RecordTypes.SERVERS).find(server))
                .isEmpty()) {
            throw SaasException.conflict(
                    ErrorCodes.SERVER_NONE,
                    "The chosen database server has been deleted meanwhile; try again with another one.");
        }
    }

    /** The account of the owner; null: there is none. Reads the catalog, unless it was read. */
    @Nullable
    User account() {
        UserId owner = tenant().ownerId();
        return known.account() != null || owner == null
                ? known.account()
                : tools.context()
                        .catalog()
                        .transact(tx -> tx.records(RecordTypes.USERS)
                                .find(owner.value())
                                .orElse(null));
    }

    /** Leaves the disk to the transaction that finishes the operation in the catalog, if that stores this one, too. */
    static void deferDurability(DatabaseTransaction tx, Databases databases) {
        if (Abilities.sharesLogWithCatalog(databases)) {
            tx.deferDurability();
        }
    }

    /** Commits the first transaction inside of the database, which returns the owner. */
    NewTenant filled(Supplier<Optional<MemberId>> filling) {
        Databases databases = databases();
        return known.ownedBy(orAgain(() -> content().setup().first(operation, databases, target(), filling)));
    }

    static Optional<MemberId> orAgain(Supplier<Optional<MemberId>> filling) {
        try {
            return filling.get();
        } catch (SaasException e) {
            if (!e.code().equals(ErrorCodes.RECORD_DUPLICATE)) {
                throw e;
            }
            // A stalled run has committed the same meanwhile; its marker is there now.
            return filling.get();
        }
    }

    /** Brings the tables of the application up to date, in a database that is closed then. */
    NewTenant migrated() {
        StoredTenant tenant = tenant();
        if (!content().migrations().isOutdated(tenant.schemaVersion())) {
            return known;
        }
        String version = content().migrations().migrateClosed(operation, tenant.serverId(), target());
        return known.withTenant(tenant.toBuilder().schemaVersion(version).build())
                .opened(false);
    }
}
