// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.database;

import dev.allotment.core.internal.record.DatabaseRefs;
import dev.allotment.core.internal.server.ServerRegistry;
import dev.allotment.spi.backend.DatabaseTransaction;
import dev.allotment.spi.backend.StoredTenant;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Runs transactions in the databases of tenants, on the server where each is. */
public final class TenantDatabases {
    private final ServerRegistry serverRegistry;

    public TenantDatabases(ServerRegistry serverRegistry) {
        this.serverRegistry = serverRegistry;
    }

    public <T extends @Nullable Object> T transact(
            StoredTenant tenant, Function<? super DatabaseTransaction, ? extends T> work) {
        return serverRegistry.databases(tenant.serverId()).transact(DatabaseRefs.of(tenant), work);
    }

    /** Changes the structure of a database; the record quotas are enforced again after it, if the server can. */
    public <T extends @Nullable Object> T configure(
            StoredTenant tenant, Function<? super DatabaseTransaction, ? extends T> work) {
        boolean enforces = serverRegistry.enforcesRecordQuotas(tenant.serverId());
        return serverRegistry.databases(tenant.serverId()).<T>configure(DatabaseRefs.of(tenant), tx -> {
            T result = work.apply(tx);
            if (enforces) {
                RecordQuotas.enforce(tx);
            }
            return result;
        });
    }
}
