// SPDX-License-Identifier: Apache-2.0
package dev.allotment.rest.resource;

import dev.allotment.Filter;
import dev.allotment.Plan;
import dev.allotment.PlanId;
import dev.allotment.PlanVersion;
import dev.allotment.Plans;
import dev.allotment.RecordField;
import dev.allotment.SelfService;
import dev.allotment.rest.route.Field;
import dev.allotment.rest.route.Request;
import dev.allotment.rest.route.Route;
import dev.allotment.rest.route.Route.Repetition;
import java.util.List;
import java.util.stream.Stream;

/** Plans and their versions. */
public final class PlanRoutes {
    private static final String ONE = "/plans/{id}";

    private PlanRoutes() {}

    /** Returns the routes. */
    public static List<Route> all() {
        return List.of(
                Route.get("/plans", "listPlans", "Lists plans.")
                        .useCase(Plans.class, "list")
                        .lists(Plan.class, request -> request.saas().plans()),
                Route.post("/plans", "createPlan", "Creates a plan.")
                        .useCase(Plans.class, "create")
                        .repeated(Repetition.BY_KEY)
                        .body(Stream.concat(
                                        Stream.of(Field.of(Plan.class, "name", "For display.")
                                                .needed()),
                                        fields())
                                .toArray(Field[]::new))
                        .creates(
                                Plan.class,
                                each -> "/plans/" + each.id(),
                                request -> request.saas()
                                        .plans()
                                        .create(
                                                request.applied(Plan.builder(request.needed("name", String.class))
                                                        .build()),
                                                request.key())),
                Route.get(
                                "/offers",
                                "listOffers",
                                "Lists the plans that the caller can create tenants on without an administrator.")
                        .useCase(SelfService.class, "offers")
                        .answersAll(
                                Plan.class,
                                request -> request.saas().selfService().offers()),
                Route.get(ONE, "getPlan", "Returns a plan.")
                        .useCase(Plans.class, "get")
                        .answers(Plan.class, request -> request.saas().plans().get(id(request))),
                Route.patch(
                                ONE,
                                "updatePlan",
                                "Changes a plan. Changed terms make a new version; tenants stay on theirs.")
                        .useCase(Plans.class, "update")
                        .body(Stream.concat(Stream.of(Field.of(Plan.class, "name", "For display.")), fields())
                                .toArray(Field[]::new))
                        .answers(
                                Plan.class,
                                request -> request.saas().plans().update(id(request), seen -> {
                                    request.requireUnchanged(seen);
                                    return request.applied(seen);
                                })),
                Route.delete(ONE, "deletePlan", "Deletes a plan that no tenant is on.")
                        .useCase(Plans.class, "delete")
                        .returnsNothing(request -> request.saas().plans().delete(id(request))),
                Route.get(ONE + "/versions", "listPlanVersions", "Lists the versions of a plan.")
                        .useCase(Plans.class, "versions")
                        .lists(
                                PlanVersion.class,
                                (request, query) -> request.saas()
                                        .plans()
                                        .versions()
                                        .list(query.and(Filter.equal(RecordField.named("planId"), id(request))))));
    }

    private static PlanId id(Request request) {
        return new PlanId(request.id());
    }

    private static Stream<Field> fields() {
        return Stream.of(
                of("summary", "A sentence for customers."),
                of(
                        "templateId",
                        "The template that is cloned for each tenant; null: a database with the base schema only."),
                of("serverId", "The only server for its tenants; null: any active one."),
                of("dbNameTemplate", "Makes names of tenants; %i is the next number."),
                of("demo", "Whether its template contains demo data."),
                of("maxUsers", "Regular users of a tenant; 0: no limit."),
                of("storageLimitMb", "Megabytes of database and files of a tenant; 0: no limit."),
                of("blockOnExpiration", "Whether an expired tenant is suspended after the grace period."),
                of("blockOnStorageExceed", "Whether a tenant that exceeds its storage limit is suspended."),
                of("trialHours", "Hours until a trial expires; 0: no trials in self-service."),
                of("graceDays", "Days between expiry and suspension; not for trials."),
                of("maxDatabasesPerCustomer", "Tenants per customer, without trials; 0: no limit."),
                of("maxTrialDatabasesPerCustomer", "Trials per customer; 0: no limit."),
                of("lang", "The language, such as en_US."),
                of("tz", "An IANA time zone, such as UTC."),
                of("sequence", "Position in lists, smallest first."),
                of("spares", "How many spare databases there are at most."),
                of("published", "Whether portal accounts may create tenants on it."),
                of("tags", "Words that new tenants get."),
                of("attributes", "Texts of the operator by key. Replaces all of them."),
                of("backups", "When tenants are backed up, such as \"every 24h keep 7d 4w\"; null: never."),
                of(
                        "maintenanceWindow",
                        "When campaigns may change its tenants, such as 22:00-04:00; null: at any time."),
                of("backupLimitMb", "Megabytes of backups per customer; 0: no limit."),
                of("entitlements", "What the application of its tenants may do, by name. Replaces all of them."),
                of("price", "What it costs, for display, such as \"12.50 EUR/month\"; null: not shown."),
                of(
                        "billingUrl",
                        "Where owners manage their payment: an https address, which may contain {tenant} and"
                                + " {customer}; null: none."),
                of(
                        "paymentTerms",
                        "What follows if tenants are not paid, such as \"notify 0 3 7, suspend 14\"; null: nothing."));
    }

    private static Field of(String component, String text) {
        return Field.of(Plan.class, component, text);
    }
}
