// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.operation;

import dev.allotment.Filter;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.Query;
import dev.allotment.ServerId;
import dev.allotment.Template;
import dev.allotment.TemplateId;
import dev.allotment.TenantId;
import dev.allotment.backup.BackupId;
import dev.allotment.core.internal.base.RecordLookup;
import dev.allotment.spi.backend.Catalog;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Finds the subject of an operation: its tenant, template, backup or database server. */
public final class OperationTargets {
    /**
     * Selects the operations that may have left a database of their tenant, which its deletion for good looks for: a
     * move on the servers that it names, and a failed restore in place under the identity of the operation.
     */
    public static final Filter<StoredOperation> MAY_HAVE_LEFT_DATABASE = Filter.or(
            Filter.equal(StoredOperation.KIND, OperationKind.MOVE_TENANT),
            Filter.and(
                    Filter.equal(StoredOperation.KIND, OperationKind.RESTORE_IN_PLACE),
                    Filter.equal(StoredOperation.STATE, OperationState.FAILED)));

    /** The kinds whose operations may name a server that is not the one of their tenant or template. */
    private static final List<OperationKind> NAMING_SERVERS =
            List.of(OperationKind.MOVE_TENANT, OperationKind.BACK_UP_TENANT, OperationKind.DRILL_BACKUP);

    /**
     * What an operation works on in addition to its tenants and its template, as far as its input says it. As in {@link
     * SharedInput}, sagas declare the same names.
     *
     * @param sourceServer the server that a tenant is moved or read from
     * @param targetServer the server that a tenant is moved to
     * @param server the only server that is repaired, or the one on which a backup is restored as a drill
     * @param backup the backup that is restored or deleted
     * @param sourceUuid the identity of the database that is copied, or whose backup is restored
     * @param spare the spare that is built or deleted
     */
    public record Named(
            @Nullable ServerId sourceServer,
            @Nullable ServerId targetServer,
            @Nullable ServerId server,
            @Nullable BackupId backup,
            @Nullable UUID sourceUuid,
            @Nullable Long spare) {}

    private static final InputCodec<Named> NAMED = InputCodec.of(Named.class);

    private OperationTargets() {}

    public static long tenantId(StoredOperation operation) {
        TenantId tenant = operation.tenantId();
        return tenant == null ? 0 : tenant.value();
    }

    public static StoredTenant tenant(Catalog catalog, StoredOperation operation) {
        return tenant(catalog, tenantId(operation));
    }

    /** The second tenant of an operation that works on two. */
    public static long otherTenantId(StoredOperation operation) {
        TenantId other = operation.otherTenantId();
        return other == null ? 0 : other.value();
    }

    /** The second tenant of an operation that works on two. */
    public static StoredTenant otherTenant(Catalog catalog, StoredOperation operation) {
        return tenant(catalog, otherTenantId(operation));
    }

    private static StoredTenant tenant(Catalog catalog, long id) {
        return catalog.transact(tx -> tx.records(RecordTypes.TENANTS).find(id))
                .orElseThrow(() -> RecordLookup.missing(RecordTypes.TENANTS, "Tenant", id));
    }

    /** Selects the operations that work on a tenant, also as the second of two. */
    public static Filter<StoredOperation> workOn(TenantId tenant) {
        return Filter.or(
                Filter.equal(StoredOperation.TENANT_ID, tenant), Filter.equal(StoredOperation.OTHER_TENANT_ID, tenant));
    }

    public static Template template(Catalog catalog, StoredOperation operation) {
        return catalog.transact(tx -> lockTemplate(tx, operation));
    }

    public static Template lockTemplate(Transaction tx, StoredOperation operation) {
        TemplateId template = operation.templateId();
        long id = template == null ? 0 : template.value();
        return tx.records(RecordTypes.TEMPLATES)
                .lock(id)
                .orElseThrow(() -> RecordLookup.missing(RecordTypes.TEMPLATES, "Template", id));
    }

    /** What the input of an operation names. */
    public static Named named(StoredOperation operation) {
        return NAMED.read(operation);
    }

    /** The backup that an operation deletes or restores. */
    public static BackupId backup(StoredOperation operation) {
        return Objects.requireNonNull(named(operation).backup());
    }

