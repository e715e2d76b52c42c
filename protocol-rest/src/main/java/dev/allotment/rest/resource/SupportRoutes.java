// SPDX-License-Identifier: Apache-2.0
package dev.allotment.rest.resource;

import dev.allotment.TenantId;
import dev.allotment.rest.route.Field;
import dev.allotment.rest.route.Request;
import dev.allotment.rest.route.Route;
import dev.allotment.support.NewSupportAccess;
import dev.allotment.support.SupportAccess;
import dev.allotment.support.SupportAccessId;
import dev.allotment.support.SupportAccesses;
import dev.allotment.support.SupportAnswer;
import dev.allotment.support.SupportRight;
import dev.allotment.support.SupportSetting;
import dev.allotment.support.SupportUse;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Support access: requests, answers and uses. A person enters a tenant in the portal: there is no route for that. */
public final class SupportRoutes {
    private static final String LIST = "/support";
    private static final String ONE = LIST + "/{id}";
    private static final String SETTING = CustomerRoutes.ONE + "/support-setting";

    private record Wanted(
            TenantId tenantId, SupportRight right, @Nullable String member, String reason) {}

    private record Grant(@Nullable Integer hours) {}

    private record Setting(SupportAnswer answer, @Nullable Integer hours) {}

    private SupportRoutes() {}

    /** Returns the routes. */
    public static List<Route> all() {
        return List.of(
                Route.get(
                                LIST,
                                "listSupportAccesses",
                                "Lists requests for access to tenants, with what became of them.")
                        .useCase(SupportAccesses.class, "list")
                        .lists(SupportAccess.class, SupportRoutes::accesses),
                Route.post(
                                LIST,
                                "requestSupportAccess",
                                "Requests access to a tenant for the operator that the API key belongs to. The customer"
                                        + " answers, or its standing answer does at once.")
                        .useCase(SupportAccesses.class, "request")
                        .body(
                                Field.of(Wanted.class, "tenantId", "The tenant.")
                                        .needed(),
                                Field.of(
                                                Wanted.class,
                                                "right",
                                                "look: to see what a member sees, with a database login that only reads;"
                                                        + " member: to act as a member; administrator: to act as the"
                                                        + " administrator of the database.")
                                        .needed(),
                                Field.of(
                                        Wanted.class,
                                        "member",
                                        "The login of the member. Needed for the right member. Default for look: the"
                                                + " owner of the database."),
                                Field.of(Wanted.class, "reason", "Why, for the customer: one line.")
                                        .needed())
                        .creates(
                                SupportAccess.class,
                                each -> LIST + "/" + each.id(),
                                request -> accesses(request).request(wanted(request))),
                Route.get(ONE, "getSupportAccess", "Returns a request for access to a tenant.")
                        .useCase(SupportAccesses.class, "get")
                        .answers(
                                SupportAccess.class,
                                request -> accesses(request).get(id(request))),
                Route.get(ONE + "/uses", "listSupportUses", "Lists when the operator has entered the tenant.")
                        .useCase(SupportAccesses.class, "uses")
                        .answersAll(
                                SupportUse.class, request -> accesses(request).uses(id(request))),
                Route.post(
                                ONE + "/grant",
                                "grantSupportAccess",
                                "Grants a request. Only an account in the team of the customer can.")
                        .useCase(SupportAccesses.class, "grant")
                        .body(Field.of(
                                Grant.class,
                                "hours",
                                "For how many hours from now on, from " + SupportAccesses.MIN_HOURS + " to "
                                        + SupportAccesses.MAX_HOURS + ". Default: " + SupportAccesses.DEFAULT_HOURS
                                        + "."))
                        .answers(
                                SupportAccess.class,
                                request -> accesses(request)
                                        .grant(
                                                id(request),
                                                hours(request.body(Grant.class).hours()))),
                Route.post(
                                ONE + "/refuse",
                                "refuseSupportAccess",
                                "Refuses a request. Only an account in the team of the customer can.")
                        .useCase(SupportAccesses.class, "refuse")
                        .answers(
                                SupportAccess.class,
                                request -> accesses(request).refuse(id(request))),
                Route.post(
                                ONE + "/revoke",
                                "revokeSupportAccess",
                                "Revokes access that was granted. Its sessions end at once.")
                        .useCase(SupportAccesses.class, "revoke")
                        .answers(
                                SupportAccess.class,
                                request -> accesses(request).revoke(id(request))),
                Route.post(
                                ONE + "/withdraw",
                                "withdrawSupportAccess",
                                "Withdraws a request, or gives access back. For operators.")
                        .useCase(SupportAccesses.class, "withdraw")
                        .answers(
                                SupportAccess.class,
                                request -> accesses(request).withdraw(id(request))),
                Route.get(
                                SETTING,
                                "getSupportSetting",
                                "Returns the standing answer of a customer to requests for support access.")
                        .useCase(SupportAccesses.class, "setting")
                        .answers(
                                SupportSetting.class,
                                request -> ofCustomer(request).setting()),
                Route.put(
                                SETTING,
                                "setSupportSetting",
                                "Sets the standing answer of a customer. What was answered before stays.")
                        .useCase(SupportAccesses.class, "set")
                        .body(
                                Field.of(
                                                Setting.class,
                                                "answer",
                                                "ask: the team answers each request; grant: each is granted at once;"
                                                        + " refuse: each is refused at once.")
                                        .needed(),
                                Field.of(
                                        Setting.class,
                                        "hours",
                                        "For how many hours grant grants access. Default: "
                                                + SupportAccesses.DEFAULT_HOURS + "."))
                        .answers(SupportSetting.class, SupportRoutes::set));
    }

    private static SupportAccesses accesses(Request request) {
        return request.saas().supportAccesses();
    }

    private static SupportAccesses ofCustomer(Request request) {
        return request.saas().actingFor(CustomerRoutes.id(request)).supportAccesses();
    }

    private static SupportAccessId id(Request request) {
        return new SupportAccessId(request.id());
    }

    private static NewSupportAccess wanted(Request request) {
        Wanted wanted = request.body(Wanted.class);
        return new NewSupportAccess(wanted.tenantId(), wanted.right(), wanted.member(), wanted.reason());
    }

    private static int hours(@Nullable Integer given) {
        return Objects.requireNonNullElse(given, SupportAccesses.DEFAULT_HOURS);
    }

    private static SupportSetting set(Request request) {
        Setting wanted = request.body(Setting.class);
        return ofCustomer(request).set(wanted.answer(), hours(wanted.hours()));
    }
}
