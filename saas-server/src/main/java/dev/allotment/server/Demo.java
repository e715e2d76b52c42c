// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import dev.allotment.Filter;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import java.util.List;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the demo is tried with: a plan of empty databases, and one of databases with add-ons in them. */
final class Demo {
    private static final Logger LOG = LoggerFactory.getLogger(Demo.class);
    private static final String SHOP = "Shop";
    private static final List<String> ADDONS = List.of("sale", "point_of_sale");

    private Demo() {}

    /** A second start finds the plans and leaves them as they are; the template is built by the executor, so nobody waits. */
    static void fill(Saas saas, Executor executor) {
        if (saas.plans().count(Filter.all()) == 0) {
            saas.plans()
                    .create(Plan.builder("Demo")
                            .summary("A database with nothing in it yet")
                            .dbNameTemplate("client-%i.localhost")
                            .published(true)
                            .build());
            saas.plans()
                    .create(Plan.builder(SHOP)
                            .summary("Sales and a point of sale, ready to use")
                            .dbNameTemplate("shop-%i.localhost")
                            .sequence(20)
                            .build());
        }
        executor.execute(() -> openShop(saas));
    }

    /** Offers the shop once there is something to clone it from; what an earlier start did not come to is done now. */
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
            LOG.warn("The plan {} is not offered: {}", SHOP, e.getMessage());
        }
    }
}
