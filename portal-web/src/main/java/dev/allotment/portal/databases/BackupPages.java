// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.databases;

import dev.allotment.AsyncOperations;
import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.Permission;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.backup.Backup;
import dev.allotment.backup.BackupId;
import dev.allotment.backup.BackupUsage;
import dev.allotment.backup.RestoreBackup;
import dev.allotment.fleet.Server;
import dev.allotment.portal.databases.OwnDatabaseView.Activity;
import dev.allotment.portal.text.Message;
import dev.allotment.portal.web.Choice;
import dev.allotment.portal.web.Download;
import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.Moment;
import dev.allotment.portal.web.PageFailure;
import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.Routes;
import dev.allotment.portal.web.Tokens;
import dev.allotment.portal.web.Visitor;
import dev.allotment.text.Texts;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The backups of a database: the list, making one, restoring one as a new database or in place, downloading and
 * deleting one. Owners and administrators have the same pages under different paths, but only administrators delete,
 * choose servers, and start drills. The page of the database does not list the backups, since the store may take long
 * to answer.
 */
public final class BackupPages {
    private static final String LABEL = "label";
    private static final String SERVER = "server";
    private static final String ACTIVE = "active";
    private static final String KEY = "key";
    private static final String NAME = "name";
    private static final String SOURCE = "source";
    private static final int REFRESH_SECONDS = 3;
    /** How many backups a page lists: the store is read for each. */
    private static final int SHOWN = 100;

    private static final Set<String> STORE_CODES = Set.of(
            ErrorCodes.BACKUP_STORE_FAILED,
            ErrorCodes.BACKUP_KEY_MISSING,
            ErrorCodes.BACKUP_KEY_WRONG,
            ErrorCodes.BACKUP_DAMAGED);
    private static final Set<TenantState> PRESENT = Set.of(TenantState.OPEN, TenantState.SUSPENDED);
    private static final Set<TenantState> RESTORABLE =
            Set.of(TenantState.OPEN, TenantState.SUSPENDED, TenantState.RETAINED);

    private final boolean owners;
    private final String path;
    private final String section;
    private final String templates;
    private final BiFunction<? super PortalExchange, ? super Visitor, Tenant> tenants;

    private BackupPages(
            boolean owners,
            String path,
            String section,
            String templates,
            BiFunction<? super PortalExchange, ? super Visitor, Tenant> tenants) {
        this.owners = owners;
        this.path = path;
        this.section = section;
        this.templates = templates;
        this.tenants = tenants;
    }

    /** Adds the pages for owners. */
    static void addForOwners(Routes routes, BiFunction<? super PortalExchange, ? super Visitor, Tenant> tenants) {
        BackupPages pages = new BackupPages(true, "/my", "databases", "", tenants);
        routes.showVisitor("/my/{id}/backups", pages::show).needs(Permission.BACK_UP);
        routes.acceptVisitor("/my/{id}/backups", pages::make);
        routes.showVisitor("/my/{id}/backups/{backup}/restore", pages::askToRestore)
                .needs(Permission.RESTORE_BACKUPS);
        routes.acceptVisitor("/my/{id}/backups/{backup}/restore", pages::restore);
        routes.showVisitor("/my/{id}/backups/{backup}/in-place", pages::askToReplace)
                .needs(Permission.RESTORE_BACKUPS);
        routes.acceptVisitor("/my/{id}/backups/{backup}/in-place", pages::replace);
        routes.acceptVisitor("/my/{id}/backups/{backup}/download", pages::download)
                .proven();
    }

