// SPDX-License-Identifier: Apache-2.0
package dev.allotment.rest.resource;

import dev.allotment.AsyncOperations;
import dev.allotment.CreateTenant;
import dev.allotment.DeletionProof;
import dev.allotment.ErrorCodes;
import dev.allotment.Operation;
import dev.allotment.PlanId;
import dev.allotment.SaasException;
import dev.allotment.SignInLink;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.Tenants;
import dev.allotment.access.Access;
import dev.allotment.rest.route.Field;
import dev.allotment.rest.route.Request;
import dev.allotment.rest.route.Route;
import dev.allotment.rest.route.Route.Repetition;
import dev.allotment.spi.protocol.FailureReference;
import java.util.List;
import org.slf4j.MDC;

/** Tenants: create, read, change, delete. */
public final class TenantRoutes {
    static final String ONE = "/tenants/{id}";

    private TenantRoutes() {}

    /** Returns the routes. */
    public static List<Route> all() {
        return List.of(
                Route.get("/tenants", "listTenants", "Lists tenants.")
                        .useCase(Tenants.class, "list")
                        .lists(Tenant.class, request -> request.saas().tenants()),
                Route.post(
                                "/tenants",
                                "createTenant",
                                "Creates a tenant on a plan. The caller owns it, unless an administrator names"
                                        + " another owner. Only administrators send more than planId and name.")
                        .useCase(AsyncOperations.class, "create")
                        .repeated(Repetition.BY_KEY)
                        .body(
                                Field.of(CreateTenant.class, "plan", "The plan.")
                                        .named("planId")
                                        .needed(),
                                name("The name of the database. Administrators send all of it, others the"
                                        + " part before the first dot. Default: from the name template"
                                        + " of the plan."),
                                Field.of(
                                                CreateTenant.class,
                                                "owner",
                                                "The account that it is created for. Default: the caller.")
                                        .named("ownerId"),
                                Field.of(CreateTenant.class, "customer", "The customer. Default: that of the owner.")
                                        .named("customerId"),
                                Field.of(
                                        CreateTenant.class,
                                        "trial",
                                        "Whether it is a trial. Default: false; for others than administrators,"
                                                + " whether the plan has trials."),
                                Field.of(
                                        CreateTenant.class,
                                        "notifyOwner",
                                        "Whether the owner gets an email. Default: true."),
                                Field.of(CreateTenant.class, "uuid", "The identity. Default: a random one."),
                                Field.of(
                                        CreateTenant.class,
                                        "administrator",
                                        "Login and password of the administrator of the tenant."),
                                Field.of(
                                        CreateTenant.class,
                                        "lang",
                                        "The language, such as en_US. Default: that of the plan."),
                                Field.of(CreateTenant.class, "attributes", "Texts of the operator by key."))
                        .starts(TenantRoutes::create),
                Route.get(ONE, "getTenant", "Returns a tenant.")
                        .useCase(Tenants.class, "get")
                        .answers(
                                Tenant.class,
                                request -> nameInLog(request.saas().tenants().get(id(request)))),
                Route.patch(ONE, "updateTenant", "Changes limits, expiry and other properties of a tenant.")
                        .useCase(Tenants.class, "update")
                        .body(
                                of("maxUsers", "Regular users; 0: no limit."),
                                of("storageLimitMb", "Megabytes of database and files; 0: no limit."),
                                of(
                                        "blockOnExpiration",
                                        "Whether it is suspended when the grace period after its expiry has passed."),
                                of(
                                        "blockOnStorageExceed",
                                        "Whether it is suspended while it exceeds its storage limit."),
                                of("expiresAt", "When it expires; null: never."),
                                of("trial", "Whether it counts as a trial."),
                                of("customerId", "Its customer."),
                                of(
                                        "maintenanceWindow",
                                        "When campaigns may change it, such as 22:00-04:00 in its time zone;"
                                                + " null: when its plan says."),
                                of("tags", "Words for selecting tenants."),
                                of("attributes", "Texts of the operator by key. Replaces all of them."),
                                of("previewOf", "Only null: turns a preview copy into an ordinary tenant."))
                        .answers(
                                Tenant.class,
                                request -> request.saas().tenants().update(id(request), seen -> {
                                    request.requireUnchanged(seen);
                                    return request.applied(seen);
                                })),
                Route.delete(
                                ONE,
                                "deleteTenant",
                                "Deletes a tenant. Its database is retained for some days, if the plan and the"
                                        + " parameters say so.")
                        .useCase(Tenants.class, "delete")
                        .answers(
                                Tenant.class,
                                request -> request.isOperator()
                                        ? request.saas().tenants().delete(id(request))
                                        : request.saas().selfService().delete(id(request))),
                Route.get(
                                ONE + "/deletion-proof",
                                "getDeletionProof",
                                "Returns the proof that the database was deleted.")
                        .useCase(Tenants.class, "proofOfDeletion")
                        .answers(DeletionProof.class, TenantRoutes::proof),
                Route.post(
                                ONE + "/sign-in-link",
                                "createSignInLink",
                                "Creates a link that signs the owner in once. It expires after an hour.")
                        .useCase(Access.class, "issue")
                        .answers(
                                SignInLink.class,
                                request -> request.saas().access().issue(id(request))));
    }

    /** Lets the lines that the thread logs from here on name the tenant of a request, if its caller may see it. */
    public static void nameInLog(Route route, Request request) {
        boolean ofTenant = route.path().equals(ONE) || route.path().startsWith(ONE + "/");
        // Reading a tenant is the most frequent call, and names the tenant that it has read.
        boolean reads = route.path().equals(ONE) && route.method().equals("GET");
        if (ofTenant && !reads) {
            try {
                request.saas().tenants().find(id(request)).ifPresent(TenantRoutes::nameInLog);
            } catch (SaasException e) {
                // The scope of a key may have what the call does, and no tenants.
                if (!e.code().equals(ErrorCodes.ACCESS_NOT_ALLOWED)) {
                    throw e;
                }
            }
        }
    }

    private static Tenant nameInLog(Tenant tenant) {
        MDC.put(FailureReference.TENANT_KEY, tenant.name());
        return tenant;
    }

    static TenantId id(Request request) {
        return new TenantId(request.id());
    }

    static Field name(String text) {
        return Field.of(CreateTenant.class, "name", text);
    }

    private static Field of(String component, String text) {
        return Field.of(Tenant.class, component, text);
    }

    private static Operation create(Request request) {
        PlanId plan = request.needed("planId", PlanId.class);
        String name = request.field("name", String.class);
        if (!request.isOperator()) {
            request.requireOnly("planId", "name");
            return request.saas().selfService().start(plan, name, request.key());
        }
        CreateTenant command = request.applied(CreateTenant.onPlan(plan).build());
        return request.saas()
                .async()
                .create(command.toBuilder().idempotencyKey(request.key()).build());
    }

    private static DeletionProof proof(Request request) {
        return request.saas()
                .tenants()
                .proofOfDeletion(id(request))
                .orElseThrow(() -> SaasException.notFound(
                        ErrorCodes.RECORD_MISSING,
                        "The database of tenant " + request.id() + " exists, so there is no proof of its deletion."));
    }
}
