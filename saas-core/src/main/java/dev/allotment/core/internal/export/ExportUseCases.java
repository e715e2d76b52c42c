// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.export;

import dev.allotment.EventType;
import dev.allotment.Exports;
import dev.allotment.Filter;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.TenantAlias;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.event.EventLog;
import dev.allotment.core.internal.file.ApplicationFiles;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.core.internal.record.DatabaseRefs;
import dev.allotment.core.internal.record.TenantLookup;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.core.internal.server.ServerRegistry;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Exports tenants for administrators, and for the owners of the tenants. */
public final class ExportUseCases implements Exports {
    private final CoreContext context;
    private final ServerRegistry serverRegistry;
    private final EventLog eventLog;
    private final ExportPlaces places;
    private final ApplicationFiles applicationFiles;
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
            ExportPlaces places,
            ApplicationFiles applicationFiles,
            @Nullable String programVersion,
            Actor actor) {
        this.context = context;
        this.serverRegistry = serverRegistry;
        this.eventLog = eventLog;
        this.places = places;
        this.applicationFiles = applicationFiles;
        this.programVersion = programVersion;
        this.actor = actor;
        this.tenants = new TenantLookup(context.work(), actor);
    }

    /** A tenant whose export was recorded, its server at that time, and what its manifest says. */
    private record Recorded(StoredTenant tenant, Databases databases, Map<String, String> manifest) {}

    @Override
    public void write(TenantId id, OutputStream out) {
        // First, so that no other account learns whether this tenant is being exported.
        tenants.owned(id);
        User user = actor.user();
        places.take(id, user == null ? null : user.id());
        try {
            Recorded recorded = context.catalog().transact(tx -> record(tx, id));
            try (ExportArchive archive =
                    new ExportArchive(context::tick, out, recorded.manifest(), applicationFiles.exist())) {
                recorded.databases().export(DatabaseRefs.of(recorded.tenant()), archive);
                if (applicationFiles.exist()) {
                    archive.files(applicationFiles, recorded.tenant().uuid());
                }
                archive.finish();
            }
        } finally {
            places.leave(id);
        }
    }

    /** Recorded before the first byte leaves, also if the rest fails. */
    private Recorded record(Transaction tx, TenantId id) {
        StoredTenant tenant = tenants.lockOwned(tx, id);
        TenantRows.requireState(tenant, "exported", TenantState.OPEN, TenantState.SUSPENDED);
        OperationLeases.requireIdle(tx, id);
        Databases databases = serverRegistry.databases(tx, tenant.serverId());
        String format = databases.transferFormat().name();
        eventLog.add(tx, actor, EventType.TENANT_EXPORTED, id, tenant.ownerId(), Map.of("name", tenant.name()));
        Map<String, String> manifest = new HashMap<>(Map.of(
                "format", "allotment export 1",
                "name", tenant.name(),
                "uuid", tenant.uuid().toString(),
                "exportedAt", context.now().toString(),
                "databaseFormat", format,
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
        return new Recorded(tenant, databases, manifest);
    }
}
