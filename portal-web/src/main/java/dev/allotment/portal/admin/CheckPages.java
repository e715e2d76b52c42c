// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.AdoptTenant;
import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.Permission;
import dev.allotment.Plan;
import dev.allotment.PlanId;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.TenantId;
import dev.allotment.User;
import dev.allotment.fleet.Finding;
import dev.allotment.fleet.FindingCode;
import dev.allotment.fleet.ReconciliationReport;
import dev.allotment.fleet.RepairRequest;
import dev.allotment.portal.databases.TenantWords;
import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.Moment;
import dev.allotment.portal.web.Page;
import dev.allotment.portal.web.PageFailure;
import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.Routes;
import dev.allotment.portal.web.Visitor;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Compares the catalog with the database servers, and repairs differences. */
final class CheckPages {
    static final String PATH = "/admin/check";
    static final String SECTION = "admin-check";
    private static final int MAX_FINDINGS = 200;
    private static final String KIND = "kind";
    private static final String SINCE = "since";
    private static final int MAX_REPAIRS = 5;
    private static final int REFRESH_SECONDS = 5;
    private static final String CONFIRM = "confirm";
    private static final String OWNER = "owner";
    private static final String PLAN = "plan";
    private static final Set<FindingCode> DROPPABLE =
            Set.of(FindingCode.ORPHAN, FindingCode.ORPHAN_LOGIN, FindingCode.RETURNED);
    private static final Map<String, String> NOTICES = Map.of(
            "repairing", "The repair has started. Its result will appear below.",
            "adopting", "The adoption has started: see Operations for its result.");

    private final LastCheck lastCheck = new LastCheck();

    void add(Routes routes) {
        routes.showOperator(PATH, this::show);
        routes.acceptOperator(PATH, Permission.VIEW_INSTALLATION, this::check);
        new RepairPages(lastCheck).add(routes);
        routes.showAdministrator(PATH + "/{server}/{database}/drop", CheckPages::confirmDropping);
        routes.acceptAdministrator(PATH + "/{server}/{database}/drop", CheckPages::drop);
        routes.showAdministrator(PATH + "/{server}/{database}/adopt", CheckPages::askAdopting);
        routes.acceptAdministrator(PATH + "/{server}/{database}/adopt", CheckPages::adopt);
    }

    /** Compares, and shows the report. Another node that gets the request for the page makes its own report. */
    private void check(PortalExchange exchange, Visitor visitor) throws IOException {
        Instant at = lastCheck.again(visitor.saas()).at();
        exchange.redirect(PATH + "?" + SINCE + "=" + at.getEpochSecond());
    }

    /** The time that a report must not be older than. */
    private static Instant since(PortalExchange exchange) {
        Instant now = exchange.site().clock().instant();
        return exchange.numberParam(SINCE)
                .filter(each -> each <= now.getEpochSecond())
                .map(Instant::ofEpochSecond)
                .orElse(Instant.EPOCH);
    }

    private void show(PortalExchange exchange, Visitor visitor) throws IOException {
        Saas saas = visitor.saas();
        List<CheckView.Repair> repairs = saas
                .operations()
                .list(Query.where(Filter.equal(Operation.KIND, OperationKind.REPAIR))
                        .orderByDescending(Operation.ID)
                        .page(0, MAX_REPAIRS))
                .stream()
                .map(CheckPages::repair)
                .toList();
        boolean running = saas.operations()
                        .count(Filter.and(
                                Filter.equal(Operation.KIND, OperationKind.REPAIR),
                                Filter.equal(Operation.STATE, OperationState.RUNNING)))
                > 0;
        // While a repair runs, a report would be out of date at once.
        CheckView view = running
                ? new CheckView("", Moment.orElse(null, ""), List.of(), List.of(), "", 0, repairs, true)
                : view(lastCheck.report(saas, since(exchange)), exchange.param(KIND), repairs);
        Page page = exchange.page("Check", SECTION, NOTICES.get(exchange.param("done")));
        exchange.render("admin/check", page.refreshing(running ? REFRESH_SECONDS : 0), view);
    }

    private static CheckView view(ReconciliationReport report, String kind, List<CheckView.Repair> repairs) {
        List<Finding> findings = report.findings();
        List<Finding> wanted = findings.stream()
                .filter(each -> kind.isEmpty() || each.code().code().equals(kind))
                .toList();
        int more = wanted.size() - MAX_FINDINGS;
        return new CheckView(
                TenantWords.count(findings.size(), "difference") + " found. "
                        + TenantWords.count(report.servers(), "server") + " with "
                        + TenantWords.count(report.databases(), "database") + ".",
                Moment.of(report.at()),
                kinds(findings, kind),
                wanted.stream().limit(MAX_FINDINGS).map(CheckPages::row).toList(),
                more > 0 ? TenantWords.number(more) + " more are not shown." : "",
                findings.stream().filter(Finding::automatic).count(),
                repairs,
                false);
    }

    private static List<CheckView.Kind> kinds(List<Finding> findings, String shown) {
        Map<FindingCode, List<Finding>> byCode = findings.stream()
                .collect(Collectors.groupingBy(
                        Finding::code, () -> new EnumMap<>(FindingCode.class), Collectors.toList()));
        return byCode.entrySet().stream()
                .map(each -> {
                    long repairable =
                            each.getValue().stream().filter(Finding::automatic).count();
                    return new CheckView.Kind(
                            each.getKey().code(),
                            Words.event(each.getKey()),
                            TenantWords.number(each.getValue().size()),
                            repairable,
                            RepairPages.consequence(each.getKey(), repairable),
                            each.getKey().code().equals(shown));
                })
                .toList();
    }

