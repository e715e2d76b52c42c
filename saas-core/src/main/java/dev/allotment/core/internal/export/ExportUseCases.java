// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.export;

import dev.allotment.Customer;
import dev.allotment.CustomerId;
import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.backup.Backup;
import dev.allotment.backup.BackupId;
import dev.allotment.backup.ExportId;
import dev.allotment.backup.Exports;
import dev.allotment.backup.PreparedExport;
import dev.allotment.core.internal.backup.archive.BackupArchive;
import dev.allotment.core.internal.backup.archive.StoredExport;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.Idempotency;
import dev.allotment.core.internal.base.RecordLookup;
import dev.allotment.core.internal.base.RequestFingerprint;
import dev.allotment.core.internal.operation.OperationEngine;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.core.internal.operation.OperationRequest;
import dev.allotment.core.internal.operation.SharedInput;
import dev.allotment.core.internal.operation.StartedOperation;
import dev.allotment.core.internal.record.TenantLookup;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.core.internal.server.Abilities;
import dev.allotment.core.internal.server.ServerRegistry;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.spi.backend.Transfer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Exports tenants and customers for administrators, for the owners of the tenants, and for the customers. */
public final class ExportUseCases implements Exports {
    private static final List<TenantState> EXPORTED = List.of(TenantState.OPEN, TenantState.SUSPENDED);
    private static final String EXPORT = "export";
    private static final String DOWNLOADED = "downloaded";
    /** A download in many parts must not fill the audit log. */
    private static final Duration RECORDED_FOR = Duration.ofHours(1);

    private static final int RECORDS_READ = 100;
    private static final Duration KEPT = Duration.ofDays(7);
    private static final Duration OWNERS_PERIOD = Duration.ofDays(1);
    private static final int OWNERS_MOST = 5;
    private static final int MIN_DOWNLOAD_BYTES_PER_SECOND = 8 * 1024;

    /**
     * The places of a node.
     *
     * @param direct for exports that are sent while they are made
     * @param prepared for those that are read from the store
     */
    public record Places(ExportPlaces direct, ExportPlaces prepared) {}

    private final CoreContext context;
    private final OperationEngine operations;
    private final ServerRegistry serverRegistry;
    private final ExportPlaces places;
    private final ExportPlaces downloads;
    private final BackupArchive archive;
    private final TenantWriter writer;
    private final ExportSaga saga;
    private final Actor actor;
    private final TenantLookup tenants;

    /**
     * Creates the use cases of an actor.
     *
     * @param places those of this node
     */
    public ExportUseCases(
            CoreContext context,
            OperationEngine operations,
            ServerRegistry serverRegistry,
            Places places,
            BackupArchive archive,
            TenantWriter writer,
            ExportSaga saga,
            Actor actor) {
        this.context = context;
        this.operations = operations;
        this.serverRegistry = serverRegistry;
        this.places = places.direct();
        this.downloads = places.prepared();
        this.archive = archive;
        this.writer = writer;
        this.saga = saga;
        this.actor = actor;
        this.tenants = new TenantLookup(context.work(), actor);
    }

    @Override
    public void write(TenantId id, OutputStream out) {
        // First, so that no other account learns whether this tenant is being exported.
        tenants.get(id);
        ExportPlaces.Place place = places.take(Set.of(id), account());
        try {
            TenantWriter.Source source = context.catalog().transact(tx -> record(tx, id));
            try (ExportArchive zip = new ExportArchive(context::tick, out)) {
                writer.write(source, zip.root(source.manifest()));
                zip.finish();
            }
        } finally {
            places.leave(place);
        }
    }

    private @Nullable UserId account() {
        User user = actor.user();
        return user == null ? null : user.id();
    }

    @Override
    public void writeBackup(TenantId id, BackupId backup, OutputStream out) {
        StoredTenant tenant = tenants.get(id);
        ExportPlaces.Place place = places.take(Set.of(id), account());
        try (BackupExport export = new BackupExport(tenant, out)) {
            Transfer transfer = Abilities.transfer(serverRegistry.databases(tenant.serverId()));
            archive.read(tenant.uuid(), backup, transfer.transferFormat(), export);
            export.finish();
        } finally {
            places.leave(place);
        }
    }

