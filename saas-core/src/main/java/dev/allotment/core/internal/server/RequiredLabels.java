// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.server;

import dev.allotment.Customer;
import dev.allotment.CustomerId;
import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.Plan;
import dev.allotment.SaasException;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.rule.LabelRules;
import dev.allotment.core.internal.rule.TextRules;
import dev.allotment.fleet.Server;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The labels that the server of a database must have, because an attribute of its tenant, its customer or its plan
 * requires them.
 *
 * @param labels such as {@code region=eu}, sorted
 * @param shown whether messages name them; attributes are for administrators
 */
public record RequiredLabels(List<String> labels, boolean shown) {
    /** For databases of templates that no plan has yet. */
    public static final RequiredLabels NONE = new RequiredLabels(List.of(), true);

    /** What a plan requires of all its tenants. */
    public static RequiredLabels of(Actor actor, Plan plan) {
        return new RequiredLabels(LabelRules.required(plan.attributes()), actor.seesAttributes());
    }

    /**
     * What is required for a new tenant.
     *
     * @param plan null: none
     * @param customer null: none
     * @param own the attributes of the tenant
     */
    public static RequiredLabels of(
            Actor actor, Transaction tx, @Nullable Plan plan, @Nullable CustomerId customer, Map<String, String> own) {
        return of(
                actor,
                plan,
                customer == null
                        ? null
                        : tx.records(RecordTypes.CUSTOMERS)
                                .find(customer.value())
                                .orElse(null),
                own);
    }

    /** What is required for a tenant whose plan and customer are known. */
    public static RequiredLabels of(
            Actor actor, @Nullable Plan plan, @Nullable Customer customer, Map<String, String> own) {
        Stream<Map<String, String>> attributes = Stream.of(
                own, plan == null ? Map.of() : plan.attributes(), customer == null ? Map.of() : customer.attributes());
        return new RequiredLabels(
                attributes
                        .flatMap(each -> LabelRules.required(each).stream())
                        .distinct()
                        .sorted()
                        .toList(),
                actor.seesAttributes());
    }

    /** What is required for a tenant. */
    public static RequiredLabels of(Actor actor, Transaction tx, StoredTenant tenant) {
        Plan plan = tenant.planId() == null
                ? null
                : tx.records(RecordTypes.PLANS).find(tenant.planId().value()).orElse(null);
        return of(actor, tx, plan, tenant.customerId(), tenant.attributes());
    }

    /** Whether a server has them. */
    public boolean areOn(Server server) {
        return labels.isEmpty() || LabelRules.texts(server).containsAll(labels);
    }

    /** The error for a server that was chosen and lacks some. */
    public SaasException missingOn(Server server) {
        List<String> missing = new ArrayList<>(labels);
        missing.removeAll(LabelRules.texts(server));
        return refusal("Database server " + TextRules.describe(server.name()) + " lacks labels", missing);
    }

    /** The error if no server has them. */
    SaasException missingEverywhere() {
        return refusal("No database server that takes new databases has all the labels", labels);
    }

    private SaasException refusal(String what, List<String> which) {
        String names = String.join(", ", which);
        return new SaasException(
                ErrorCategory.CONFLICT,
                ErrorCodes.SERVER_LABELS_MISSING,
                what + " that are required"
                        + (shown
                                ? ": " + names + ". Choose another server, or change the labels of a server or the"
                                        + " attributes \"" + Server.REQUIRED_LABEL
                                        + "…\" of the tenant, its customer or its plan."
                                : ". Ask an administrator."),
                shown ? Map.of("labels", names) : Map.of(),
                false,
                null);
    }
}