    /** Where a difference was found: the database and its server. */
    static String place(Finding finding) {
        String name = finding.database() == null ? "" : finding.database();
        return finding.serverName().isEmpty() || name.isEmpty()
                ? name + finding.serverName()
                : name + " on " + finding.serverName();
    }

    private static CheckView.Row row(Finding finding) {
        TenantId tenant = finding.tenantId();
        String path = finding.serverId() == null ? "" : PATH + "/" + finding.serverId() + "/" + nameOf(finding);
        return new CheckView.Row(
                Words.event(finding.code()),
                place(finding),
                tenant == null ? 0 : tenant.value(),
                finding.message(),
                finding.automatic(),
                finding.remedy(),
                DROPPABLE.contains(finding.code()) ? path + "/drop" : "",
                finding.code() == FindingCode.ORPHAN ? path + "/adopt" : "");
    }

    /** What a repair request calls the subject of a finding. */
    private static String nameOf(Finding finding) {
        return finding.database() == null ? String.valueOf(finding.uuid()) : finding.database();
    }

    private static CheckView.Repair repair(Operation operation) {
        List<String> lines = new ArrayList<>();
        Map<String, String> result = operation.result();
        if (result.containsKey("repaired")) {
            lines.add(result.get("repaired") + " repaired, " + result.get("left") + " left");
            result.getOrDefault("messages", "").lines().forEach(lines::add);
        }
        String error = operation.errorMessage();
        if (error != null) {
            lines.add(error);
        }
        return new CheckView.Repair(
                operation.id().value(),
                TenantWords.state(operation),
                lines,
                operation.startedBy(),
                Moment.of(operation.createdAt()));
    }

    private static Finding finding(PortalExchange exchange, Visitor visitor, Set<FindingCode> codes) {
        ServerId server = new ServerId(exchange.pathId("server"));
        String name = exchange.pathPart("database");
        return visitor.saas().reconciliation().check(server).findings().stream()
                .filter(each -> codes.contains(each.code()) && nameOf(each).equals(name))
                .findFirst()
                .orElseThrow(PageFailure::notFound);
    }

    private static void confirmDropping(PortalExchange exchange, Visitor visitor) throws IOException {
        showOrphan(exchange, finding(exchange, visitor, DROPPABLE), "drop", new Form(), List.of(), 200);
    }

    private static void drop(PortalExchange exchange, Visitor visitor) throws IOException {
        Finding finding = finding(exchange, visitor, DROPPABLE);
        Form form = Form.sent(exchange, CONFIRM);
        if (!form.value(CONFIRM).equals(nameOf(finding))) {
            form.refuse(CONFIRM, "Enter the name exactly as shown above.");
        }
        if (form.isFine()) {
            try {
                visitor.saas()
                        .async()
                        .repair(RepairRequest.builder()
                                .server(finding.serverId())
                                .drop(List.of(nameOf(finding)))
                                .build());
                exchange.redirect(PATH + "?done=repairing");
                return;
            } catch (SaasException e) {
                form.refuse(CONFIRM, AdminInput.refusal(e));
            }
        }
        showOrphan(exchange, finding, "drop", form, List.of(), 422);
    }

    private static void askAdopting(PortalExchange exchange, Visitor visitor) throws IOException {
        Form form = new Form();
        Finding orphan = finding(exchange, visitor, Set.of(FindingCode.ORPHAN));
        showOrphan(exchange, orphan, "adopt", form, plans(visitor, form), 200);
    }

    private static List<SelectOption> plans(Visitor visitor, Form form) {
        return visitor.saas().plans().list(Query.all().orderBy(Plan.ID)).stream()
                .map(each -> new SelectOption(
                        each.id().toString(),
                        each.name(),
                        form.value(PLAN).equals(each.id().toString())))
                .toList();
    }

    private static void adopt(PortalExchange exchange, Visitor visitor) throws IOException {
        Finding orphan = finding(exchange, visitor, Set.of(FindingCode.ORPHAN));
        Form form = Form.sent(exchange, OWNER, PLAN);
        List<User> owners = visitor.saas().accounts().list(Query.where(Filter.equal(User.LOGIN, form.value(OWNER))));
        int plan = form.number(PLAN, "The plan");
        if (owners.isEmpty()) {
            form.refuse(OWNER, "There is no account with this login.");
        }
        ServerId server = orphan.serverId();
        String name = orphan.database();
        if (form.isFine() && server != null && name != null) {
            try {
                visitor.saas()
                        .async()
                        .adopt(AdoptTenant.builder(server, name, new PlanId(plan))
                                .owner(owners.get(0).id())
                                .build());
                exchange.redirect(PATH + "?done=adopting");
                return;
            } catch (SaasException e) {
                form.refuse("", AdminInput.refusal(e));
            }
        }
        showOrphan(exchange, orphan, "adopt", form, plans(visitor, form), 422);
    }

    private static void showOrphan(
            PortalExchange exchange, Finding finding, String what, Form form, List<SelectOption> plans, int status)
            throws IOException {
        String name = nameOf(finding);
        exchange.render(
                status,
                "admin/" + what + "-orphan",
                exchange.page((what.equals("drop") ? "Drop " : "Adopt ") + name, SECTION),
                new OrphanView(
                        name,
                        finding.serverName(),
                        finding.message(),
                        PATH + "/" + finding.serverId() + "/" + name + "/" + what,
                        form,
                        plans));
    }
}