    /**
     * Adds the pages for administrators.
     *
     * @param tenants finds the tenant that a request is about
     */
    public static void addForAdministrators(
            Routes routes, BiFunction<? super PortalExchange, ? super Visitor, Tenant> tenants) {
        BackupPages pages = new BackupPages(false, "/admin/databases", "admin-databases", "admin/", tenants);
        routes.showOperator("/admin/databases/{id}/backups", pages::show);
        routes.acceptAdministrator("/admin/databases/{id}/backups", pages::make);
        routes.acceptAdministrator("/admin/databases/{id}/backups/from-source", pages::makeFromSource);
        routes.showAdministrator("/admin/databases/{id}/backups/{backup}/restore", pages::askToRestore);
        routes.acceptAdministrator("/admin/databases/{id}/backups/{backup}/restore", pages::restore);
        routes.showAdministrator("/admin/databases/{id}/backups/{backup}/in-place", pages::askToReplace);
        routes.acceptAdministrator("/admin/databases/{id}/backups/{backup}/in-place", pages::replace);
        routes.acceptAdministrator("/admin/databases/{id}/backups/{backup}/drill", pages::drill);
        routes.acceptAdministrator("/admin/databases/{id}/backups/{backup}/download", pages::download)
                .proven();
        routes.showAdministrator("/admin/databases/{id}/backups/{backup}/delete", pages::askToDelete);
        routes.acceptAdministrator("/admin/databases/{id}/backups/{backup}/delete", pages::delete);
    }

    /** Returns the tenant of the request. There are no pages without a store. */
    private Tenant tenant(PortalExchange exchange, Visitor visitor) {
        Tenant tenant = tenants.apply(exchange, visitor);
        if (!visitor.saas().backups().hasStore()) {
            throw PageFailure.notFound();
        }
        return tenant;
    }

    private String path(Tenant tenant) {
        return path + "/" + tenant.id() + "/backups";
    }

    private void show(PortalExchange exchange, Visitor visitor) throws IOException {
        list(exchange, visitor, 200, tenant(exchange, visitor), new Form());
    }

    private void list(PortalExchange exchange, Visitor visitor, int status, Tenant tenant, Form form)
            throws IOException {
        List<BackupsView.Row> rows = List.of();
        Message failure = Message.of("");
        try {
            rows = visitor.saas().backups().listNewest(tenant.id(), SHOWN + 1).stream()
                    .map(each -> row(each, exchange.texts()))
                    .toList();
        } catch (SaasException e) {
            failure = storeFailure(exchange, e);
        }
        render(exchange, visitor, status, tenant, rows, failure, form);
    }

    private void render(
            PortalExchange exchange,
            Visitor visitor,
            int status,
            Tenant tenant,
            List<BackupsView.Row> rows,
            Message failure,
            Form form)
            throws IOException {
        BackupsView.Work work = work(visitor, tenant);
        boolean running = !work.running().isEmpty();
        exchange.render(
                status,
                templates + "backups",
                exchange.page(exchange.text("backups.title", tenant.name()), section, exchange.notice("backups"))
                        .refreshing(running ? REFRESH_SECONDS : 0),
                new BackupsView(
                        path + "/" + tenant.id(),
                        tenant.name(),
                        rows.subList(0, Math.min(rows.size(), SHOWN)),
                        rows.size() > SHOWN,
                        failure.isEmpty() ? usage(visitor.saas().backups().usage(tenant.id()), exchange.texts()) : "",
                        failure,
                        work,
                        PRESENT.contains(tenant.state()) && !running,
                        sources(visitor, tenant),
                        isRestorable(visitor, tenant),
                        !owners,
                        Tokens.random(),
                        form));
    }

    private String usage(BackupUsage usage, Texts texts) {
        String used = texts.text(
                owners ? "backups.usage" : "backups.usage-for-operators",
                texts.bytes(usage.tenantBytes()),
                texts.bytes(usage.customerBytes()));
        return usage.limitMb() == 0
                ? used
                : used + " "
                        + texts.text(
                                "backups.usage-of-plan",
                                texts.bytes(usage.planBytes()),
                                texts.bytes(usage.limitMb() * Plan.MEGABYTE));
    }

    private BackupsView.Row row(Backup backup, Texts texts) {
        return new BackupsView.Row(
                backup.id().toString(),
                Moment.of(backup.createdAt(), texts),
                texts.bytes(backup.storedBytes()),
                madeBy(backup.madeBy(), texts),
                backup.name(),
                backup.content().doubts());
    }

    private String madeBy(String maker, Texts texts) {
        boolean provider = maker.equals("administrator") || maker.equals("campaign");
        String key = "backups.maker." + (provider ? "provider" : maker);
        return owners && texts.has(key) ? texts.text(key) : TenantWords.sentence(maker);
    }

