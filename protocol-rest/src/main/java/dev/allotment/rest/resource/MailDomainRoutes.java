// SPDX-License-Identifier: Apache-2.0
package dev.allotment.rest.resource;

import dev.allotment.CustomerId;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.identity.MailDomains;
import dev.allotment.rest.route.Field;
import dev.allotment.rest.route.Request;
import dev.allotment.rest.route.Route;
import dev.allotment.rest.route.Route.Repetition;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The mail domains of customers. */
public final class MailDomainRoutes {
    private static final String LIST = CustomerRoutes.ONE + "/mail-domains";
    private static final String ONE = LIST + "/{domain}";

    /**
     * A mail domain with the record that proves it.
     *
     * @param verifiedAt since when it counts; null: it does not
     * @param missingSince since when the record of a verified domain was not found any more; null: it was found last
     */
    private record MailDomain(
            long id,
            CustomerId customerId,
            String name,
            String recordName,
            String recordText,
            @Nullable Instant verifiedAt,
            @Nullable Instant missingSince,
            Instant createdAt) {
        static MailDomain of(dev.allotment.identity.MailDomain domain) {
            return new MailDomain(
                    domain.id(),
                    domain.customerId(),
                    domain.name(),
                    domain.recordName(),
                    domain.recordText(),
                    domain.verifiedAt(),
                    domain.missingSince(),
                    domain.createdAt());
        }
    }

    private MailDomainRoutes() {}

    /** Returns the routes. */
    public static List<Route> all() {
        return List.of(
                Route.get(LIST, "listMailDomains", "Lists the mail domains of a customer.")
                        .useCase(MailDomains.class, "list")
                        .listsAll(
                                MailDomain.class,
                                Set.of("id", "name", "verifiedAt", "missingSince"),
                                MailDomain::id,
                                request -> domains(request).list().stream()
                                        .map(MailDomain::of)
                                        .toList()),
                Route.post(
                                LIST,
                                "createMailDomain",
                                "Adds a mail domain to a customer, which is not verified. One that it has already is"
                                        + " returned.")
                        .useCase(MailDomains.class, "add")
                        .repeated(Repetition.HARMLESS)
                        .body(Field.of(MailDomain.class, "name", "What is behind the @, such as example.com.")
                                .needed())
                        .creates(
                                MailDomain.class,
                                each -> "/customers/" + each.customerId() + "/mail-domains/" + each.id(),
                                request -> MailDomain.of(domains(request).add(request.needed("name", String.class)))),
                Route.get(ONE, "getMailDomain", "Returns a mail domain with the TXT record that proves it.")
                        .useCase(MailDomains.class, "list")
                        .answers(MailDomain.class, MailDomainRoutes::find),
                Route.post(
                                ONE + "/verify",
                                "verifyMailDomain",
                                "Asks the DNS for the TXT record of a mail domain, and verifies it if the record is"
                                        + " there.")
                        .useCase(MailDomains.class, "verify")
                        .repeated(Repetition.HARMLESS)
                        .answers(
                                MailDomain.class,
                                request -> MailDomain.of(domains(request).verify(id(request)))),
                Route.delete(ONE, "deleteMailDomain", "Removes a mail domain. Accounts stay in the team.")
                        .useCase(MailDomains.class, "remove")
                        .returnsNothing(request -> domains(request).remove(id(request))));
    }

    private static MailDomains domains(Request request) {
        return request.saas().actingFor(CustomerRoutes.id(request)).mailDomains();
    }

    private static long id(Request request) {
        return request.path("domain", Long.class);
    }

    private static MailDomain find(Request request) {
        long id = id(request);
        return domains(request).list().stream()
                .filter(each -> each.id() == id)
                .findFirst()
                .map(MailDomain::of)
                .orElseThrow(() -> SaasException.notFound(
                        ErrorCodes.RECORD_MISSING, "Customer " + request.id() + " has no mail domain " + id + "."));
    }
}
