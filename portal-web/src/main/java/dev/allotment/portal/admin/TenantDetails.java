// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.AddonStatus;
import dev.allotment.DatabaseLoad;
import dev.allotment.ErrorCategory;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.MaintenanceWindow;
import dev.allotment.Operation;
import dev.allotment.OperationState;
import dev.allotment.Parameter;
import dev.allotment.Plan;
import dev.allotment.PlanId;
import dev.allotment.Query;
import dev.allotment.RecordQuota;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.access.Group;
import dev.allotment.access.GroupId;
import dev.allotment.access.Member;
import dev.allotment.access.TenantDatabase;
import dev.allotment.fleet.Server;
import dev.allotment.portal.admin.TenantPages.Forms;
import dev.allotment.portal.admin.TenantView.AddonRow;
import dev.allotment.portal.admin.TenantView.Fact;
import dev.allotment.portal.admin.TenantView.GroupRow;
import dev.allotment.portal.admin.TenantView.Inside;
import dev.allotment.portal.admin.TenantView.ParameterRow;
import dev.allotment.portal.admin.TenantView.QuotaRow;
import dev.allotment.portal.databases.DeletionConsequence;
import dev.allotment.portal.databases.PaymentBanner;
import dev.allotment.portal.databases.TenantWords;
import dev.allotment.portal.databases.UsageDays;
import dev.allotment.portal.web.Moment;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the content of the page of a tenant, from the catalog and from the tenant database. */
final class TenantDetails {
    private static final Logger LOG = LoggerFactory.getLogger(TenantDetails.class);
    private static final int MAX_ROWS = 500;
    private static final int MAX_RUNNING = 10;
    private static final int MAX_SUSPENSIONS = 20;
    private static final String MANUAL = "manual";

    private TenantDetails() {}

    static TenantView of(Saas saas, Tenant tenant, Instant now, Forms forms) {
        Inside inside = Inside.none();
        String failure = "";
        if (tenant.state() == TenantState.OPEN || tenant.state() == TenantState.SUSPENDED) {
            try {
                inside = inside(saas.database(tenant.name()));
            } catch (SaasException e) {
                if (e.category() != ErrorCategory.UNAVAILABLE && e.category() != ErrorCategory.NOT_FOUND) {
                    throw e;
                }
                LOG.warn(
                        "A tenant database cannot be read: tenant={} code={} {}",
                        tenant.id(),
                        e.code(),
                        e.getMessage());
                failure = "The database cannot be reached right now. Its add-ons, groups and parameters are not shown.";
            }
        }
        if (forms.tags().isFine()) {
            String tags = String.join(", ", tenant.tags());
            forms.tags().set(TenantPages.TAGS, tags).set(TenantPages.TAGS_SEEN, tags);
        }
        if (forms.window().isFine()) {
            forms.window().set(TenantPages.WINDOW, AdminInput.text(tenant.maintenanceWindow()));
        }
        UsageDays days = UsageDays.read(saas, List.of(tenant.id()), now);
        DatabaseRow row = DatabaseRows.of(saas, List.of(tenant), now).get(0);
        return new TenantView(
                row,
                List.of(days.users(tenant.id()), days.storage(tenant.id())),
                facts(saas, tenant, row),
                DeletionConsequence.describe(saas, tenant),
                tenant.state().live(),
                tenant.state() == TenantState.OPEN,
                tenant.suspendedFor().stream().anyMatch(List.of(MANUAL, "swapped")::contains),
                tenant.state() == TenantState.RETAINED,
                tenant.state() != TenantState.DELETED && saas.backups().hasStore(),
                inside,
                failure,
                running(saas, tenant),
                forms.configure(),
                forms.extend(),
                forms.tags(),
                new TreeMap<>(tenant.attributes())
                        .entrySet().stream()
                                .map(each -> new Fact(each.getKey(), each.getValue()))
                                .toList(),
                forms.attribute(),
                forms.window(),
                forms.rename(),
                forms.delete());
    }

    /** Returns the operations that keep others from starting. */
    private static List<Fact> running(Saas saas, Tenant tenant) {
        Filter<Operation> running = Filter.and(
                Filter.equal(Operation.TENANT_ID, tenant.id()), Filter.equal(Operation.STATE, OperationState.RUNNING));
        return saas.operations().list(Query.where(running).page(0, MAX_RUNNING)).stream()
                .map(each -> new Fact(
                        TenantWords.operation(each.kind()), Words.progress(each), "/admin/operations/" + each.id()))
                .toList();
    }

