// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.server;

import dev.allotment.Filter;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.RecordField;
import dev.allotment.ServerId;
import dev.allotment.Template;
import dev.allotment.TemplateId;
import dev.allotment.TenantState;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.core.internal.rule.TextRules;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Spare;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What is left on a database server that is to be deleted, and what to do about it, in sentences. */
final class ServerRemains {
    private static final int MOST_NAMES = 3;

    private final Transaction tx;
    private final Filter<Object> on;
    private final List<String> found = new ArrayList<>();

    private ServerRemains(Transaction tx, ServerId server) {
        this.tx = tx;
        this.on = Filter.equal(RecordField.named("serverId"), server);
    }

    /**
     * Describes each kind of thing that is left on a server; empty if there is nothing.
     *
     * @param working the operations that work on the server
     */
    static List<String> of(Transaction tx, ServerId server, List<StoredOperation> working) {
        ServerRemains remains = new ServerRemains(tx, server);
        // Spares first: one that is claimed between two counts is a tenant in the second.
        remains.add(
                "Spares",
                RecordTypes.SPARES,
                remains.on,
                Spare::name,
                "Set the server to draining, and the maintenance removes them.");
        remains.addTenants();
        remains.addTemplates();
        remains.add(
                "Plans that are bound to it",
                RecordTypes.PLANS,
                remains.on,
                Plan::name,
                "Bind them to another server, or to none.");
        remains.add(
                "Operations that work on it",
                working.size(),
                working.stream().map(each -> each.id() + " " + each.kind()).toList(),
                "Wait for their end, or abandon them.");
        return remains.found;
    }

    private void addTenants() {
        Filter<Object> retained =
                Filter.and(on, Filter.untyped(Filter.equal(StoredTenant.STATE, TenantState.RETAINED)));
        add(
                "Tenants",
                RecordTypes.TENANTS,
                Filter.and(on, Filter.untyped(TenantRows.WITH_DATABASE), Filter.not(retained)),
                StoredTenant::name,
                "Move them to another server.");
        add(
                "Deleted tenants",
                RecordTypes.TENANTS,
                retained,
                StoredTenant::name,
                "Restore and move them, or delete them for good.");
    }

    private void addTemplates() {
        List<TemplateId> here = tx.records(RecordTypes.TEMPLATES).values(Template.ID, Query.where(on));
        List<Plan> plans = tx.records(RecordTypes.PLANS)
                .list(Query.where(Filter.in(Plan.TEMPLATE_ID, here)).orderBy(Plan.NAME));
        add(
                "Templates of plans",
                plans.size(),
                plans.stream().limit(MOST_NAMES).map(this::withAddons).toList(),
                "Build them again with the same add-ons, which chooses another server if this one is draining.");
        List<@Nullable TemplateId> ofPlans =
                plans.stream().map(Plan::templateId).toList();
        add(
                "Other templates",
                RecordTypes.TEMPLATES,
                Filter.and(on, Filter.not(Filter.untyped(Filter.in(Template.ID, ofPlans)))),
                Template::name,
                "Set the server to draining, and the maintenance removes copies for plans. Delete the others.");
    }

    private String withAddons(Plan plan) {
        List<String> addons = plan.templateId() == null
                ? List.of()
                : tx.records(RecordTypes.TEMPLATES)
                        .find(plan.templateId().value())
                        .map(Template::addons)
                        .orElse(List.of());
        return TextRules.describe(plan.name())
                + (addons.isEmpty() ? " without add-ons" : " with " + String.join(" and ", addons));
    }

    private <R extends Record> void add(
            String what, RecordType<R> type, Filter<Object> which, Function<R, String> name, String advice) {
        long count = tx.records(type).count(which);
        if (count > 0) {
            add(
                    what,
                    count,
                    tx.records(type).list(Query.where(Filter.<R>and(which)).page(0, MOST_NAMES)).stream()
                            .map(name)
                            .map(TextRules::describe)
                            .toList(),
                    advice);
        }
    }

    private void add(String what, long count, List<String> names, String advice) {
        if (count > 0) {
            found.add(what + ": " + count + " ("
                    + names.stream().limit(MOST_NAMES).collect(Collectors.joining(", "))
                    + (count > MOST_NAMES ? ", …" : "") + "). " + advice);
        }
    }
}
