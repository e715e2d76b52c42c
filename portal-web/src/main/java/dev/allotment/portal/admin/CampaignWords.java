// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.Plan;
import dev.allotment.PlanId;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.ServerId;
import dev.allotment.fleet.Campaign;
import dev.allotment.fleet.CampaignChange;
import dev.allotment.fleet.CampaignStage;
import dev.allotment.fleet.CampaignStatus;
import dev.allotment.fleet.Server;
import dev.allotment.fleet.TenantVersions;
import dev.allotment.portal.admin.TenantView.Fact;
import dev.allotment.portal.databases.TenantWords;
import dev.allotment.portal.web.Choice;
import dev.allotment.portal.web.Moment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Describes campaigns for people. */
final class CampaignWords {
    private static final int LAST_CAMPAIGNS = 50;

    private CampaignWords() {}

    /** Describes a change, such as {@code Update add-ons: sale, stock}. */
    private static String change(Saas saas, CampaignChange change) {
        if (change instanceof CampaignChange.Addons addons) {
            return addons.names().isEmpty()
                    ? "Update all add-ons"
                    : "Update add-ons: " + String.join(", ", addons.names());
        }
        if (change instanceof CampaignChange.Move move) {
            return "Move to server " + server(saas, move.server());
        }
        if (change instanceof CampaignChange.Rebalance rebalance) {
            int moves = rebalance.moves().size();
            return "Even out servers: " + moves + (moves == 1 ? " move" : " moves");
        }
        if (change instanceof CampaignChange.Plan plan) {
            return "Switch to plan " + plan(saas, plan.plan())
                    + (plan.version() == 0 ? "" : ", version " + plan.version())
                    + (plan.force() ? ", by force" : "");
        }
        if (change instanceof CampaignChange.SwitchBack back) {
            return "Switch back what campaign " + back.campaign() + " switched" + (back.force() ? ", by force" : "");
        }
        return change instanceof CampaignChange.Action action
                ? "Run action " + action.name()
                : "Migrate the tenant schema";
    }

    static CampaignsView.Row row(Saas saas, CampaignStatus status) {
        var operation = status.operation();
        return new CampaignsView.Row(
                operation.id().value(),
                change(saas, status.campaign().change()),
                TenantWords.state(operation),
                operation.percent(),
                progress(status),
                Words.actor(operation.startedBy()),
                Moment.of(operation.createdAt()),
                Words.duration(Duration.between(operation.createdAt(), operation.updatedAt())));
    }

    /** Describes the progress, such as {@code Wave 2: 20 of 100 done, 1 failed}. */
    private static String progress(CampaignStatus status) {
        String numbers = status.done() + " of " + status.total() + " done"
                + (status.failed() == 0 ? "" : ", " + status.failed() + " failed");
        boolean active = status.operation().state() == OperationState.RUNNING
                || status.operation().state() == OperationState.PAUSED;
        return active ? stage(status) + ": " + numbers : numbers;
    }

    private static String stage(CampaignStatus status) {
        return status.stage() == CampaignStage.WAVES
                ? "Wave " + status.wave()
                : TenantWords.sentence(status.stage().name());
    }

    static List<Fact> numbers(CampaignStatus status) {
        List<Fact> numbers = new ArrayList<>();
        numbers.add(new Fact("Stage", stage(status)));
        numbers.add(new Fact("Databases", Long.toString(status.total())));
        numbers.add(new Fact("Done", Long.toString(status.done())));
        numbers.add(new Fact("Failed", Long.toString(status.failed())));
        numbers.add(new Fact("Being changed", Long.toString(status.working())));
        if (status.campaign().inWindow()) {
            numbers.add(new Fact("Waiting for their window", Long.toString(status.later())));
        }
        return numbers;
    }

