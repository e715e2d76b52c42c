// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.backup;

import dev.allotment.EventType;
import dev.allotment.TenantId;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.spi.backend.StoredOperation;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Records what a database server refuses while a backup or a dump is restored, as events of the tenant, before the
 * restored database is used. For one run of an operation.
 */
public final class RefusedParts implements Consumer<String> {
    /** How many parts are named. The log names all. */
    private static final int MOST = 20;

    private final CoreContext context;
    private final StoredOperation operation;
    private final TenantId tenant;
    private final String name;
    private int found;

    /**
     * Records parts for one run of an operation.
     *
     * @param name of the tenant
     */
    public RefusedParts(CoreContext context, StoredOperation operation, TenantId tenant, String name) {
        this.context = context;
        this.operation = operation;
        this.tenant = tenant;
        this.name = name;
    }

    @Override
    public void accept(String part) {
        found++;
        if (found > MOST) {
            return;
        }
        String shown = found == MOST ? part + ", and perhaps others, which the log of the node names" : part;
        context.catalog().transact(tx -> {
            OperationLeases.requireMine(tx, operation);
            context.events()
                    .add(tx, operation, EventType.PART_NOT_RESTORED, tenant, Map.of("name", name, "part", shown));
            return null;
        });
    }
}