    private BackupsView.Work work(Visitor visitor, Tenant tenant) {
        Filter<Operation> running = Filter.equal(Operation.STATE, OperationState.RUNNING);
        Filter<Operation> backups = Filter.equal(Operation.KIND, OperationKind.BACK_UP_TENANT);
        return new BackupsView.Work(
                latest(visitor, tenant, running)
                        .map(each -> visitor.texts()
                                .text(
                                        "backups.running",
                                        TenantWords.operation(each.kind(), visitor.texts()),
                                        each.percent()))
                        .toList(),
                latest(visitor, tenant, backups)
                        .filter(each -> each.state() != OperationState.DONE)
                        .map(each -> activity(visitor, each))
                        .toList());
    }

    private static Stream<Operation> latest(Visitor visitor, Tenant tenant, Filter<Operation> which) {
        Filter<Operation> filter = Filter.and(Filter.equal(Operation.TENANT_ID, tenant.id()), which);
        return visitor
                .saas()
                .operations()
                .list(Query.where(filter).orderByDescending(Operation.ID).page(0, 1))
                .stream();
    }

    private Activity activity(Visitor visitor, Operation operation) {
        Activity activity = OwnDatabasePages.activity(visitor, operation);
        String error = operation.errorMessage();
        return owners
                ? activity
                : new Activity(
                        activity.what(),
                        activity.state(),
                        activity.percent(),
                        activity.at(),
                        operation.startedBy(),
                        Message.of(error == null ? "" : error));
    }

    private boolean isRestorable(Visitor visitor, Tenant tenant) {
        return owners
                ? OwnDatabasePages.isCopyable(
                        visitor, tenant, visitor.saas().selfService().offers())
                : RESTORABLE.contains(tenant.state());
    }

    /** Whether the visitor can bring a tenant back to one of its backups. */
    private boolean isReplaceable(Visitor visitor, Tenant tenant) {
        return owners
                ? tenant.state() == TenantState.OPEN
                        && visitor.saas().selfService().offers().stream()
                                .anyMatch(each -> each.id().equals(tenant.planId()))
                : PRESENT.contains(tenant.state());
    }

    /** The servers from the past that the visitor can read a tenant from. */
    private List<Choice> sources(Visitor visitor, Tenant tenant) {
        return owners || !RESTORABLE.contains(tenant.state()) ? List.of() : servers(visitor, true);
    }

    private static List<Choice> servers(Visitor visitor, boolean sources) {
        return visitor.saas().servers().list(Query.all().orderBy(Server.SEQUENCE)).stream()
                .filter(each -> sources ? each.state() == Server.State.SOURCE : each.inService())
                .map(each -> new Choice(each.id().toString(), each.name()))
                .toList();
    }

    /** Returns why the backups cannot be read or written; rethrows everything else. */
    private Message storeFailure(PortalExchange exchange, SaasException e) {
        if (!STORE_CODES.contains(e.code())) {
            throw e;
        }
        return owners ? Message.of(exchange.text("backups.unreachable")) : Message.of(exchange.texts(), e);
    }

    /** Returns what the visitor can correct or has to wait for; rethrows everything else. */
    private Message refusal(PortalExchange exchange, SaasException e) {
        if (e.category() == ErrorCategory.NOT_ALLOWED) {
            return Message.of(exchange.texts(), e);
        }
        return owners ? StartPages.refusal(exchange.texts(), e) : DatabasePages.refusal(exchange.texts(), e);
    }

    private void make(PortalExchange exchange, Visitor visitor) throws IOException {
        make(exchange, visitor, (async, tenant) -> async.createBackup(tenant, key(exchange)));
    }

    private void makeFromSource(PortalExchange exchange, Visitor visitor) throws IOException {
        ServerId source = exchange.numberParam(SOURCE).map(ServerId::new).orElseThrow(PageFailure::notFound);
        make(exchange, visitor, (async, tenant) -> async.createBackupFrom(tenant, source, key(exchange)));
    }

    /** Starts a backup, and shows it in the list. A form that is sent twice makes one. */
    private void make(
            PortalExchange exchange, Visitor visitor, BiConsumer<? super AsyncOperations, ? super TenantId> start)
            throws IOException {
        Tenant tenant = tenant(exchange, visitor);
        try {
            start.accept(visitor.saas().async(), tenant.id());
            exchange.redirect(path(tenant) + "?done=backing-up");
        } catch (SaasException e) {
            refuse(exchange, visitor, tenant, e);
        }
    }

