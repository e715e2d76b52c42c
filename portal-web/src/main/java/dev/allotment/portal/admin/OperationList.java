// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationId;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.Template;
import dev.allotment.TenantId;
import dev.allotment.portal.databases.TenantWords;
import dev.allotment.portal.web.Choice;
import dev.allotment.portal.web.Listing;
import dev.allotment.portal.web.Page;
import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.SortKey;
import dev.allotment.portal.web.SortKey.Kind;
import dev.allotment.portal.web.Visitor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The list of operations: the running ones with their progress, and the finished ones. */
final class OperationList {
    private static final int MAX_RUNNING = 100;
    static final int REFRESH_SECONDS = 3;
    private static final String STATE = "state";
    private static final String FAILED = "failed";
    private static final List<Choice> STATES = List.of(new Choice("done", "Done"), new Choice(FAILED, "Failed"));
    private static final List<SortKey.Of<Operation>> KEYS = List.of(
            new SortKey.Of<>("started", "Started", Kind.TIME, Operation.CREATED_AT),
            new SortKey.Of<>("finished", "Finished", Kind.TIME, Operation.UPDATED_AT));

    private OperationList() {}

    static void show(PortalExchange exchange, Visitor visitor) throws IOException {
        Saas saas = visitor.saas();
        Listing listing = Listing.of(exchange, OperationPages.PATH);
        String text = listing.search("database, template, user, error code or ID");
        List<Filter<? super Operation>> parts = new ArrayList<>();
        String state = listing.choice(STATE, "Outcome", "All finished", STATES);
        String kind = listing.choice(
                "kind", "What", "All operations", Choices.of(OperationKind.values(), TenantWords::operation));
        Arrays.stream(OperationKind.values())
                .filter(each -> each.name().equals(kind))
                .forEach(each -> parts.add(Filter.equal(Operation.KIND, each)));
        listing.about("database", "About", id -> TenantList.name(saas, id))
                .ifPresent(id -> parts.add(Filter.equal(Operation.TENANT_ID, new TenantId(id))));
        listing.about("campaign", "Campaign", id -> "")
                .ifPresent(id -> parts.add(Filter.equal(Operation.CAMPAIGN, new OperationId(id))));
        parts.add(listing.days("", "Started", Operation.CREATED_AT));
        if (!text.isEmpty()) {
            parts.add(search(saas, listing, text));
        }
        Filter<Operation> filter = Filter.and(parts);
        Filter<Operation> running =
                Filter.and(filter, Filter.in(Operation.STATE, List.of(OperationState.RUNNING, OperationState.PAUSED)));
        Filter<Operation> finished = switch (state) {
            case "done" -> Filter.equal(Operation.STATE, OperationState.DONE);
            case FAILED -> Filter.equal(Operation.STATE, OperationState.FAILED);
            default -> Filter.in(Operation.STATE, List.of(OperationState.DONE, OperationState.FAILED));
        };
        List<Operation> first = saas.operations()
                .list(Query.where(running).orderBy(Operation.CREATED_AT).page(0, MAX_RUNNING));
        boolean failedOnly = state.equals(FAILED);
        OperationsView view = new OperationsView(
                OperationRows.of(saas, first),
                first.size() < MAX_RUNNING ? first.size() : saas.operations().count(running),
                OperationRows.of(saas, listing.read(saas.operations(), Filter.and(filter, finished), "-started", KEYS)),
                failedOnly,
                listing.with(STATE, FAILED),
                listing.controls());
        Page page =
                exchange.page("Operations", OperationPages.SECTION, OperationPages.NOTICES.get(exchange.param("done")));
        exchange.render(
                listing.status(), "admin/operations", page.refreshing(first.isEmpty() ? 0 : REFRESH_SECONDS), view);
    }

    private static Filter<Operation> search(Saas saas, Listing listing, String text) {
        return Filter.or(
                Filter.in(Operation.TENANT_ID, TenantList.named(saas, listing, text)),
                Filter.in(
                        Operation.TEMPLATE_ID,
                        Search.ids(
                                saas.templates(),
                                Search.contains(text, Template.NAME),
                                Template::id,
                                "templates match",
                                listing)),
                Search.contains(text, Operation.STARTED_BY, Operation.ERROR_CODE),
                Search.number(text)
                        .map(id -> Filter.equal(Operation.ID, new OperationId(id)))
                        .orElse(Filter.none()));
    }
}