    /** Turns a backup into an export. Writes nothing until the backup was found and the audit log has the export. */
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
            Abilities.transfer(serverRegistry.databases(tenant.serverId()))
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
        StoredTenant tenant = tenants.lock(tx, id);
        TenantRows.requireState(
                tenant, "exported from a backup", TenantState.OPEN, TenantState.SUSPENDED, TenantState.RETAINED);
        record(tx, tenant, Map.of("backup", backup.id().toString()));
    }

    private Map<String, String> manifest(Backup backup) {
        Map<String, String> manifest = writer.withVersion(Map.of(
                "format", TenantWriter.FORMAT,
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
            try (ExportArchive zip = new ExportArchive(context::tick, out)) {
                ExportArchive.Folder root = zip.root(customerManifest(content));
                new CustomerExport(context, actor, content, root).write();
                content.folders().forEach((tenant, name) -> {
                    TenantWriter.Source source = context.catalog().transact(tx -> record(tx, tenant));
                    writer.write(source, root.folder(name, source.manifest()));
                });
                root.finish();
                zip.finish();
            }
        } finally {
            places.leave(place);
        }
    }

    @Override
    public OutputStream encrypted(OutputStream out, String passphrase) {
        return new PassphraseOutput(
                out, passphrase, PassphraseOutput.ITERATIONS, context.secrets().random());
    }

    /** What the actor may see of a customer: an account sees itself only, and the databases of those that it owns. */
    private CustomerExport.Content content(Transaction tx, CustomerId id) {
        Customer customer = tx.records(RecordTypes.CUSTOMERS)
                .find(id.value())
                .filter(each -> RecordTypes.CUSTOMERS.matches(each, actor.visible(Customer.ID)))
                .orElseThrow(() -> RecordLookup.missing(RecordTypes.CUSTOMERS, "Customer", id.value()));
        List<User> accounts = tx.records(RecordTypes.USERS)
                .list(Query.where(
                                actor.administrator()
                                        ? Filter.equal(User.CUSTOMER_ID, id)
                                        : Filter.equal(User.ID, account()))
                        .orderBy(User.ID));
        List<StoredTenant> theirs = tx.records(RecordTypes.TENANTS)
                .list(Query.where(Filter.and(Filter.equal(StoredTenant.CUSTOMER_ID, id), TenantLookup.visibleTo(actor)))
                        .orderBy(StoredTenant.ID));
        List<StoredTenant> owned = theirs.stream().filter(tenants::contains).toList();
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
        Abilities.transfer(databases);
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
            requireExportable(tx, tenants.lock(tx, tenant));
        }
        CustomerId customer = content.customer().id();
        UserId account =
                content.accounts().isEmpty() ? null : content.accounts().get(0).id();
        context.events()
                .add(
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
        return writer.withVersion(Map.of(
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

    private static void requireExportable(Transaction tx, StoredTenant tenant) {
        TenantRows.requireState(tenant, "exported", EXPORTED.toArray(TenantState[]::new));
        OperationLeases.requireIdle(tx, tenant.id());
    }

    /** Recorded before the first byte leaves, also if the rest fails. */
    private TenantWriter.Source record(Transaction tx, TenantId id) {
        StoredTenant tenant = tenants.lock(tx, id);
        requireExportable(tx, tenant);
        TenantWriter.Source source = writer.source(tx, tenant);
        record(tx, tenant, Map.of());
        return source;
    }

    private void record(Transaction tx, StoredTenant tenant, Map<String, String> more) {
        Map<String, String> details = new HashMap<>(more);
        details.put("name", tenant.name());
        context.events().add(tx, actor, EventType.TENANT_EXPORTED, tenant.id(), tenant.ownerId(), details);
    }

    public OperationRequest<?> preparing(TenantId id, @Nullable String idempotencyKey) {
        StoredTenant found = tenants.get(id);
        if (found.state() != TenantState.DELETED) {
            archive.requireReady(found.uuid());
        }
        Abilities.transfer(serverRegistry.databases(found.serverId()));
        User owner = actor.administrator() ? null : actor.user();
        ExportSaga.Input input =
                new ExportSaga.Input(context.now().plus(KEPT), writer.hasFiles(), owner == null ? null : owner.id());
        StoredOperation.Builder draft = operations
                .draft(OperationKind.EXPORT_TENANT, actor)
                .tenantId(id)
                .idempotencyKey(idempotencyKey == null ? null : Idempotency.scoped(actor, idempotencyKey))
                .input(ExportSaga.INPUT.write(input))
                .fingerprint(RequestFingerprint.of("export", Map.of("tenant", id.toString())));
        return new OperationRequest<>(draft, tx -> {
            StoredTenant tenant = tenants.lock(tx, id);
            requireExportable(tx, tenant);
            requireFewToday(tx, tenant);
            record(tx, tenant, Map.of(EXPORT, draft.build().uuid().toString()));
            return Optional.of(StartedOperation.store(tx, draft, saga));
        });
    }

    /** An export reads the whole database, so an owner must not have one made after the other. */
    private void requireFewToday(Transaction tx, StoredTenant tenant) {
        Filter<StoredOperation> recent = Filter.and(
                Filter.equal(StoredOperation.TENANT_ID, tenant.id()),
                Filter.equal(StoredOperation.KIND, OperationKind.EXPORT_TENANT),
                Filter.notEqual(StoredOperation.STATE, OperationState.FAILED),
                Filter.compare(
                        StoredOperation.CREATED_AT,
                        Filter.Operator.GREATER,
                        context.now().minus(OWNERS_PERIOD)));
        if (actor.administrator()) {
            return;
        }
        long made = tx.records(RecordTypes.OPERATIONS).list(Query.where(recent)).stream()
                .filter(each -> SharedInput.of(each).account() != null)
                .count();
        if (made >= OWNERS_MOST) {
            throw actor.refused("prepare more than " + OWNERS_MOST + " exports of \"" + tenant.name()
                    + "\" in 24 hours. Wait, or ask an administrator");
        }
    }

    @Override
    public Optional<PreparedExport> prepared(TenantId id) {
        StoredTenant tenant = tenants.get(id);
        return last(Filter.equal(StoredOperation.TENANT_ID, id))
                .filter(operation -> tenant.state() != TenantState.DELETED)
                .map(operation -> new PreparedExport(
                        new ExportId(operation.uuid()),
                        id,
                        tenant.name(),
                        operation.createdAt(),
                        ExportSaga.expiresAt(operation),
                        ExportSaga.bytes(operation)));
    }

    /** The last operation that has made an export, unless the export has expired. */
    private Optional<StoredOperation> last(Filter<StoredOperation> which) {
        return context.catalog()
                .transact(tx -> StoredExport.last(tx, which))
                .filter(each -> ExportSaga.expiresAt(each).isAfter(context.now()));
    }

    @Override
    public void download(ExportId export, long offset, long length, OutputStream out) {
        StoredOperation operation = last(Filter.equal(StoredOperation.UUID, export.value()))
                .filter(this::isCurrent)
                .orElseThrow(() -> missing(export));
        long size = ExportSaga.bytes(operation);
        if (offset < 0 || offset >= size || length < 0) {
            throw SaasException.invalid(
                    ErrorCodes.QUERY_INVALID,
                    "Export " + export + " has " + size + " bytes. A part of it starts at 0 or later, before its end,"
                            + " and has a length of 0 or more.");
        }
        context.catalog().transact(tx -> {
            if (offset == 0 || !isRecorded(tx, operation)) {
                record(
                        tx,
                        tenants.lock(tx, tenantOf(operation)),
                        Map.of(EXPORT, export.toString(), DOWNLOADED, "true"));
            }
            return null;
        });
        StoredTenant tenant = tenants.get(tenantOf(operation));
        OutputStream paced = new PacedOutput(context::tick, MIN_DOWNLOAD_BYTES_PER_SECOND, out);
        ExportPlaces.Place place = downloads.take(Set.of(), account());
        try {
            archive.exports()
                    .read(
                            ExportSaga.written(operation, tenant),
                            size,
                            offset,
                            offset + Math.min(length, size - offset),
                            paced);
            paced.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            downloads.leave(place);
        }
    }

    /** Whether the actor has read a part of an export from the same address lately. */
    private boolean isRecorded(Transaction tx, StoredOperation operation) {
        Filter<Event> lately = Filter.and(
                Filter.equal(Event.TENANT_ID, tenantOf(operation)),
                Filter.equal(Event.TYPE, EventType.TENANT_EXPORTED),
                Filter.equal(Event.ACTOR, actor.login()),
                Filter.equal(Event.CLIENT_ADDRESS, actor.clientAddress()),
                Filter.compare(Event.AT, Filter.Operator.GREATER, context.now().minus(RECORDED_FOR)));
        Query<Event> newest = Query.where(lately).orderByDescending(Event.ID).page(0, RECORDS_READ);
        return tx.records(RecordTypes.EVENTS).list(newest).stream()
                .map(Event::details)
                .anyMatch(each -> each.containsKey(DOWNLOADED)
                        && operation.uuid().toString().equals(each.get(EXPORT)));
    }

    private static TenantId tenantOf(StoredOperation operation) {
        return Objects.requireNonNull(operation.tenantId());
    }

    /** Whether the actor may see an export, and no other one has replaced it. */
    private boolean isCurrent(StoredOperation operation) {
        return tenants.find(tenantOf(operation))
                .filter(tenants::contains)
                .flatMap(tenant -> prepared(tenant.id()))
                .filter(each -> each.id().value().equals(operation.uuid()))
                .isPresent();
    }

    private static SaasException missing(ExportId export) {
        return new SaasException(
                ErrorCategory.NOT_FOUND,
                ErrorCodes.RECORD_MISSING,
                "Export " + export + " does not exist, has expired, or was replaced by another one. Prepare another"
                        + " one.",
                Map.of("type", EXPORT, "id", export.toString()),
                false,
                null);
    }
}