    private static @Nullable String key(PortalExchange exchange) {
        return exchange.param(KEY).isEmpty() ? null : exchange.param(KEY);
    }

    private static BackupId backupId(PortalExchange exchange) {
        try {
            return new BackupId(UUID.fromString(exchange.pathPart("backup")));
        } catch (IllegalArgumentException e) {
            throw PageFailure.notFound();
        }
    }

    /** Shows the list and returns nothing if the store cannot be read. */
    private Optional<Backup> backupOrRefuse(PortalExchange exchange, Visitor visitor, Tenant tenant)
            throws IOException {
        try {
            return Optional.of(visitor.saas()
                    .backups()
                    .find(tenant.id(), backupId(exchange))
                    .orElseThrow(PageFailure::notFound));
        } catch (SaasException e) {
            refuse(exchange, visitor, tenant, e);
            return Optional.empty();
        }
    }

    private void askToRestore(PortalExchange exchange, Visitor visitor) throws IOException {
        Tenant tenant = tenant(exchange, visitor);
        Optional<Backup> backup = backupOrRefuse(exchange, visitor, tenant);
        if (backup.isEmpty()) {
            return;
        }
        Form form = new Form().set(SERVER, tenant.serverId().toString());
        renderRestore(exchange, visitor, 200, tenant, backup.get(), form);
    }

    private void renderRestore(
            PortalExchange exchange, Visitor visitor, int status, Tenant tenant, Backup backup, Form form)
            throws IOException {
        exchange.render(
                status,
                templates + "restore-backup",
                exchange.page(exchange.text("restore-backup.title", tenant.name()), section),
                new RestoreBackupView(
                        path(tenant),
                        row(backup, exchange.texts()),
                        tenant.name(),
                        owners ? NameParts.suffix(tenant.name()) : "",
                        isRestorable(visitor, tenant),
                        isReplaceable(visitor, tenant),
                        owners ? List.of() : servers(visitor, false),
                        Tokens.random(),
                        form));
    }

    /** Starts a restore, and shows its progress. A form that is sent twice makes one database. */
    private void restore(PortalExchange exchange, Visitor visitor) throws IOException {
        Tenant tenant = tenant(exchange, visitor);
        Form form = Form.sent(exchange, LABEL, SERVER, ACTIVE);
        Optional<Backup> backup = backupOrRefuse(exchange, visitor, tenant);
        if (backup.isEmpty()) {
            return;
        }
        try {
            RestoreBackup.Builder command = RestoreBackup.builder(
                            tenant.id(), backup.get().id())
                    .name(name(visitor, tenant, form.value(LABEL)))
                    .idempotencyKey(key(exchange));
            if (!owners) {
                command.neutralise(!form.ticked(ACTIVE))
                        .server(exchange.numberParam(SERVER).map(ServerId::new).orElse(null));
            }
            Operation operation = visitor.saas().async().restoreBackup(command.build());
            exchange.redirect(
                    owners ? "/my/start/" + operation.id() : "/admin/operations/" + operation.id() + "?done=restoring");
        } catch (SaasException e) {
            if (STORE_CODES.contains(e.code())) {
                refuse(exchange, visitor, tenant, e);
                return;
            }
            form.refuse(StartPages.isAboutName(e) ? LABEL : "", refusal(exchange, e));
            renderRestore(exchange, visitor, 422, tenant, backup.get(), form);
        }
    }

    /** Owners enter the part of the name before the domain. The core adds the domain unless they are administrators. */
    private @Nullable String name(Visitor visitor, Tenant tenant, String entered) {
        if (entered.isEmpty()) {
            return null;
        }
        return owners && visitor.isAdministrator() ? entered + NameParts.suffix(tenant.name()) : entered;
    }

    private void askToReplace(PortalExchange exchange, Visitor visitor) throws IOException {
        Tenant tenant = tenant(exchange, visitor);
        Optional<Backup> backup = backupOrRefuse(exchange, visitor, tenant);
        if (backup.isPresent()) {
            renderReplace(exchange, visitor, 200, tenant, backup.get(), new Form());
        }
    }

