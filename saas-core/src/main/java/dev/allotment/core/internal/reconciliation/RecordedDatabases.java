// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.reconciliation;

import dev.allotment.Filter;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.Query;
import dev.allotment.ServerId;
import dev.allotment.Template;
import dev.allotment.TenantId;
import dev.allotment.core.internal.operation.OperationTargets;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.spi.backend.Catalog;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.ReservedName;
import dev.allotment.spi.backend.Spare;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Reads what the catalog records about databases. */
final class RecordedDatabases {
    /** Few enough for one statement, and for a short transaction. */
    private static final int PAGE = 500;

    private final Catalog catalog;

    RecordedDatabases(Catalog catalog) {
        this.catalog = catalog;
    }

    /**
     * A page of what is recorded, with the reservations of the names in it.
     *
     * @param reserved by name
     */
    record Page(List<RecordedDatabase> databases, Map<String, ReservedName> reserved) {}

    /**
     * Reads everything that is recorded for a server, page by page. Spares come first: one that is claimed meanwhile is
     * a tenant later.
     */
    void forEachPage(ServerId server, Consumer<Page> action) {
        catalog.transact(tx -> page(
                        tx,
                        tx.records(RecordTypes.SPARES).list(Query.where(Filter.equal(Spare.SERVER_ID, server))).stream()
                                .map(RecordedDatabase::of)
                                .toList()))
                .forEach(action);
        catalog.transact(tx -> page(
                        tx,
                        tx
                                .records(RecordTypes.TEMPLATES)
                                .list(Query.where(Filter.equal(Template.SERVER_ID, server)))
                                .stream()
                                .map(RecordedDatabase::of)
                                .toList()))
                .forEach(action);
        TenantId last = new TenantId(0);
        while (true) {
            Filter<StoredTenant> rest = Filter.and(
                    Filter.equal(StoredTenant.SERVER_ID, server),
                    TenantRows.WITH_DATABASE,
                    Filter.compare(StoredTenant.ID, Filter.Operator.GREATER, last));
            List<Page> pages = catalog.transact(tx -> page(
                    tx,
                    tx
                            .records(RecordTypes.TENANTS)
                            .list(Query.where(rest).orderBy(StoredTenant.ID).page(0, PAGE))
                            .stream()
                            .map(RecordedDatabase::of)
                            .toList()));
            if (pages.isEmpty()) {
                return;
            }
            pages.forEach(action);
            List<RecordedDatabase> read = pages.get(pages.size() - 1).databases();
            last = new TenantId(read.get(read.size() - 1).id());
        }
    }

    private static List<Page> page(Transaction tx, List<RecordedDatabase> databases) {
        List<Page> pages = new ArrayList<>();
        for (List<RecordedDatabase> chunk : chunks(databases)) {
            pages.add(new Page(
                    chunk,
                    reserved(tx, chunk.stream().map(RecordedDatabase::name).toList())));
        }
        return pages;
    }

    static Map<String, ReservedName> reserved(Transaction tx, Collection<String> names) {
        Map<String, ReservedName> reserved = new HashMap<>();
        for (List<String> chunk : chunks(names)) {
            tx.records(RecordTypes.RESERVED_NAMES)
                    .list(Query.where(Filter.in(ReservedName.NAME, chunk)))
                    .forEach(each -> reserved.put(each.name(), each));
        }
        return reserved;
    }

    /** What is recorded for some identities, on any server, including tombstones. */
    Map<UUID, RecordedDatabase> find(Collection<UUID> uuids) {
        Map<UUID, RecordedDatabase> found = new HashMap<>();
        for (List<UUID> chunk : chunks(uuids)) {
            catalog.transact(tx -> {
                find(tx, chunk).forEach(each -> found.put(each.uuid(), each));
                return null;
            });
        }
        return found;
    }

    private static List<RecordedDatabase> find(Transaction tx, List<UUID> uuids) {
        List<RecordedDatabase> found = new ArrayList<>();
        // In the order in which an identity moves from one kind to another: the later one counts.
        tx.records(RecordTypes.TEMPLATES)
                .list(Query.where(Filter.in(Template.UUID, uuids)))
                .forEach(each -> found.add(RecordedDatabase.of(each)));
        tx.records(RecordTypes.SPARES)
                .list(Query.where(Filter.in(Spare.UUID, uuids)))
                .forEach(each -> found.add(RecordedDatabase.of(each)));
        tx.records(RecordTypes.TENANTS)
                .list(Query.where(Filter.in(StoredTenant.UUID, uuids)))
                .forEach(each -> found.add(RecordedDatabase.of(each)));
        return found;
    }

