// SPDX-License-Identifier: Apache-2.0
package dev.allotment.rest.resource;

import dev.allotment.AddonStatus;
import dev.allotment.AsyncOperations;
import dev.allotment.PlanId;
import dev.allotment.Template;
import dev.allotment.TemplateId;
import dev.allotment.Templates;
import dev.allotment.rest.route.Field;
import dev.allotment.rest.route.Request;
import dev.allotment.rest.route.Route;
import dev.allotment.rest.route.Route.Repetition;
import java.util.List;

/** Templates that tenants are cloned from. */
public final class TemplateRoutes {
    private static final String ONE = "/templates/{id}";

    private record Build(PlanId planId, List<String> addons) {}

    private TemplateRoutes() {}

    /** Returns the routes. */
    public static List<Route> all() {
        return List.of(
                Route.get(
                                "/templates",
                                "listTemplates",
                                "Lists templates. Only for administrators, as everything about templates.")
                        .useCase(Templates.class, "list")
                        .lists(Template.class, request -> request.saas().templates()),
                Route.post("/templates", "buildTemplate", "Builds a template, which a plan uses from then on.")
                        .useCase(AsyncOperations.class, "buildTemplate")
                        .repeated(Repetition.BY_KEY)
                        .body(
                                Field.of(Build.class, "planId", "The plan.").needed(),
                                Field.of(Build.class, "addons", "The add-ons. What they need is added.")
                                        .needed())
                        .starts(request -> {
                            Build wanted = request.body(Build.class);
                            return request.saas()
                                    .async()
                                    .buildTemplate(wanted.planId(), wanted.addons(), request.key());
                        }),
                Route.get("/addons", "listAddons", "Lists the add-ons that a template can be built with.")
                        .useCase(Templates.class, "addons")
                        .answersAll(
                                AddonStatus.class,
                                request -> request.saas().templates().addons()),
                Route.get(ONE, "getTemplate", "Returns a template.")
                        .useCase(Templates.class, "get")
                        .answers(
                                Template.class,
                                request -> request.saas().templates().get(id(request))),
                Route.delete(ONE, "deleteTemplate", "Deletes a template that no plan uses.")
                        .useCase(Templates.class, "delete")
                        .returnsNothing(request -> request.saas().templates().delete(id(request))));
    }

    private static TemplateId id(Request request) {
        return new TemplateId(request.id());
    }
}
