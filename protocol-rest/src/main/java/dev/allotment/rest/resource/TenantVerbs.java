// SPDX-License-Identifier: Apache-2.0
package dev.allotment.rest.resource;

import static dev.allotment.rest.resource.TenantRoutes.ONE;
import static dev.allotment.rest.resource.TenantRoutes.id;

import dev.allotment.AsyncOperations;
import dev.allotment.DuplicateTenant;
import dev.allotment.Operation;
import dev.allotment.PlanId;
import dev.allotment.PlanSwitch;
import dev.allotment.ServerId;
import dev.allotment.SuspendTenant;
import dev.allotment.SwapTenants;
import dev.allotment.SwitchPlan;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.Tenants;
import dev.allotment.rest.route.Field;
import dev.allotment.rest.route.Request;
import dev.allotment.rest.route.Route;
import dev.allotment.rest.route.Route.Repetition;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What is done with a tenant. */
public final class TenantVerbs {
    private record Rename(String name) {}

    private record Move(ServerId serverId) {}

    /**
     * @param addonsToRemove those that the caller has seen
     */
    private record Switch(
            PlanId planId,
            @Nullable Integer version,
            @Nullable Boolean force,
            @Nullable List<String> addonsToRemove) {}

    private TenantVerbs() {}

    /** Returns the routes. */
    public static List<Route> all() {
        return List.of(
                Route.post(ONE + "/suspend", "suspendTenant", "Suspends a tenant: only its administrator can sign in.")
                        .useCase(Tenants.class, "suspend")
                        .repeated(Repetition.HARMLESS)
                        .body(
                                Field.of(SuspendTenant.class, "reason", "Why, for the audit log and the owner."),
                                Field.of(
                                        SuspendTenant.class,
                                        "notifyOwner",
                                        "Whether the owner gets an email. Default: true."))
                        .answers(
                                Tenant.class,
                                request -> request.saas()
                                        .tenants()
                                        .suspend(request.applied(SuspendTenant.builder(id(request))
                                                .build()))),
                Route.post(
                                ONE + "/resume",
                                "resumeTenant",
                                "Takes back a suspension. The tenant stays suspended if it has expired, or"
                                        + " exceeds its storage limit.")
                        .useCase(Tenants.class, "resume")
                        .repeated(Repetition.HARMLESS)
                        .answers(
                                Tenant.class,
                                request -> request.saas().tenants().resume(id(request))),
                Route.post(ONE + "/rename", "renameTenant", "Renames a tenant.")
                        .useCase(Tenants.class, "rename")
                        .repeated(Repetition.HARMLESS)
                        .body(Field.of(
                                        Rename.class,
                                        "name",
                                        "The new name. Administrators send all of it, others the part before"
                                                + " the first dot.")
                                .needed())
                        .answers(Tenant.class, TenantVerbs::rename),
                Route.post(ONE + "/move", "moveTenant", "Moves a tenant to another database server.")
                        .useCase(AsyncOperations.class, "move")
                        .repeated(Repetition.HARMLESS)
                        .body(Field.of(Move.class, "serverId", "The server.").needed())
                        .starts(request -> request.saas()
                                .async()
                                .move(id(request), request.body(Move.class).serverId())),
                Route.post(
                                ONE + "/duplicate",
                                "duplicateTenant",
                                "Copies a tenant. Only administrators send customerId, serverId, and"
                                        + " expirationHours of a copy that is no preview.")
                        .useCase(AsyncOperations.class, "duplicate")
                        .repeated(Repetition.BY_KEY)
                        .body(
                                Field.of(
                                        DuplicateTenant.class,
                                        "name",
                                        "The name of the copy. Default: from the name template of the plan."),
                                Field.of(
                                                DuplicateTenant.class,
                                                "customer",
                                                "The customer of the copy. Default: the same.")
                                        .named("customerId"),
                                Field.of(
                                        DuplicateTenant.class,
                                        "expirationHours",
                                        "Hours from now until the copy expires. Default: it expires when the"
                                                + " tenant does."),
                                Field.of(
                                                DuplicateTenant.class,
                                                "server",
                                                "The database server of the copy. Default: the same.")
                                        .named("serverId"),
                                Field.of(
                                        DuplicateTenant.class,
                                        "preview",
                                        "Whether the copy is deleted for good when it expires. Default: false."))
                        .starts(TenantVerbs::duplicate),
                Route.get(
                                ONE + "/plan-switch",
                                "previewPlanSwitch",
                                "Returns what a switch to a plan would do. Changes nothing.")
                        .useCase(Tenants.class, "previewSwitch")
                        .query(
                                Field.of("planId", PlanId.class, "The plan.").needed(),
                                Field.of(
                                        "version",
                                        int.class,
                                        "The version of the plan. Default: the one that is sold now."))
                        .answers(PlanSwitch.class, TenantVerbs::previewSwitch),
                Route.post(ONE + "/switch-plan", "switchPlan", "Moves a tenant to another plan or version.")
                        .useCase(AsyncOperations.class, "switchPlan")
                        .repeated(Repetition.HARMLESS)
                        .body(
                                Field.of(Switch.class, "planId", "The plan.").needed(),
                                Field.of(
                                        Switch.class,
                                        "version",
                                        "The version of the plan. Default: the one that is sold now. Others"
                                                + " than administrators send the one that they have seen."),
                                Field.of(
                                        Switch.class,
                                        "force",
                                        "Whether limits may be exceeded, and add-ons removed with their data."
                                                + " Only for administrators. Default: false."),
                                Field.of(
                                        Switch.class,
                                        "addonsToRemove",
                                        "The add-ons that the caller has seen to be removed. Only for others"
                                                + " than administrators. Default: none."))
                        .starts(TenantVerbs::switchPlan),
                Route.get(
                                ONE + "/swap-candidates",
                                "listSwapCandidates",
                                "Lists the tenants whose database can be exchanged with that of a tenant.")
                        .answersAll(
                                Tenant.class,
                                request -> request.saas().tenants().swapCandidates(id(request))),
                Route.post(
                                ONE + "/swap",
                                "swapTenants",
                                "Exchanges the databases of a tenant and of one that was restored from a backup"
                                        + " of it or copied from it.")
                        .useCase(AsyncOperations.class, "swap")
                        .repeated(Repetition.BY_KEY)
                        .body(
                                Field.of(SwapTenants.class, "with", "The other tenant.")
                                        .named("withId")
                                        .needed(),
                                Field.of(
                                        SwapTenants.class,
                                        "neutralised",
                                        "Whether the other one may be neutralised. Default: false."),
                                Field.of(
                                        SwapTenants.class,
                                        "keptHours",
                                        "Hours until the other tenant is deleted. Default: " + SwapTenants.KEPT_HOURS
                                                + "."))
                        .starts(request -> request.saas()
                                .async()
                                .swap(request.applied(
                                        SwapTenants.builder(id(request), request.needed("withId", TenantId.class))
                                                .idempotencyKey(request.key())
                                                .build()))),
                Route.post(
                                ONE + "/restore",
                                "restoreTenant",
                                "Restores a deleted tenant while its database is retained.")
                        .useCase(Tenants.class, "restore")
                        .repeated(Repetition.HARMLESS)
                        .answers(
                                Tenant.class,
                                request -> request.isOperator()
                                        ? request.saas().tenants().restore(id(request))
                                        : request.saas().selfService().restore(id(request))),
                Route.post(ONE + "/purge", "purgeTenant", "Deletes a tenant and removes its database at once.")
                        .useCase(AsyncOperations.class, "purge")
                        .repeated(Repetition.HARMLESS)
                        .starts(request -> request.saas().async().purge(id(request))),
                Route.post(ONE + "/sync", "syncTenant", "Reads users and sizes from the tenant database.")
                        .useCase(Tenants.class, "sync")
                        .repeated(Repetition.HARMLESS)
                        .answers(
                                Tenant.class,
                                request -> request.saas().tenants().sync(id(request))));
    }

