// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.export;

import dev.allotment.Backup;
import dev.allotment.BackupId;
import dev.allotment.Customer;
import dev.allotment.CustomerId;
import dev.allotment.ErrorCodes;
import dev.allotment.EventType;
import dev.allotment.Exports;
import dev.allotment.Filter;
import dev.allotment.OperationId;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.TenantAlias;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.core.internal.backup.BackupArchive;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.RecordLookup;
import dev.allotment.core.internal.event.EventLog;
import dev.allotment.core.internal.file.ApplicationFiles;
import dev.allotment.core.internal.operation.FileChanges;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.core.internal.record.DatabaseRefs;
import dev.allotment.core.internal.record.TenantLookup;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.core.internal.server.ServerRegistry;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Exports tenants and customers for administrators, for the owners of the tenants, and for the customers. */
public final class ExportUseCases implements Exports {
    private static final String TENANT_FORMAT = "allotment export 1";
    private static final List<TenantState> EXPORTED = List.of(TenantState.OPEN, TenantState.SUSPENDED);

    private final CoreContext context;
    private final ServerRegistry serverRegistry;
    private final EventLog eventLog;
    private final ExportPlaces places;
    private final BackupArchive archive;
    private final ApplicationFiles applicationFiles;
    private final @Nullable String programVersion;
    private final SecureRandom random;
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
            BackupArchive archive,
            ApplicationFiles applicationFiles,
            @Nullable String programVersion,
            SecureRandom random,
            Actor actor) {
        this.context = context;
        this.serverRegistry = serverRegistry;
        this.eventLog = eventLog;
        this.places = places;
        this.archive = archive;
        this.applicationFiles = applicationFiles;
        this.programVersion = programVersion;
        this.random = random;
        this.actor = actor;
        this.tenants = new TenantLookup(context.work(), actor);
    }

    /** A tenant whose export was recorded, its server and its last operation at that time, and its manifest. */
    private record Recorded(StoredTenant tenant, Databases databases, OperationId last, Map<String, String> manifest) {}

    @Override
    public void write(TenantId id, OutputStream out) {
        // First, so that no other account learns whether this tenant is being exported.
        tenants.owned(id);
        ExportPlaces.Place place = places.take(Set.of(id), account());
        try {
            Recorded recorded = context.catalog().transact(tx -> record(tx, id));
            try (ExportArchive archive = new ExportArchive(context::tick, out)) {
                write(recorded, archive.root(recorded.manifest()));
                archive.finish();
            }
        } finally {
            places.leave(place);
        }
    }

    private @Nullable UserId account() {
        User user = actor.user();
        return user == null ? null : user.id();
    }

    private void write(Recorded recorded, ExportArchive.Folder folder) {
        TenantExport export = new TenantExport(folder, applicationFiles.exist());
        recorded.databases().export(DatabaseRefs.of(recorded.tenant()), export);
        if (applicationFiles.exist()) {
            UUID tenant = recorded.tenant().uuid();
            export.files(applicationFiles, tenant);
            context.catalog().transact(tx -> {
                FileChanges.requireNone(tx, tenant, recorded.last());
                return null;
            });
        }
        export.finish();
    }

    @Override
    public void writeBackup(TenantId id, BackupId backup, OutputStream out) {
        StoredTenant tenant = tenants.owned(id);
        ExportPlaces.Place place = places.take(Set.of(id), account());
        try (BackupExport export = new BackupExport(tenant, out)) {
            Databases databases = serverRegistry.databases(tenant.serverId());
            archive.read(tenant.uuid(), backup, databases.transferFormat(), export);
            export.finish();
        } finally {
            places.leave(place);
        }
    }

    /** Turns a backup into an export. Nothing of it is written before the backup was found, and recorded. */
    private final class BackupExport implements BackupArchive.Reader, AutoCloseable {
        private final StoredTenant tenant;
        private final ExportArchive out;
        private @Nullable TenantExport started;

        BackupExport(StoredTenant tenant, OutputStream out) {
            this.tenant = tenant;
            this.out = new ExportArchive(context::tick, out);
        }

        @Override
        public void database(Backup backup, InputStream content) {
            context.catalog().transact(tx -> {
                recordBackup(tx, tenant.id(), backup);
                return null;
            });
            TenantExport export = new TenantExport(out.root(manifest(backup)), backup.files() != null);
            started = export;
            serverRegistry
                    .databases(tenant.serverId())
                    .export(new DatabaseRef(backup.name(), tenant.uuid()), content, export);
        }

        @Override
        public void file(String name, InputStream content) {
            started().applicationFile(name, content, TenantExport::unreadable);
        }

        private TenantExport started() {
            return Objects.requireNonNull(started);
        }

        void finish() {
            started().finish();
            out.finish();
        }

        @Override
        public void close() {
            out.close();
        }
    }

    private void recordBackup(Transaction tx, TenantId id, Backup backup) {
        StoredTenant tenant = tenants.lockOwned(tx, id);
        TenantRows.requireState(
                tenant, "exported from a backup", TenantState.OPEN, TenantState.SUSPENDED, TenantState.RETAINED);
        Map<String, String> details =
                Map.of("name", tenant.name(), "backup", backup.id().toString());
        eventLog.add(tx, actor, EventType.TENANT_EXPORTED, id, tenant.ownerId(), details);
    }

    private Map<String, String> manifest(Backup backup) {
        Map<String, String> manifest = withVersion(Map.of(
                "format", TENANT_FORMAT,
                "name", backup.name(),
                "uuid", backup.tenant().toString(),
                "exportedAt", context.now().toString(),
                "databaseFormat", backup.format(),
                "backup", backup.id().toString(),
                "backupMadeAt", backup.createdAt().toString()));
        if (backup.plan() != null) {
            manifest.put("plan", backup.plan());
        }
        return manifest;
    }

    @Override
    public void writeCustomer(CustomerId id, OutputStream out) {
        CustomerExport.Content content = context.catalog().transact(tx -> content(tx, id));
        ExportPlaces.Place place = places.take(content.folders().keySet(), account());
        try {
            content.tenants().stream()
                    .filter(each -> content.folders().containsKey(each.id()))
                    .forEach(this::requireReadable);
            context.catalog().transact(tx -> {
                recordCustomer(tx, content);
                return null;
            });
            try (ExportArchive archive = new ExportArchive(context::tick, out)) {
                ExportArchive.Folder root = archive.root(customerManifest(content));
                new CustomerExport(context, actor, content, root).write();
                content.folders().forEach((tenant, name) -> {
                    Recorded recorded = context.catalog().transact(tx -> record(tx, tenant));
                    write(recorded, root.folder(name, recorded.manifest()));
                });
                root.finish();
                archive.finish();
            }
        } finally {
            places.leave(place);
        }
    }

    @Override
    public OutputStream encrypted(OutputStream out, String passphrase) {
        return new PassphraseOutput(out, passphrase, PassphraseOutput.ITERATIONS, random);
    }

    /** What the actor may see of a customer: an account sees itself only, and the databases of those that it owns. */
    private CustomerExport.Content content(Transaction tx, CustomerId id) {
        User user = actor.user();
        Customer customer = tx.records(RecordTypes.CUSTOMERS)
                .find(id.value())
                .filter(each -> actor.administrator()
                        || (user != null && user.customerId().equals(each.id())))
                .orElseThrow(() -> RecordLookup.missing(RecordTypes.CUSTOMERS, "Customer", id.value()));
        List<User> accounts = tx
                .records(RecordTypes.USERS)
                .list(Query.where(Filter.equal(User.CUSTOMER_ID, id)).orderBy(User.ID))
                .stream()
                .filter(each -> actor.administrator() || each.id().equals(account()))
                .toList();
        List<StoredTenant> theirs = tx.records(RecordTypes.TENANTS)
                .list(Query.where(Filter.equal(StoredTenant.CUSTOMER_ID, id)).orderBy(StoredTenant.ID));
        List<StoredTenant> owned = theirs.stream().filter(tenants::isOwned).toList();
        Map<TenantId, String> folders = new LinkedHashMap<>();
        owned.stream()
                .filter(each -> EXPORTED.contains(each.state()))
                .forEach(each -> folders.put(each.id(), "tenants/" + each.name()));
        return new CustomerExport.Content(
                customer, accounts, theirs, owned.stream().map(StoredTenant::id).toList(), folders);
    }

    /** Called before the first byte leaves, so that the caller gets an error and not an archive that is cut off. */
    private void requireReadable(StoredTenant tenant) {
        Databases databases = serverRegistry.databases(tenant.serverId());
        databases.transferFormat();
        if (databases.find(tenant.uuid()) == null) {
            throw SaasException.unavailable(
                    ErrorCodes.BACKEND_UNAVAILABLE,
                    "Database \"" + tenant.name()
                            + "\" was not found on its database server, so the export would not be"
                            + " complete. Ask an administrator to check the server.",
                    null);
        }
    }

    private void recordCustomer(Transaction tx, CustomerExport.Content content) {
        for (TenantId tenant : content.folders().keySet()) {
            requireExportable(tx, tenants.lockOwned(tx, tenant));
        }
        CustomerId customer = content.customer().id();
        UserId account =
                content.accounts().isEmpty() ? null : content.accounts().get(0).id();
        eventLog.add(
                tx,
                actor,
                EventType.CUSTOMER_EXPORTED,
                null,
                account,
                Map.of(
                        "customer",
                        customer.toString(),
                        "tenants",
                        Integer.toString(content.folders().size())));
    }

    private Map<String, String> customerManifest(CustomerExport.Content content) {
        return withVersion(Map.of(
                "format",
                "allotment customer export 1",
                "customer",
                content.customer().id().toString(),
                "name",
                content.customer().name(),
                "exportedAt",
                context.now().toString(),
                "databases",
                Integer.toString(content.folders().size())));
    }

    private Map<String, String> withVersion(Map<String, String> manifest) {
        Map<String, String> more = new HashMap<>(manifest);
        if (programVersion != null) {
            more.put("programVersion", programVersion);
        }
        return more;
    }

    private static void requireExportable(Transaction tx, StoredTenant tenant) {
        TenantRows.requireState(tenant, "exported", EXPORTED.toArray(TenantState[]::new));
        OperationLeases.requireIdle(tx, tenant.id());
    }

    /** Recorded before the first byte leaves, also if the rest fails. */
    private Recorded record(Transaction tx, TenantId id) {
        StoredTenant tenant = tenants.lockOwned(tx, id);
        requireExportable(tx, tenant);
        Databases databases = serverRegistry.databases(tx, tenant.serverId());
        String format = databases.transferFormat().name();
        eventLog.add(tx, actor, EventType.TENANT_EXPORTED, id, tenant.ownerId(), Map.of("name", tenant.name()));
        Map<String, String> manifest = withVersion(Map.of(
                "format", TENANT_FORMAT,
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
        if (tenant.planId() != null) {
            tx.records(RecordTypes.PLANS)
                    .find(tenant.planId().value())
                    .map(Plan::name)
                    .ifPresent(plan -> manifest.put("plan", plan));
        }
        return new Recorded(tenant, databases, FileChanges.last(tx, id), manifest);
    }
}
