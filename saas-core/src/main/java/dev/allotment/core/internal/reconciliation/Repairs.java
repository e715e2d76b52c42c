// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.reconciliation;

import dev.allotment.ErrorCodes;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.Template;
import dev.allotment.TemplateState;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.FailureLog;
import dev.allotment.core.internal.name.NameCoolDown;
import dev.allotment.core.internal.name.ReservedNames;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.core.internal.record.SessionRows;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.core.internal.server.Abilities;
import dev.allotment.core.internal.server.DatabaseServers;
import dev.allotment.core.internal.spare.SpareRows;
import dev.allotment.core.internal.tenant.change.SuspensionSchedule;
import dev.allotment.core.internal.tenant.life.TenantRepair;
import dev.allotment.fleet.Finding;
import dev.allotment.fleet.FindingCode;
import dev.allotment.fleet.RepairResult;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.ReservedName;
import dev.allotment.spi.backend.Spare;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Repairs what a check found. Each repair looks again, under a lock, whether it still applies; none drops a database
 * that was not named.
 */
public final class Repairs {
    /** The fingerprint of a template whose database does not exist: none has it, so that the next version is built. */
    private static final String NO_DATABASE = "missing";

    private static final Set<FindingCode> DROPPABLE =
            Set.of(FindingCode.ORPHAN, FindingCode.ORPHAN_LOGIN, FindingCode.RETURNED);

    /** Those that one operation on the tenant repairs together. */
    private static final Set<FindingCode> BY_OPERATION = Set.of(
            FindingCode.WRONG_NAME,
            FindingCode.WRONG_RIGHTS,
            FindingCode.NOT_OPEN,
            FindingCode.NOT_CLOSED,
            FindingCode.CHANGED_SINCE_BACKUP,
            FindingCode.FOUND_AGAIN);

    private final CoreContext context;
    private final DatabaseServers servers;
    private final NameCoolDown nameCoolDown;
    private final TenantRepair tenantRepair;
    private final RecordedDatabases recorded;
    private final FailureLog failures;

    public Repairs(CoreContext context, DatabaseServers servers, NameCoolDown nameCoolDown, TenantRepair tenantRepair) {
        this.context = context;
        this.servers = servers;
        this.nameCoolDown = nameCoolDown;
        this.tenantRepair = tenantRepair;
        this.recorded = new RecordedDatabases(context.catalog());
        this.failures = new FailureLog("dev.allotment.reconciliation", context.node());
    }

    /**
     * Repairs what is safe.
     *
     * @param drop what is dropped, see {@link dev.allotment.fleet.RepairRequest}
     */
    List<RepairResult> repair(Actor actor, List<Finding> findings, Set<String> drop) {
        List<RepairResult> results = new ArrayList<>();
        Map<TenantId, List<Finding>> byOperation = new LinkedHashMap<>();
        for (Finding finding : findings) {
            TenantId tenant = finding.tenantId();
            if (tenant != null && BY_OPERATION.contains(finding.code())) {
                byOperation.computeIfAbsent(tenant, id -> new ArrayList<>()).add(finding);
            } else if (isNamed(finding, drop)) {
                results.add(attempt(finding, each -> drop(actor, each)));
            } else if (finding.automatic()) {
                results.add(attempt(finding, each -> repair(actor, each)));
            } else {
                results.add(new RepairResult(finding, false, finding.remedy()));
            }
        }
        byOperation.forEach((tenant, theirs) -> {
            RepairResult first = attempt(theirs.get(0), each -> tenantRepair.repair(actor, tenant, theirs));
            theirs.forEach(each -> results.add(new RepairResult(each, first.repaired(), first.message())));
        });
        return results;
    }

    /** Those of some findings that a request selects. */
    static List<Finding> selected(List<Finding> findings, @Nullable List<String> only, Set<String> drop) {
        if (only == null) {
            return findings;
        }
        Set<String> keys = Set.copyOf(only);
        return findings.stream()
                .filter(each -> keys.contains(each.key()) || isNamed(each, drop))
                .toList();
    }

    /** @throws SaasException {@code repair.unknown} */
    static void checkDroppable(List<Finding> findings, Set<String> drop) {
        Set<String> unknown = new TreeSet<>(drop);
        findings.stream().filter(each -> isNamed(each, drop)).forEach(each -> unknown.remove(nameOf(each)));
        if (!unknown.isEmpty()) {
            throw SaasException.invalid(
                    ErrorCodes.REPAIR_UNKNOWN,
                    "No orphan has one of these names: " + String.join(", ", unknown)
                            + ". Only what a check reports as an orphan, or as returned, can be dropped; nothing was"
                            + " changed. Check again.");
        }
    }

    private static boolean isNamed(Finding finding, Set<String> drop) {
        return DROPPABLE.contains(finding.code()) && drop.contains(nameOf(finding));
    }