    /** The identities among these that an operation is working on, or copying from. */
    Set<UUID> busy(Collection<RecordedDatabase> databases) {
        Set<UUID> busy = new HashSet<>();
        Map<TenantId, UUID> tenants = new HashMap<>();
        Map<Long, UUID> spares = new HashMap<>();
        Map<Long, UUID> templates = new HashMap<>();
        for (RecordedDatabase each : databases) {
            switch (each.kind()) {
                case TENANT -> tenants.put(new TenantId(each.id()), each.uuid());
                case SPARE -> spares.put(each.id(), each.uuid());
                case TEMPLATE -> templates.put(each.id(), each.uuid());
            }
        }
        for (List<TenantId> chunk : chunks(tenants.keySet())) {
            running(Filter.in(StoredOperation.TENANT_ID, chunk)).forEach(each -> {
                UUID uuid = tenants.get(each.tenantId());
                if (uuid != null) {
                    busy.add(uuid);
                }
            });
        }
        for (List<TenantId> chunk : chunks(tenants.keySet())) {
            running(Filter.in(StoredOperation.OTHER_TENANT_ID, chunk)).forEach(each -> {
                UUID uuid = tenants.get(each.otherTenantId());
                if (uuid != null) {
                    busy.add(uuid);
                }
            });
        }
        running(Filter.in(
                        StoredOperation.KIND,
                        List.of(
                                OperationKind.CREATE_TENANT,
                                OperationKind.DUPLICATE_TENANT,
                                OperationKind.RESTORE_BACKUP,
                                OperationKind.DRILL_BACKUP,
                                OperationKind.RESTORE_IN_PLACE,
                                OperationKind.BUILD_SPARE,
                                OperationKind.DELETE_SPARE,
                                OperationKind.BUILD_TEMPLATE,
                                OperationKind.ADOPT_TEMPLATE,
                                OperationKind.DELETE_TEMPLATE)))
                .forEach(each -> {
                    // A drill and a restore in place have a database with the identity of the operation.
                    busy.add(each.uuid());
                    OperationTargets.Named input = OperationTargets.named(each);
                    if (input.sourceUuid() != null) {
                        busy.add(input.sourceUuid());
                    }
                    UUID spare = input.spare() == null ? null : spares.get(input.spare());
                    if (spare != null) {
                        busy.add(spare);
                    }
                    UUID template = each.templateId() == null
                            ? null
                            : templates.get(each.templateId().value());
                    if (template != null) {
                        busy.add(template);
                    }
                });
        return busy;
    }

    private List<StoredOperation> running(Filter<StoredOperation> which) {
        return catalog.transact(tx -> tx.records(RecordTypes.OPERATIONS)
                .list(Query.where(Filter.and(which, Filter.equal(StoredOperation.STATE, OperationState.RUNNING)))));
    }

    /** Names that are reserved without end, and whose holder is not recorded, although it was given time to appear. */
    List<ReservedName> reservedForNobody() {
        List<ReservedName> unused = new ArrayList<>();
        long last = 0;
        while (true) {
            Filter<ReservedName> rest = Filter.compare(ReservedName.ID, Filter.Operator.GREATER, last);
            List<ReservedName> page = catalog.transact(tx -> tx.records(RecordTypes.RESERVED_NAMES)
                    .list(Query.where(rest).orderBy(ReservedName.ID).page(0, PAGE)));
            if (page.isEmpty()) {
                return unused;
            }
            last = page.get(page.size() - 1).id();
            List<ReservedName> endless =
                    page.stream().filter(each -> each.until() == null).toList();
            Set<UUID> holders = endless.stream().map(ReservedName::holder).collect(Collectors.toSet());
            Map<UUID, RecordedDatabase> known = find(holders);
            for (ReservedName each : endless) {
                RecordedDatabase holder = known.get(each.holder());
                if (holder == null || holder.isTombstone()) {
                    unused.add(each);
                }
            }
        }
    }

    private static <T> List<List<T>> chunks(Collection<T> all) {
        List<T> list = List.copyOf(all);
        List<List<T>> chunks = new ArrayList<>();
        for (int i = 0; i < list.size(); i += PAGE) {
            chunks.add(list.subList(i, Math.min(list.size(), i + PAGE)));
        }
        return chunks;
    }
}
