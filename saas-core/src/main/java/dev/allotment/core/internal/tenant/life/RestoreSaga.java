// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.life;

import dev.allotment.EventType;
import dev.allotment.TenantState;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.database.TenantContent;
import dev.allotment.core.internal.operation.Ending;
import dev.allotment.core.internal.operation.InputCodec;
import dev.allotment.core.internal.operation.Saga;
import dev.allotment.core.internal.tenant.change.TenantSaga;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reopens a soft-deleted tenant, which the catalog counts as in use from the start. */
public final class RestoreSaga extends TenantSaga<Saga.Nothing> implements Saga.Stateless {
    /** What the tenant gets back if the operation is undone. */
    private record Input(
            @Nullable Instant deletedAt, @Nullable Instant until) {}

    private static final InputCodec<Input> INPUT = InputCodec.of(Input.class);

    private final TenantStates tenantStates;

    public RestoreSaga(CoreContext context, TenantContent content, TenantStates tenantStates) {
        super(context, content);
        this.tenantStates = tenantStates;
    }

    static Map<String, String> input(StoredTenant tenant) {
        return INPUT.write(new Input(tenant.deletedAt(), tenant.retainedUntil()));
    }

    @Override
    public List<Step<Nothing>> steps() {
        return List.of(Step.of("told", tenantStates::write));
    }

    @Override
    public void finish(Transaction tx, StoredOperation operation) {
        StoredTenant tenant = lockTenant(tx, operation);
        context.events().add(tx, operation, EventType.TENANT_RESTORED, tenant.id(), Map.of("name", tenant.name()));
    }

    /** The tenant has been in use since the operation started. */
    @Override
    public Ending ending() {
        return catalogLeads(this::finish).undoneWith(RestoreSaga::retainAgain).abandoned(this::readSoon);
    }

    private static void retainAgain(Transaction tx, StoredOperation operation) {
        Input before = INPUT.read(operation);
        tx.records(RecordTypes.TENANTS)
                .update(lockTenant(tx, operation).toBuilder()
                        .state(TenantState.RETAINED)
                        .deletedAt(before.deletedAt())
                        .retainedUntil(before.until())
                        .nextCheckAt(before.until())
                        .nextSyncAt(null)
                        .build());
    }

    @Override
    public String describeLeftovers(Transaction tx, StoredOperation operation) {
        return "The tenant counts as restored, but may be closed: " + describe(tx, operation)
                + ". Resume the tenant to open it.";
    }
}