    private void renderReplace(
            PortalExchange exchange, Visitor visitor, int status, Tenant tenant, Backup backup, Form form)
            throws IOException {
        exchange.render(
                status,
                templates + "restore-in-place",
                exchange.page(exchange.text("restore-in-place.title", tenant.name()), section),
                new RestoreInPlaceView(
                        path(tenant),
                        row(backup, exchange.texts()),
                        tenant.name(),
                        isReplaceable(visitor, tenant),
                        !owners,
                        Tokens.random(),
                        form));
    }

    /** Starts a restore in place, and shows its progress. A form that is sent twice restores once. */
    private void replace(PortalExchange exchange, Visitor visitor) throws IOException {
        Tenant tenant = tenant(exchange, visitor);
        Form form = Form.sent(exchange, NAME);
        Optional<Backup> backup = backupOrRefuse(exchange, visitor, tenant);
        if (backup.isEmpty()) {
            return;
        }
        if (!form.value(NAME).equals(tenant.name())) {
            form.refuse(NAME, exchange.text("delete.name-wrong"));
            renderReplace(exchange, visitor, 422, tenant, backup.get(), form);
            return;
        }
        try {
            Operation operation = visitor.saas()
                    .async()
                    .restoreInPlace(tenant.id(), backup.get().id(), key(exchange));
            exchange.redirect(
                    owners
                            ? path + "/" + tenant.id() + "?done=replacing"
                            : "/admin/operations/" + operation.id() + "?done=replacing");
        } catch (SaasException e) {
            if (STORE_CODES.contains(e.code())) {
                refuse(exchange, visitor, tenant, e);
                return;
            }
            form.refuse("", refusal(exchange, e));
            renderReplace(exchange, visitor, 409, tenant, backup.get(), form);
        }
    }

    /** Starts a drill, and shows its progress. A form that is sent twice starts one. */
    private void drill(PortalExchange exchange, Visitor visitor) throws IOException {
        Tenant tenant = tenant(exchange, visitor);
        try {
            Operation operation = visitor.saas().async().drillBackup(tenant.id(), backupId(exchange), key(exchange));
            exchange.redirect("/admin/operations/" + operation.id() + "?done=drilling");
        } catch (SaasException e) {
            refuse(exchange, visitor, tenant, e);
        }
    }

    private void download(PortalExchange exchange, Visitor visitor) throws IOException {
        Tenant tenant = tenant(exchange, visitor);
        Optional<Backup> found = backupOrRefuse(exchange, visitor, tenant);
        if (found.isEmpty()) {
            return;
        }
        Backup backup = found.get();
        try {
            Download.export(
                    exchange,
                    visitor,
                    backup.name() + "-backup",
                    backup.createdAt(),
                    (exports, out) -> exports.writeBackup(tenant.id(), backup.id(), out));
        } catch (SaasException e) {
            refuse(exchange, visitor, tenant, e);
        }
    }

    private void askToDelete(PortalExchange exchange, Visitor visitor) throws IOException {
        Tenant tenant = tenant(exchange, visitor);
        Optional<Backup> backup = backupOrRefuse(exchange, visitor, tenant);
        if (backup.isEmpty()) {
            return;
        }
        exchange.render(
                "admin/delete-backup",
                exchange.page("Delete a backup of " + tenant.name(), section),
                new DeleteBackupView(path(tenant), row(backup.get(), exchange.texts()), tenant.name()));
    }

    /** Deletes a backup, also if it cannot be read, or if the visitor has deleted it before. */
    private void delete(PortalExchange exchange, Visitor visitor) throws IOException {
        Tenant tenant = tenant(exchange, visitor);
        BackupId backup = backupId(exchange);
        try {
            visitor.saas().backups().delete(tenant.id(), backup);
        } catch (SaasException e) {
            refuse(exchange, visitor, tenant, e);
            return;
        }
        exchange.redirect(path(tenant) + "?done=backup-deleted");
    }

    /** Shows the list with what was refused. A store that failed is not read again, which may take long. */
    private void refuse(PortalExchange exchange, Visitor visitor, Tenant tenant, SaasException e) throws IOException {
        Form form = new Form();
        if (STORE_CODES.contains(e.code())) {
            render(exchange, visitor, 409, tenant, List.of(), storeFailure(exchange, e), form);
            return;
        }
        form.refuse("", refusal(exchange, e));
        list(exchange, visitor, 409, tenant, form);
    }
}