    private static List<Fact> facts(Saas saas, Tenant tenant, DatabaseRow row) {
        List<Fact> facts = new ArrayList<>();
        facts.add(new Fact(
                "Plan",
                row.plan().text().isEmpty()
                        ? "None"
                        : row.plan().text() + ", version " + tenant.planVersion() + (tenant.trial() ? " (trial)" : ""),
                row.plan().path()));
        String entitlements = TenantWords.entitlements(tenant.entitlements());
        if (!entitlements.isEmpty()) {
            facts.add(new Fact("Entitlements", entitlements));
        }
        facts.add(new Fact(
                "Owner",
                row.owner().text().isEmpty() ? "None" : row.owner().text(),
                row.owner().path()));
        reason(saas, tenant).ifPresent(each -> facts.add(new Fact("Suspended because", each)));
        Optional.ofNullable(saas.payments().applying(List.of(tenant)).get(tenant.id()))
                .ifPresent(each -> facts.add(new Fact(
                        "Payment",
                        PaymentBanner.state(each.payment().state()) + " since "
                                + Moment.of(each.payment().since()))));
        facts.add(new Fact("Time left", row.left()));
        String address = saas.tenants().publicUrl(tenant).toString();
        facts.add(new Fact("Address", address, tenant.state().live() ? address : ""));
        facts.add(new Fact(
                "Server",
                saas.servers().find(tenant.serverId()).map(Server::name).orElse(""),
                "/admin/servers/" + tenant.serverId()));
        facts.add(new Fact("Created", Moment.of(tenant.createdAt())));
        Instant synced = tenant.syncedAt();
        facts.add(new Fact("Usage last measured", Moment.orElse(synced, "Never")));
        if (tenant.state().live()) {
            facts.add(new Fact("Maintenance window", window(saas, tenant)));
            addLoad(facts, saas.tenants().load(tenant.id()));
        }
        Instant deleted = tenant.deletedAt();
        if (deleted != null) {
            facts.add(new Fact("Deleted", Moment.of(deleted)));
        }
        Instant retained = tenant.retainedUntil();
        if (tenant.state() == TenantState.RETAINED && retained != null) {
            facts.add(new Fact("Restorable until", Moment.of(retained)));
        }
        facts.add(new Fact("UUID", tenant.uuid().toString()));
        return facts;
    }

    /** Why an administrator suspended the tenant. */
    private static Optional<String> reason(Saas saas, Tenant tenant) {
        if (!tenant.suspendedFor().contains(MANUAL)) {
            return Optional.empty();
        }
        Filter<Event> suspensions = Filter.and(
                Filter.equal(Event.TENANT_ID, tenant.id()), Filter.equal(Event.TYPE, EventType.TENANT_SUSPENDED));
        return saas
                .events()
                .list(Query.where(suspensions).orderByDescending(Event.ID).page(0, MAX_SUSPENSIONS))
                .stream()
                .filter(each -> MANUAL.equals(each.details().get("cause")))
                .findFirst()
                .map(each -> each.details().get("reason"));
    }

    private static String window(Saas saas, Tenant tenant) {
        PlanId plan = tenant.planId();
        MaintenanceWindow own = tenant.maintenanceWindow();
        if (own != null) {
            return own.range() + " " + tenant.tz();
        }
        return Optional.ofNullable(plan)
                .flatMap(saas.plans()::find)
                .map(Plan::maintenanceWindow)
                .map(window -> window.range() + " " + tenant.tz() + ", from its plan")
                .orElse("Any time");
    }

    /** The present load, with its limit. A server that measures only a part of it does not fill the page with that. */
    private static void addLoad(List<Fact> facts, Optional<DatabaseLoad> load) {
        if (load.isEmpty()) {
            facts.add(new Fact("Load now", "Not known"));
        }
        load.ifPresent(each -> Arrays.stream(LoadMeasure.values())
                .filter(measure -> measure.value(each) >= 0)
                .forEach(measure -> facts.add(new Fact(measure.label() + " now", measure.text(each)))));
    }

    private static Inside inside(TenantDatabase database) {
        Set<GroupId> owners = new HashSet<>();
        database.members().list(Query.where(Filter.equal(Member.OWNER, true))).stream()
                .map(Member::id)
                .forEach(owner ->
                        database.members().groups(owner).stream().map(Group::id).forEach(owners::add));
        return new Inside(
                database.addons().list(Query.all().orderBy(AddonStatus.NAME).page(0, MAX_ROWS)).stream()
                        .map(TenantDetails::addon)
                        .toList(),
                database.groups().list(Query.all().orderBy(Group.XML_ID).page(0, MAX_ROWS)).stream()
                        .map(group -> new GroupRow(group.xmlId(), group.name(), owners.contains(group.id())))
                        .toList(),
                database.parameters().list(Query.all().orderBy(Parameter.KEY).page(0, MAX_ROWS)).stream()
                        .map(each -> new ParameterRow(each.key(), each.value(), each.hidden()))
                        .toList(),
                database
                        .recordQuotas()
                        .list(Query.all().orderBy(RecordQuota.MODEL).page(0, MAX_ROWS))
                        .stream()
                        .map(each -> new QuotaRow(each.model(), each.domain(), each.maxRecords()))
                        .toList());
    }

    private static AddonRow addon(AddonStatus addon) {
        String version = addon.installedVersion() == null ? "" : addon.installedVersion();
        String newer = addon.installed() && !addon.latestVersion().equals(version) ? addon.latestVersion() : "";
        return new AddonRow(addon.name(), addon.title(), addon.installed(), version, newer);
    }
}
