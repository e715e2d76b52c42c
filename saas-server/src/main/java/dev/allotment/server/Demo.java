// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import java.util.List;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The data of the demo: a plan for empty databases, and a plan for databases with add-ons. */
final class Demo {
    private static final Logger LOG = LoggerFactory.getLogger(Demo.class);
    private static final String SHOP = "Shop";
    private static final String PORTAL = "portal.";
    private static final List<String> ADDONS = List.of("sale", "point_of_sale");

    private Demo() {}

    /**
     * Creates the plans if there are none, and builds the template in the background. Does not change plans that exist.
     */
    static void fill(Saas saas, Executor executor) {
        if (saas.plans().count(Filter.all()) == 0) {
            String domain = domain(saas.mainDatabase());
            saas.parameters().set(Parameter.BASE_DOMAIN, domain);
            saas.plans()
                    .create(Plan.builder("Demo")
                            .summary("An empty database")
                            .dbNameTemplate("client-%i." + domain)
                            .published(true)
                            .build());
            saas.plans()
                    .create(Plan.builder(SHOP)
                            .summary("Sales and a point of sale, ready to use")
                            .dbNameTemplate("shop-%i." + domain)
                            .sequence(20)
                            .build());
        }
        executor.execute(() -> openShop(saas));
    }

    /** The domain of the tenants' hosts: next to {@code portal.localhost}, or below a host of any other name. */
    private static String domain(String mainDatabase) {
        return mainDatabase.startsWith(PORTAL) ? mainDatabase.substring(PORTAL.length()) : mainDatabase;
    }

    /** Builds the template of the shop and then publishes the plan, unless an earlier start did. */
    private static void openShop(Saas saas) {
        try {
            for (Plan plan : saas.plans().list(Query.where(Filter.equal(Plan.NAME, SHOP)))) {
                if (plan.templateId() == null) {
                    saas.templates().build(plan.id(), ADDONS);
                    saas.plans()
                            .update(
                                    plan.id(),
                                    each -> each.toBuilder().published(true).build());
                }
            }
        } catch (SaasException e) {
            LOG.warn("The plan {} is not published: {}", SHOP, e.getMessage());
        }
    }
}
