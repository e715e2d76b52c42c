// SPDX-License-Identifier: Apache-2.0
package dev.allotment.rest.resource;

import static dev.allotment.rest.resource.TenantRoutes.id;

import dev.allotment.CustomDomain;
import dev.allotment.CustomDomains;
import dev.allotment.Filter;
import dev.allotment.RecordField;
import dev.allotment.rest.route.Field;
import dev.allotment.rest.route.Request;
import dev.allotment.rest.route.Route;
import dev.allotment.rest.route.Route.Repetition;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Custom domains of tenants. */
public final class DomainRoutes {
    private static final String LIST = TenantRoutes.ONE + "/domains";

    private record NewDomain(String host) {}

    /**
     * What the customer has to do before the host is added.
     *
     * @param text null: nothing
     */
    private record DomainInstructions(String host, @Nullable String text) {}

    private DomainRoutes() {}

    /** Returns the routes. */
    public static List<Route> all() {
        return List.of(
                Route.get(LIST, "listDomains", "Lists the custom domains of a tenant.")
                        .useCase(CustomDomains.class, "list")
                        .lists(
                                CustomDomain.class,
                                (request, query) -> request.saas()
                                        .customDomains()
                                        .list(query.and(Filter.equal(RecordField.named("tenantId"), id(request))))),
                Route.post(LIST, "addDomain", "Adds a host to a tenant, after the verifier has accepted it.")
                        .useCase(CustomDomains.class, "add")
                        .repeated(Repetition.HARMLESS)
                        .body(Field.of(NewDomain.class, "host", "A DNS name with a dot.")
                                .needed())
                        .creates(
                                CustomDomain.class,
                                each -> "/domains/" + each.id(),
                                request -> request.saas()
                                        .customDomains()
                                        .add(
                                                id(request),
                                                request.body(NewDomain.class).host())),
                Route.get(
                                TenantRoutes.ONE + "/domain-instructions",
                                "getDomainInstructions",
                                "Returns what the customer has to do before a host can be added.")
                        .useCase(CustomDomains.class, "instructions")
                        .query(Field.of("host", String.class, "The host.").needed())
                        .answers(DomainInstructions.class, DomainRoutes::instructions),
                Route.get("/domains/{id}", "getDomain", "Returns a custom domain.")
                        .useCase(CustomDomains.class, "get")
                        .answers(
                                CustomDomain.class,
                                request -> request.saas().customDomains().get(request.id())),
                Route.delete("/domains/{id}", "removeDomain", "Removes a host from its tenant.")
                        .useCase(CustomDomains.class, "remove")
                        .returnsNothing(
                                request -> request.saas().customDomains().remove(request.id())));
    }

    private static DomainInstructions instructions(Request request) {
        String host = Objects.requireNonNull(request.query("host", String.class));
        return new DomainInstructions(
                host,
                request.saas().customDomains().instructions(id(request), host).orElse(null));
    }
}