    /** Names a database for an operator, with what may belong to it. */
    public static String describe(Transaction tx, ServerId server, DatabaseRef database) {
        String name = tx.records(RecordTypes.SERVERS)
                .find(server.value())
                .map(each -> "\"" + each.name() + "\"")
                .orElse(server + ", which has been deleted");
        return "database \"" + database.name() + "\" (" + database.uuid() + ") and its login on database server "
                + name;
    }

    /** Some servers, and the tenants and templates of some operations that are on them. */
    record OnServers(Set<ServerId> servers, Set<TenantId> tenants, Set<TemplateId> templates) {
        boolean contains(StoredOperation operation) {
            Optional<ServerId> named = namedServer(operation);
            if (named.isPresent()) {
                return servers.contains(named.get());
            }
            return operation.tenantId() != null
                    ? tenants.contains(operation.tenantId())
                    : templates.contains(operation.templateId());
        }
    }

    /** The server that an operation works on if it is not that of its tenant or template; empty otherwise. */
    private static Optional<ServerId> namedServer(StoredOperation operation) {
        return sourceServer(operation).or(() -> drillServer(operation));
    }

    /** The source that a backup is made from; empty if it is the present database, or for another kind of operation. */
    public static Optional<ServerId> sourceServer(StoredOperation operation) {
        return operation.kind() == OperationKind.BACK_UP_TENANT
                ? Optional.ofNullable(named(operation).sourceServer())
                : Optional.empty();
    }

    /** The server of a drill, which has no tenant; empty for an operation of another kind. */
    private static Optional<ServerId> drillServer(StoredOperation operation) {
        return operation.kind() == OperationKind.DRILL_BACKUP
                ? Optional.ofNullable(named(operation).server())
                : Optional.empty();
    }

    /**
     * The operations that work on a server on which no record of a tenant, a template or a spare needs to be: they move
     * a tenant from or to it, read a tenant from it, or restore a backup on it as a drill.
     */
    public static List<StoredOperation> workingOn(Transaction tx, ServerId server) {
        Filter<StoredOperation> running = Filter.and(
                Filter.in(StoredOperation.KIND, NAMING_SERVERS),
                Filter.equal(StoredOperation.STATE, OperationState.RUNNING));
        return tx.records(RecordTypes.OPERATIONS).list(Query.where(running)).stream()
                .filter(each -> {
                    Named input = named(each);
                    return server.equals(input.sourceServer())
                            || server.equals(input.targetServer())
                            || server.equals(input.server());
                })
                .toList();
    }

    /** Finds the tenants and templates of operations that are on some servers, in two queries. */
    static OnServers onServers(Transaction tx, List<StoredOperation> operations, List<ServerId> servers) {
        List<@Nullable TenantId> tenants =
                operations.stream().map(StoredOperation::tenantId).toList();
        List<@Nullable TemplateId> templates =
                operations.stream().map(StoredOperation::templateId).toList();
        return new OnServers(
                Set.copyOf(servers),
                new HashSet<>(tx.records(RecordTypes.TENANTS)
                        .values(
                                StoredTenant.ID,
                                Query.where(Filter.and(
                                        Filter.in(StoredTenant.ID, tenants),
                                        Filter.in(StoredTenant.SERVER_ID, servers))))),
                new HashSet<>(tx.records(RecordTypes.TEMPLATES)
                        .values(
                                Template.ID,
                                Query.where(Filter.and(
                                        Filter.in(Template.ID, templates), Filter.in(Template.SERVER_ID, servers))))));
    }

    /** The server that an operation works on; empty if its tenant or template is gone. */
    public static Optional<ServerId> server(Catalog catalog, StoredOperation operation) {
        Optional<ServerId> named = namedServer(operation);
        if (named.isPresent()) {
            return named;
        }
        TenantId tenant = operation.tenantId();
        TemplateId template = operation.templateId();
        return catalog.transact(tx -> {
            if (tenant != null) {
                return tx.records(RecordTypes.TENANTS).find(tenant.value()).map(StoredTenant::serverId);
            }
            return template == null
                    ? Optional.empty()
                    : tx.records(RecordTypes.TEMPLATES).find(template.value()).map(Template::serverId);
        });
    }
}
