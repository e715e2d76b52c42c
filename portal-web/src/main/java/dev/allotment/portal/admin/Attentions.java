// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.backup.BackupDrills;
import dev.allotment.fleet.ListenerBacklog;
import dev.allotment.fleet.Node;
import dev.allotment.fleet.Server;
import dev.allotment.fleet.ServerStatus;
import dev.allotment.portal.admin.OverviewView.Attention;
import dev.allotment.portal.databases.TenantWords;
import dev.allotment.portal.web.Moment;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Finds what an administrator should look at. Reads the catalog only, with a few counts. */
final class Attentions {
    private static final List<TenantState> LIVE = List.of(TenantState.OPEN, TenantState.SUSPENDED);
    private static final int SOON_DAYS = 7;
    private static final int NAMED = 3;

    private final Saas saas;
    private final Instant now;
    private final List<Attention> found = new ArrayList<>();

    private Attentions(Saas saas, Instant now) {
        this.saas = saas;
        this.now = now;
    }

    /** Returns what was found, the most urgent first. */
    static List<Attention> find(Saas saas, Instant now) {
        Attentions attentions = new Attentions(saas, now);
        attentions.addServers();
        attentions.addErasures();
        attentions.addRetries();
        attentions.addFailures();
        attentions.addDrills();
        attentions.addListeners();
        attentions.addVersions();
        attentions.addDatabases();
        return attentions.found;
    }

    private void add(long count, String one, String many, String detail, String path) {
        if (count > 0) {
            found.add(new Attention(TenantWords.number(count), count == 1 ? one : many, detail, path));
        }
    }

    private void addServers() {
        List<ServerStatus> statuses = saas.servers().statuses().stream()
                .filter(each -> each.server().state() == Server.State.IN_USE)
                .toList();
        List<ServerStatus> down = statuses.stream()
                .filter(each -> each.askedAt() != null && !each.health().up())
                .toList();
        add(
                down.size(),
                "database server cannot be reached",
                "database servers cannot be reached",
                names(down.stream().map(each -> each.server().name()).toList()),
                "/admin/servers?state=unreachable");
        List<ServerStatus> full = statuses.stream().filter(ServerList::isFull).toList();
        add(
                full.size(),
                "database server is full",
                "database servers are full",
                names(full.stream().map(Attentions::use).toList()),
                "/admin/servers?state=full");
    }

    private static String use(ServerStatus status) {
        return status.server().name() + " has " + TenantWords.number(status.databases())
                + " databases, and is planned for "
                + TenantWords.number(status.server().capacity());
    }

    private static String names(List<String> all) {
        return all.stream().limit(NAMED).collect(Collectors.joining("; ")) + (all.size() > NAMED ? "; …" : "");
    }

    /** The law gives a month for the answer. */
    private void addErasures() {
        Filter<User> open = Filter.notEqual(User.ERASURE_REQUESTED_AT, null);
        String detail = saas
                .accounts()
                .list(Query.where(open).orderBy(User.ERASURE_REQUESTED_AT).page(0, 1))
                .stream()
                .map(User::erasureRequestedAt)
                .filter(each -> each != null)
                .map(each -> "answer by "
                        + TenantWords.day(
                                each.atZone(ZoneOffset.UTC).plusMonths(1).toInstant()))
                .collect(Collectors.joining());
        add(
                saas.accounts().count(open),
                "erasure request",
                "erasure requests",
                detail,
                "/admin/users?kind=all&state=erasure");
    }

    /** Operations on record: nothing else changes their tenants. */
    private void addRetries() {
        Filter<Operation> retried = Filter.and(
                Filter.equal(Operation.STATE, OperationState.RUNNING),
                Filter.compare(Operation.ATTEMPTS, Filter.Operator.GREATER, 0));
        add(
                saas.operations().count(retried),
                "operation failed and is tried again",
                "operations failed and are tried again",
                last(retried),
                OperationPages.PATH);
    }

    private void addListeners() {
        List<ListenerBacklog> failing = saas.maintenance().backlogs().stream()
                .filter(each -> each.failing() > 0)
                .toList();
        add(
                failing.stream().mapToLong(ListenerBacklog::failing).sum(),
                "event cannot be delivered",
                "events cannot be delivered",
                names(failing.stream().map(each -> "to " + each.listener()).toList()) + ": the log has the reason",
                "/admin/audit");
    }

    /** That is normal during an upgrade only. */
    private void addVersions() {
        List<String> versions = saas.maintenance().nodes().stream()
                .map(Node::version)
                .distinct()
                .sorted()
                .toList();
        if (versions.size() > 1) {
            add(versions.size(), "", "versions of the program work on the catalog", names(versions), "/admin/servers");
        }
    }

    /** The numbers behind which the list of operations has the same ones. */
    private void addFailures() {
        LocalDate yesterday = LocalDate.ofInstant(now, ZoneOffset.UTC).minusDays(1);
        Filter<Operation> failed = Filter.and(
                Filter.equal(Operation.STATE, OperationState.FAILED),
                Filter.compare(
                        Operation.CREATED_AT,
                        Filter.Operator.GREATER_OR_EQUAL,
                        yesterday.atStartOfDay().toInstant(ZoneOffset.UTC)));
        Filter<Operation> backups = Filter.and(failed, Filter.equal(Operation.KIND, OperationKind.BACK_UP_TENANT));
        String list = OperationPages.PATH + "?state=failed&from=" + yesterday;
        add(
                saas.operations().count(backups),
                "failed backup since yesterday",
                "failed backups since yesterday",
                last(backups),
                list + "&kind=" + OperationKind.BACK_UP_TENANT);
        add(
                saas.operations().count(failed),
                "failed operation since yesterday",
                "failed operations since yesterday",
                last(failed),
                list);
    }

    private String last(Filter<Operation> filter) {
        return saas
                .operations()
                .list(Query.where(filter).orderByDescending(Operation.ID).page(0, 1))
                .stream()
                .map(each -> "the last one started on " + Moment.of(each.createdAt()))
                .collect(Collectors.joining());
    }

    private void addDrills() {
        BackupDrills drills = saas.backups().drills();
        Instant succeeded = drills.succeededAt();
        add(
                drills.failed(),
                "restore drill failed",
                "restore drills failed",
                succeeded == null ? "none has succeeded" : "the last success was on " + Moment.of(succeeded),
                OperationPages.PATH + "?kind=" + OperationKind.DRILL_BACKUP);
    }

    private void addDatabases() {
        Filter<Tenant> over = Filter.and(Filter.in(Tenant.STATE, LIVE), Filter.equal(Tenant.STORAGE_EXCEEDED, true));
        add(
                saas.tenants().count(over),
                "database is over its storage limit",
                "databases are over their storage limit",
                "",
                "/admin/databases?usage=over");
        Filter<Tenant> ending = Filter.and(
                Filter.in(Tenant.STATE, LIVE),
                Filter.compare(Tenant.EXPIRES_AT, Filter.Operator.GREATER, now),
                Filter.compare(Tenant.EXPIRES_AT, Filter.Operator.LESS_OR_EQUAL, now.plus(Duration.ofDays(SOON_DAYS))));
        String next = saas
                .tenants()
                .list(Query.where(ending).orderBy(Tenant.EXPIRES_AT).page(0, 1))
                .stream()
                .map(each -> each.name() + ": " + TenantWords.left(each, now))
                .collect(Collectors.joining());
        add(
                saas.tenants().count(ending),
                "database ends within 7 days",
                "databases end within 7 days",
                next,
                "/admin/databases?expiry=week&sort=end");
    }
}
