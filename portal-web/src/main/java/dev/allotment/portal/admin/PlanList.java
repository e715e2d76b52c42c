// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.Filter;
import dev.allotment.Plan;
import dev.allotment.PlanId;
import dev.allotment.ServerId;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.portal.databases.UsageMeter;
import dev.allotment.portal.web.Choice;
import dev.allotment.portal.web.Listing;
import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.SortKey;
import dev.allotment.portal.web.SortKey.Kind;
import dev.allotment.portal.web.Visitor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The list of plans. */
final class PlanList {
    private static final List<TenantState> LIVE = List.of(TenantState.DRAFT, TenantState.OPEN, TenantState.SUSPENDED);
    private static final String PUBLISHED = "published";
    private static final List<Choice> STATES =
            List.of(new Choice(PUBLISHED, "Published"), new Choice("unpublished", "Not published"));
    private static final List<SortKey.Of<Plan>> KEYS = List.of(
            new SortKey.Of<>("order", "Sort order", Kind.NUMBER, Plan.SEQUENCE),
            new SortKey.Of<>("name", "Name", Kind.TEXT, Plan.NAME),
            new SortKey.Of<>("trial", "Trial", Kind.NUMBER, Plan.TRIAL_HOURS),
            new SortKey.Of<>("created", "Created", Kind.TIME, Plan.CREATED_AT));

    private PlanList() {}

    static void show(PortalExchange exchange, Visitor visitor) throws IOException {
        Listing listing = Listing.of(exchange, PlanPages.PATH);
        String text = listing.search("name, summary or ID");
        List<Filter<? super Plan>> parts = new ArrayList<>();
        String state = listing.choice("state", "For customers", "All", STATES);
        if (!state.isEmpty()) {
            parts.add(Filter.equal(Plan.PUBLISHED, state.equals(PUBLISHED)));
        }
        listing.id("server", "Server", "All servers", Choices.servers(visitor.saas()))
                .ifPresent(id -> parts.add(Filter.equal(Plan.SERVER_ID, new ServerId(id))));
        String tag = listing.text("tag", "Tag");
        if (!tag.isEmpty()) {
            parts.add(Filter.tagged(tag));
        }
        if (!text.isEmpty()) {
            parts.add(Filter.or(
                    Search.contains(text, Plan.NAME, Plan.SUMMARY),
                    Search.number(text)
                            .map(id -> Filter.equal(Plan.ID, new PlanId(id)))
                            .orElse(Filter.none())));
        }
        List<Plan> plans = listing.read(visitor.saas().plans(), Filter.and(parts), "order", KEYS);
        Map<PlanId, Long> databases = visitor.saas()
                .tenants()
                .counts(Tenant.PLAN_ID, plans.stream().map(Plan::id).toList(), Filter.in(Tenant.STATE, LIVE));
        exchange.render(
                listing.status(),
                "admin/plans",
                exchange.page("Plans", PlanPages.SECTION, PlanPages.NOTICES.get(exchange.param("done"))),
                new PlansView(
                        plans.stream()
                                .map(plan -> row(plan, databases.getOrDefault(plan.id(), 0L)))
                                .toList(),
                        listing.controls()));
    }

    private static PlansView.Row row(Plan plan, long databases) {
        String users = plan.maxUsers() == 0 ? "unlimited users" : plan.maxUsers() + " users";
        String storage = plan.storageLimitMb() == 0
                ? "unlimited storage"
                : UsageMeter.bytes(plan.storageLimitMb() * Plan.MEGABYTE);
        return new PlansView.Row(
                plan.id().value(),
                plan.name(),
                plan.summary() == null ? "" : plan.summary(),
                plan.published(),
                users + ", " + storage,
                plan.trialHours() == 0 ? "none" : plan.trialHours() + " hours",
                databases);
    }
}
