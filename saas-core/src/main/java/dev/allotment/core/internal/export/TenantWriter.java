// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.export;

import dev.allotment.CustomDomain;
import dev.allotment.Filter;
import dev.allotment.OperationId;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.TenantId;
import dev.allotment.core.internal.backup.FileChanges;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.file.ApplicationFiles;
import dev.allotment.core.internal.record.DatabaseRefs;
import dev.allotment.core.internal.server.Abilities;
import dev.allotment.core.internal.server.ServerRegistry;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/** Writes exports of the databases of tenants. The callers have checked rights and states. Thread-safe. */
public final class TenantWriter {
    /** The format in the manifest of an export of a tenant. */
    static final String FORMAT = "allotment export 1";

    private final CoreContext context;
    private final ServerRegistry serverRegistry;
    private final ApplicationFiles applicationFiles;
    private final String programVersion;

    public TenantWriter(
            CoreContext context,
            ServerRegistry serverRegistry,
            ApplicationFiles applicationFiles,
            String programVersion) {
        this.context = context;
        this.serverRegistry = serverRegistry;
        this.applicationFiles = applicationFiles;
        this.programVersion = programVersion;
    }

    /** A tenant, its server and its last operation at the time at which its export was recorded, and its manifest. */
    record Source(StoredTenant tenant, Databases databases, OperationId last, Map<String, String> manifest) {}

    /** What is known of a locked tenant before its database is read. */
    Source source(Transaction tx, StoredTenant tenant) {
        TenantId id = tenant.id();
        Databases databases = serverRegistry.databases(tx, tenant.serverId());
        Map<String, String> manifest = withVersion(Map.of(
                "format", FORMAT,
                "name", tenant.name(),
                "uuid", tenant.uuid().toString(),
                "exportedAt", context.now().toString(),
                "databaseFormat", Abilities.transfer(databases).transferFormat().name(),
                "createdAt", tenant.createdAt().toString(),
                "hosts",
                        tx
                                .records(RecordTypes.CUSTOM_DOMAINS)
                                .list(Query.where(Filter.equal(CustomDomain.TENANT_ID, id))
                                        .orderBy(CustomDomain.HOST))
                                .stream()
                                .map(CustomDomain::host)
                                .collect(Collectors.joining(","))));
        if (tenant.planId() != null) {
            tx.records(RecordTypes.PLANS)
                    .find(tenant.planId().value())
                    .map(Plan::name)
                    .ifPresent(plan -> manifest.put("plan", plan));
        }
        return new Source(tenant, databases, FileChanges.last(tx, id), manifest);
    }

    Map<String, String> withVersion(Map<String, String> manifest) {
        Map<String, String> more = new HashMap<>(manifest);
        more.put("programVersion", programVersion);
        return more;
    }

    /** Whether the applications have files outside of their databases. */
    boolean hasFiles() {
        return applicationFiles.exist();
    }

    void write(Source source, ExportArchive.Folder folder) {
        TenantExport export = new TenantExport(folder, applicationFiles.exist());
        Abilities.transfer(source.databases()).export(DatabaseRefs.of(source.tenant()), export);
        if (applicationFiles.exist()) {
            UUID tenant = source.tenant().uuid();
            export.files(applicationFiles, tenant);
            context.catalog().transact(tx -> {
                FileChanges.requireNone(tx, tenant, source.last());
                return null;
            });
        }
        export.finish();
    }
}
