// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.export;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.EventType;
import dev.allotment.Exports;
import dev.allotment.Filter;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.TenantAlias;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.event.EventLog;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.core.internal.record.DatabaseRefs;
import dev.allotment.core.internal.record.TenantLookup;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.core.internal.server.ServerRegistry;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.spi.backend.TransferFormat;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Exports tenants for administrators, and for the owners of the tenants. */
public final class ExportUseCases implements Exports {
    /** How many exports a node makes at once. Each takes a connection and a thread for as long as its reader wants. */
    public static final int MOST_AT_ONCE = 2;

    private final CoreContext context;
    private final ServerRegistry serverRegistry;
    private final EventLog eventLog;
    private final Semaphore places;
    private final @Nullable String programVersion;
    private final Actor actor;
    private final TenantLookup tenants;

    /**
     * @param places those of this node
     * @param programVersion null: not known
     */
    public ExportUseCases(
            CoreContext context,
            ServerRegistry serverRegistry,
            EventLog eventLog,
            Semaphore places,
            @Nullable String programVersion,
            Actor actor) {
        this.context = context;
        this.serverRegistry = serverRegistry;
        this.eventLog = eventLog;
        this.places = places;
        this.programVersion = programVersion;
        this.actor = actor;
        this.tenants = new TenantLookup(context.work(), actor);
    }

    /** A tenant whose export was recorded, and what its manifest says. */
    private record Recorded(StoredTenant tenant, Map<String, String> manifest) {}

    @Override
    public void write(TenantId id, OutputStream out) {
        Databases databases = serverRegistry.databases(tenants.owned(id).serverId());
        TransferFormat format = databases.transferFormat();
        if (!places.tryAcquire()) {
            throw new SaasException(
                    ErrorCategory.CONFLICT,
                    ErrorCodes.EXPORT_BUSY,
                    "This node makes " + MOST_AT_ONCE + " exports at once, and no more. Try again later.",
                    Map.of(),
                    true,
                    null);
        }
        try {
            Recorded recorded = context.catalog().transact(tx -> record(tx, id));
            Map<String, String> manifest = new HashMap<>(recorded.manifest());
            manifest.put("databaseFormat", format.name());
            ExportArchive archive = new ExportArchive(context::tick, out, manifest);
            databases.export(DatabaseRefs.of(recorded.tenant()), archive);
            archive.finish();
        } finally {
            places.release();
        }
    }

    /** Recorded before the first byte leaves, also if the rest fails. */
    private Recorded record(Transaction tx, TenantId id) {
        StoredTenant tenant = tenants.lock(tx, id);
        TenantRows.requireState(tenant, "exported", TenantState.OPEN, TenantState.SUSPENDED);
        OperationLeases.requireIdle(tx, id);
        eventLog.add(tx, actor, EventType.TENANT_EXPORTED, id, tenant.ownerId(), Map.of("name", tenant.name()));
        Map<String, String> manifest = new HashMap<>(Map.of(
                "format", "allotment export 1",
                "name", tenant.name(),
                "uuid", tenant.uuid().toString(),
                "exportedAt", context.now().toString(),
                "createdAt", tenant.createdAt().toString(),
                "hosts",
                        tx
                                .records(RecordTypes.ALIASES)
                                .list(Query.where(Filter.equal(TenantAlias.TENANT_ID, id))
                                        .orderBy(TenantAlias.HOST))
                                .stream()
                                .map(TenantAlias::host)
                                .collect(Collectors.joining(","))));
        if (programVersion != null) {
            manifest.put("programVersion", programVersion);
        }
        if (tenant.planId() != null) {
            tx.records(RecordTypes.PLANS)
                    .find(tenant.planId().value())
                    .map(Plan::name)
                    .ifPresent(plan -> manifest.put("plan", plan));
        }
        return new Recorded(tenant, manifest);
    }
}