    /** What an operator calls the subject of a finding. */
    private static String nameOf(Finding finding) {
        String name = finding.database();
        return name == null ? String.valueOf(finding.uuid()) : name;
    }

    /** Runs a repair, which returns what it did, or null if the finding is gone. */
    private RepairResult attempt(Finding finding, Function<Finding, @Nullable String> repair) {
        try {
            String done = repair.apply(finding);
            return done == null
                    ? new RepairResult(finding, false, "It has changed meanwhile; check again.")
                    : new RepairResult(finding, true, done);
        } catch (SaasException e) {
            failures.warn("Repairing \"" + finding.message() + "\" failed", e);
            return new RepairResult(finding, false, "It failed: " + e.getMessage());
        }
    }

    private @Nullable String repair(Actor actor, Finding finding) {
        return switch (finding.code()) {
            case ORPHAN -> reserve(finding, Optional.empty());
            case NAME_NOT_RESERVED -> reserve(finding, row(finding));
            case NAME_UNUSED -> release(finding);
            case MISSING, FOREIGN -> markMissing(actor, finding);
            case MISSING_SPARE, CLAIMED_SPARE -> forgetSpare(finding);
            case MISSING_TEMPLATE -> rebuildTemplate(finding);
            case STALE_DRAFT -> forgetDraft(finding);
            case WRONG_NAME, WRONG_RIGHTS, NOT_CLOSED -> repairTemplate(finding);
            default -> null;
        };
    }

    private Optional<RecordedDatabase> row(Finding finding) {
        UUID uuid = uuid(finding);
        return Optional.ofNullable(recorded.find(Set.of(uuid)).get(uuid)).filter(each -> !each.isTombstone());
    }

    private static UUID uuid(Finding finding) {
        return Objects.requireNonNull(finding.uuid());
    }

    private static ServerId server(Finding finding) {
        return Objects.requireNonNull(finding.serverId());
    }

    private static String database(Finding finding) {
        return Objects.requireNonNull(finding.database());
    }

    private Databases databases(Finding finding) {
        return servers.registry().databases(server(finding));
    }

    private @Nullable String reserve(Finding finding, Optional<RecordedDatabase> row) {
        String name = database(finding);
        UUID holder = uuid(finding);
        boolean orphan = finding.code() == FindingCode.ORPHAN;
        if (orphan != row(finding).isEmpty()
                || row.filter(each -> !each.name().equals(name)).isPresent()) {
            return null;
        }
        return context.work().orAgain(tx -> {
            Optional<ReservedName> there = ReservedNames.find(tx, name);
            boolean others = there.filter(each -> !each.holder().equals(holder)).isPresent();
            if (others && ReservedNames.isTaken(tx, name, holder, context.now())) {
                return null;
            }
            there.ifPresent(each -> tx.records(RecordTypes.RESERVED_NAMES).delete(each.id()));
            tx.records(RecordTypes.RESERVED_NAMES).insert(new ReservedName(0, name, holder, null));
            return "The name " + name + " is reserved for it.";
        });
    }

    private @Nullable String release(Finding finding) {
        if (row(finding).isPresent()) {
            return null;
        }
        return context.catalog().transact(tx -> {
            ReservedNames.release(
                    tx, database(finding), uuid(finding), context.now().plus(nameCoolDown.duration()));
            return "The name is free after its cool-down.";
        });
    }

    /** Without an operation: there is no database that could follow. */
    private @Nullable String markMissing(Actor actor, Finding finding) {
        if (databases(finding).find(uuid(finding)) != null) {
            return null;
        }
        return context.catalog().transact(tx -> {
            StoredTenant tenant = TenantRows.lock(
                    tx, Objects.requireNonNull(finding.tenantId()).value());
            boolean live = tenant.state() == TenantState.OPEN || tenant.state() == TenantState.SUSPENDED;
            if (!live
                    || tenant.suspendedFor().contains(SuspensionSchedule.MISSING)
                    || !tenant.serverId().equals(server(finding))
                    || !OperationLeases.isIdle(tx, tenant.id())) {
                return null;
            }
            List<String> causes = new ArrayList<>(tenant.suspendedFor());
            causes.add(SuspensionSchedule.MISSING);
            StoredTenant marked = tenant.toBuilder()
                    .state(TenantState.SUSPENDED)
                    .suspendedFor(causes)
                    .build();
            tx.records(RecordTypes.TENANTS).update(SuspensionSchedule.scheduled(tx, marked, context.now()));
            SessionRows.closeWhereSuspended(tx, marked);
            context.events()
                    .add(
                            tx,
                            actor,
                            EventType.TENANT_SUSPENDED,
                            tenant.id(),
                            tenant.ownerId(),
                            Map.of("name", tenant.name(), "cause", SuspensionSchedule.MISSING));
            return "The tenant is suspended until its database exists again.";
        });
    }