    /** Describes which tenants a campaign changes, and how. */
    static List<Fact> facts(Saas saas, Campaign campaign) {
        List<Fact> facts = new ArrayList<>();
        facts.add(new Fact("What", change(saas, campaign.change())));
        facts.add(new Fact("Which databases", selection(saas, campaign)));
        facts.add(new Fact("Canaries", Integer.toString(campaign.canaries())));
        facts.add(new Fact("Waves", waves(campaign)));
        facts.add(new Fact(
                "At once",
                campaign.parallel()
                        + (campaign.parallelPerServer() == 0
                                ? ""
                                : ", at most " + campaign.parallelPerServer() + " on a server")));
        facts.add(new Fact("Failures allowed", failures(campaign.maxFailures(), campaign.maxFailurePercent())));
        facts.add(new Fact("When", campaign.inWindow() ? "in their maintenance window" : "at any time"));
        facts.add(new Fact("Backup before the change", campaign.backupBefore() ? "yes" : "no"));
        return facts;
    }

    private static String selection(Saas saas, Campaign campaign) {
        List<String> parts = new ArrayList<>();
        if (!campaign.tags().isEmpty()) {
            parts.add("tagged " + String.join(" and ", campaign.tags()));
        }
        if (campaign.plan() != null) {
            parts.add("on plan " + plan(saas, campaign.plan()));
        }
        if (campaign.server() != null) {
            parts.add("on server " + server(saas, campaign.server()));
        }
        if (campaign.customer() != null) {
            parts.add("of customer "
                    + saas.customers()
                            .find(campaign.customer())
                            .map(customer -> customer.name())
                            .orElse("" + campaign.customer()));
        }
        if (!campaign.filter().equals(Filter.all())) {
            parts.add("that the filter of the program selects");
        }
        return parts.isEmpty() ? "all" : String.join(", ", parts);
    }

    /** The last campaigns that have ended and had switched databases to a plan. */
    static List<Choice> planChanges(Saas saas) {
        return saas
                .operations()
                .list(Query.where(Filter.and(
                                Filter.equal(Operation.KIND, OperationKind.CAMPAIGN),
                                Filter.in(Operation.STATE, List.of(OperationState.DONE, OperationState.FAILED))))
                        .orderByDescending(Operation.ID)
                        .page(0, LAST_CAMPAIGNS))
                .stream()
                .map(each -> saas.campaigns().status(each.id()))
                .filter(each -> each.campaign().change() instanceof CampaignChange.Plan)
                .map(each -> new Choice(
                        each.operation().id().toString(),
                        "Campaign " + each.operation().id() + ": "
                                + change(saas, each.campaign().change())))
                .toList();
    }

    private static String plan(Saas saas, PlanId id) {
        return saas.plans().find(id).map(Plan::name).orElseGet(id::toString);
    }

    private static String server(Saas saas, ServerId id) {
        return saas.servers().find(id).map(Server::name).orElseGet(id::toString);
    }

    private static String waves(Campaign campaign) {
        return campaign.waves().isEmpty()
                ? "one"
                : campaign.waves().stream().map(each -> each + "%").collect(Collectors.joining(", ")) + ", the rest";
    }

    private static String failures(@Nullable Integer number, @Nullable Integer percent) {
        List<String> parts = new ArrayList<>();
        if (number != null) {
            parts.add(number.toString());
        }
        if (percent != null) {
            parts.add(percent + "%");
        }
        return parts.isEmpty() ? "any number" : String.join(", and at most ", parts);
    }

    /** Lists the versions of the tenant schema, and then of each add-on. */
    static List<CampaignsView.Version> versions(TenantVersions found) {
        List<CampaignsView.Version> versions = new ArrayList<>();
        String schema = found.schemaVersion();
        if (schema != null) {
            new TreeMap<>(found.schemas())
                    .forEach((version, databases) -> versions.add(new CampaignsView.Version(
                            "Tenant schema",
                            version.isEmpty() ? "not known" : version,
                            version.equals(schema),
                            databases)));
        }
        new TreeMap<>(found.addons())
                .forEach((name, counts) -> new TreeMap<>(counts)
                        .forEach((version, databases) -> versions.add(new CampaignsView.Version(
                                name,
                                version,
                                version.equals(found.addonVersions().get(name)),
                                databases))));
        if (found.unknownAddons() > 0) {
            versions.add(new CampaignsView.Version("Add-ons", "not read yet", false, found.unknownAddons()));
        }
        return versions;
    }
}
