// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.reconciliation;

import dev.allotment.ServerId;
import dev.allotment.Template;
import dev.allotment.TemplateState;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Spare;
import dev.allotment.spi.backend.StoredTenant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the catalog records about a database.
 *
 * @param id of the record of that kind
 * @param state null unless it is a tenant's
 * @param ready whether its creation has finished
 * @param causes why its tenant is suspended
 */
record RecordedDatabase(
        Kind kind,
        long id,
        UUID uuid,
        String name,
        ServerId serverId,
        @Nullable TenantState state,
        boolean ready,
        List<String> causes) {
    enum Kind {
        TENANT,
        TEMPLATE,
        SPARE
    }

    static RecordedDatabase of(StoredTenant tenant) {
        return new RecordedDatabase(
                Kind.TENANT,
                tenant.id().value(),
                tenant.uuid(),
                tenant.name(),
                tenant.serverId(),
                tenant.state(),
                tenant.state() != TenantState.DRAFT,
                tenant.suspendedFor());
    }

    static RecordedDatabase of(Template template) {
        return new RecordedDatabase(
                Kind.TEMPLATE,
                template.id().value(),
                template.uuid(),
                template.name(),
                template.serverId(),
                null,
                template.state() == TemplateState.READY,
                List.of());
    }

    static RecordedDatabase of(Spare spare) {
        return new RecordedDatabase(
                Kind.SPARE, spare.id(), spare.uuid(), spare.name(), spare.serverId(), null, spare.ready(), List.of());
    }

    DatabaseRef ref() {
        return new DatabaseRef(name, uuid);
    }

    @Nullable
    TenantId tenantId() {
        return kind == Kind.TENANT ? new TenantId(id) : null;
    }

    /** Whether the tenant has no database any more; its record is a tombstone. */
    boolean isTombstone() {
        return state == TenantState.DELETED;
    }

    /** Whether its application can connect, as far as the catalog is concerned. */
    boolean isOpen() {
        return state == TenantState.OPEN;
    }
}