    private @Nullable String forgetSpare(Finding finding) {
        return context.catalog()
                .transact(tx -> spare(tx, finding)
                        .flatMap(each -> tx.records(RecordTypes.SPARES).lock(each.id()))
                        .filter(Spare::ready)
                        .map(spare -> {
                            SpareRows.forget(tx, spare);
                            servers.placement().changed(spare.serverId());
                            return "The record of the spare is removed.";
                        })
                        .orElse(null));
    }

    private static Optional<Spare> spare(Transaction tx, Finding finding) {
        return tx.records(RecordTypes.SPARES).list(Query.where(Filter.equal(Spare.UUID, uuid(finding)))).stream()
                .findFirst();
    }

    private static Optional<Template> template(Transaction tx, Finding finding) {
        return tx.records(RecordTypes.TEMPLATES).list(Query.where(Filter.equal(Template.UUID, uuid(finding)))).stream()
                .findFirst()
                .flatMap(
                        each -> tx.records(RecordTypes.TEMPLATES).lock(each.id().value()))
                .filter(each -> each.state() == TemplateState.READY);
    }

    private @Nullable String rebuildTemplate(Finding finding) {
        return context.catalog().transact(tx -> {
            Optional<Template> found = template(tx, finding);
            if (found.isEmpty()) {
                return null;
            }
            Template template = found.get();
            if (tx.records(RecordTypes.PLANS).count(Filter.equal(Plan.TEMPLATE_ID, template.id())) == 0) {
                ReservedNames.release(tx, template.name(), template.uuid(), null);
                servers.placement().changed(template.serverId());
                tx.records(RecordTypes.TEMPLATES).delete(template.id().value());
                return "The record is removed: no plan is set to it. If it is needed, it is built again.";
            }
            if (template.hash().isEmpty()) {
                throw SaasException.conflict(
                        ErrorCodes.TEMPLATE_IN_USE,
                        "Template " + template.name()
                                + " was adopted, so it cannot be built again. Set its plan to another template.");
            }
            tx.records(RecordTypes.TEMPLATES).update(template.withHash(NO_DATABASE));
            return "The maintenance builds the template again.";
        });
    }

    /** Nothing connects to a template, and one that is being deleted or copied is not a finding. */
    private @Nullable String repairTemplate(Finding finding) {
        Optional<RecordedDatabase> row = row(finding);
        if (row.isEmpty() || row.get().kind() == RecordedDatabase.Kind.TENANT) {
            return null;
        }
        Databases databases = databases(finding);
        DatabaseRef found = databases.find(uuid(finding));
        if (found == null) {
            return null;
        }
        if (!found.name().equals(row.get().name())) {
            databases.rename(found, row.get().name());
        }
        Abilities.restoreRights(databases, row.get().ref());
        databases.close(row.get().ref());
        return "It is closed, with its recorded name and rights.";
    }

    private @Nullable String forgetDraft(Finding finding) {
        TenantId tenant = finding.tenantId();
        if (databases(finding).find(uuid(finding)) != null) {
            return null;
        }
        return context.catalog().transact(tx -> {
            boolean done = tenant == null
                    ? spare(tx, finding)
                            .flatMap(each -> tx.records(RecordTypes.SPARES).lock(each.id()))
                            .filter(each -> !each.ready())
                            .map(each -> {
                                servers.placement().changed(each.serverId());
                                return SpareRows.forget(tx, each);
                            })
                            .orElse(false)
                    : tx.records(RecordTypes.TENANTS)
                            .lock(tenant.value())
                            .filter(each -> each.state() == TenantState.DRAFT)
                            .filter(each -> OperationLeases.isIdle(tx, tenant))
                            .map(each -> {
                                ReservedNames.release(tx, each.name(), each.uuid(), null);
                                servers.placement().changed(each.serverId());
                                return tx.records(RecordTypes.TENANTS).delete(tenant.value());
                            })
                            .orElse(false);
            return done ? "The record is removed." : null;
        });
    }

    private @Nullable String drop(Actor actor, Finding finding) {
        if (row(finding).isPresent()) {
            return null;
        }
        UUID uuid = uuid(finding);
        String name = finding.database();
        databases(finding).drop(new DatabaseRef(name == null ? uuid.toString() : name, uuid));
        context.catalog().transact(tx -> {
            if (name != null) {
                ReservedNames.release(tx, name, uuid, context.now().plus(nameCoolDown.duration()));
            }
            context.events()
                    .add(
                            tx,
                            actor,
                            EventType.ORPHAN_DROPPED,
                            finding.tenantId(),
                            null,
                            Map.of(
                                    "database",
                                    nameOf(finding),
                                    "server",
                                    finding.serverName(),
                                    "finding",
                                    finding.code().code()));
            return null;
        });
        return "It is dropped.";
    }
}
