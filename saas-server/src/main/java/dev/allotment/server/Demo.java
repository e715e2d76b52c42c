// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.Plan;
import dev.allotment.Price;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.brand.Brand;
import dev.allotment.brand.BrandText;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The data of the demo: a plan for empty databases, a plan for databases with add-ons, and customers. */
final class Demo {
    private static final Logger LOG = LoggerFactory.getLogger(Demo.class);
    private static final String SHOP = "Shop";
    private static final String PORTAL = "portal.";
    private static final List<String> ADDONS = List.of("sale", "point_of_sale");

    private Demo() {}

    /**
     * Creates the plans if there are none, and builds the template in the background. Does not change plans that exist.
     *
     * @param customers whether the plans get customers, too
     */
    static void fill(Saas saas, Executor executor, boolean customers) {
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
                            .price(Price.parse("29.00 EUR/month"))
                            .build());
        }
        executor.execute(() -> openShop(saas, customers));
    }

    /** What to try, step by step, for people who see the demo for the first time. */
    static List<String> tour(String adminLogin) {
        return List.of(
                "Sign in as " + DemoCustomers.OWNER + " with the password \"" + DemoCustomers.PASSWORD + "\".",
                "Open a database of Harbour Coffee, and enter an order.",
                "On the page Team, invite a colleague, or change what a colleague may do.",
                "Sign out, sign up as a new customer, and choose a plan.",
                "Sign in as " + adminLogin + ", see what needs attention, and suspend or copy a database.");
    }

    /** Returns the brand with the tour on the sign-in page, unless there is another text. */
    static Brand withTour(Brand brand, String adminLogin) {
        List<String> steps = tour(adminLogin);
        return brand.text(BrandText.SIGN_IN).isEmpty()
                ? brand.toBuilder()
                        .text(
                                BrandText.SIGN_IN,
                                IntStream.range(0, steps.size())
                                        .mapToObj(step -> (step + 1) + ". " + steps.get(step))
                                        .collect(Collectors.joining("\n", "This is a demo. Try:\n", "")))
                        .build()
                : brand;
    }

    /** The domain of the tenants' hosts: next to {@code portal.localhost}, or below a host of any other name. */
    static String domain(String mainDatabase) {
        return mainDatabase.startsWith(PORTAL) ? mainDatabase.substring(PORTAL.length()) : mainDatabase;
    }

    /** Builds the template of the shop and then publishes the plan, unless an earlier start did. */
    private static void openShop(Saas saas, boolean customers) {
        try {
            for (Plan plan : saas.plans().list(Query.where(Filter.equal(Plan.NAME, SHOP)))) {
                if (plan.templateId() == null) {
                    saas.templates().build(plan.id(), ADDONS);
                    saas.plans()
                            .update(
                                    plan.id(),
                                    each -> each.toBuilder().published(true).build());
                }
                if (customers && !DemoCustomers.exist(saas)) {
                    DemoCustomers.create(saas, saas.plans().get(plan.id()));
                }
            }
        } catch (SaasException e) {
            LOG.warn("The demo does not have all its data: {}", e.getMessage());
        } catch (SQLException e) {
            LOG.warn("The demo does not have all its orders", e);
        }
    }
}