    private static Tenant rename(Request request) {
        String name = request.body(Rename.class).name();
        return request.isOperator()
                ? request.saas().tenants().rename(id(request), name)
                : request.saas().selfService().rename(id(request), name);
    }

    private static Operation duplicate(Request request) {
        if (request.isOperator()) {
            return request.saas()
                    .async()
                    .duplicate(request.applied(DuplicateTenant.builder(id(request))
                            .idempotencyKey(request.key())
                            .build()));
        }
        String name = request.field("name", String.class);
        if (Boolean.TRUE.equals(request.field("preview", Boolean.class))) {
            request.requireOnly("name", "preview", "expirationHours");
            int hours = Objects.requireNonNullElse(
                    request.field("expirationHours", Integer.class), DuplicateTenant.MAX_PREVIEW_HOURS);
            return request.saas().selfService().preview(id(request), name, hours, request.key());
        }
        request.requireOnly("name", "preview");
        return request.saas().selfService().duplicate(id(request), name, request.key());
    }

    private static PlanSwitch previewSwitch(Request request) {
        PlanId plan = Objects.requireNonNull(request.query("planId", PlanId.class));
        if (!request.isOperator()) {
            return request.saas().selfService().previewSwitch(id(request), plan);
        }
        int version = Objects.requireNonNullElse(request.query("version", Integer.class), 0);
        return request.saas().tenants().previewSwitch(id(request), plan, version);
    }

    private static Operation switchPlan(Request request) {
        Switch wanted = request.body(Switch.class);
        int version = Objects.requireNonNullElse(wanted.version(), 0);
        if (!request.isOperator()) {
            request.requireOnly("planId", "version", "addonsToRemove");
            return request.saas()
                    .selfService()
                    .switchPlan(
                            id(request),
                            wanted.planId(),
                            version,
                            Objects.requireNonNullElse(wanted.addonsToRemove(), List.of()));
        }
        return request.saas()
                .async()
                .switchPlan(SwitchPlan.builder(id(request), wanted.planId())
                        .version(version)
                        .force(Boolean.TRUE.equals(wanted.force()))
                        .build());
    }
}
