// SPDX-License-Identifier: Apache-2.0
package dev.allotment.rest.resource;

import static dev.allotment.rest.resource.OperationRoutes.id;

import dev.allotment.CustomerId;
import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationKind;
import dev.allotment.Operations;
import dev.allotment.PlanId;
import dev.allotment.RecordField;
import dev.allotment.ServerId;
import dev.allotment.fleet.Campaign;
import dev.allotment.fleet.CampaignChange;
import dev.allotment.fleet.CampaignStage;
import dev.allotment.fleet.CampaignStatus;
import dev.allotment.fleet.Campaigns;
import dev.allotment.rest.route.Field;
import dev.allotment.rest.route.Problem;
import dev.allotment.rest.route.Request;
import dev.allotment.rest.route.Route;
import dev.allotment.rest.route.Route.Repetition;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Campaigns that were started: progress, failures, and what an operator does about them. */
public final class CampaignRoutes {
    private static final String ONE = "/campaigns/{id}";

    private static final int MOST_FAILURES = 200;

    /** The wanted state of a campaign. */
    private enum Change {
        SCHEMA,
        ADDONS,
        ACTION,
        MOVE,
        PLAN
    }

    /** What a campaign does, to which tenants, and how carefully. */
    private record NewCampaign(
            Change change,
            @Nullable List<String> addons,
            @Nullable String action,
            @Nullable ServerId toServerId,
            @Nullable PlanId toPlanId,
            @Nullable Boolean force,
            @Nullable List<String> tags,
            @Nullable PlanId planId,
            @Nullable ServerId serverId,
            @Nullable CustomerId customerId,
            @Nullable Integer canaries,
            @Nullable List<Integer> waves,
            @Nullable Integer parallel,
            @Nullable Integer parallelPerServer,
            @Nullable Integer maxFailures,
            @Nullable Integer maxFailurePercent,
            @Nullable Boolean inWindow,
            @Nullable Boolean backupBefore) {
        Campaign campaign(@Nullable String key) {
            Campaign.Builder campaign = Campaign.of(wanted())
                    .plan(planId)
                    .server(serverId)
                    .customer(customerId)
                    .idempotencyKey(key);
            Optional.ofNullable(maxFailures).ifPresent(campaign::maxFailures);
            Optional.ofNullable(maxFailurePercent).ifPresent(campaign::maxFailurePercent);
            Optional.ofNullable(tags).ifPresent(campaign::tags);
            Optional.ofNullable(canaries).ifPresent(campaign::canaries);
            Optional.ofNullable(waves).ifPresent(each -> campaign.waves(each.toArray(Integer[]::new)));
            Optional.ofNullable(parallel).ifPresent(campaign::parallel);
            Optional.ofNullable(parallelPerServer).ifPresent(campaign::parallelPerServer);
            Optional.ofNullable(inWindow).ifPresent(campaign::inWindow);
            Optional.ofNullable(backupBefore).ifPresent(campaign::backupBefore);
            return campaign.build();
        }

        private CampaignChange wanted() {
            return switch (change) {
                case SCHEMA -> CampaignChange.schema();
                case ADDONS -> CampaignChange.addons(addons == null ? new String[0] : addons.toArray(String[]::new));
                case ACTION -> CampaignChange.action(given(action, "action"));
                case MOVE -> CampaignChange.move(given(toServerId, "toServerId"));
                case PLAN ->
                    Boolean.TRUE.equals(force)
                            ? CampaignChange.planByForce(given(toPlanId, "toPlanId"))
                            : CampaignChange.plan(given(toPlanId, "toPlanId"));
            };
        }

        private static <T> T given(@Nullable T value, String name) {
            if (value == null) {
                throw Problem.invalid(name + ": is missing. The change needs it.");
            }
            return value;
        }
    }

    /** The progress of a campaign. */
    private record CampaignProgress(
            Operation operation,
            CampaignStage stage,
            int wave,
            long total,
            long done,
            long failed,
            long working,
            long later) {
        static CampaignProgress of(CampaignStatus status) {
            return new CampaignProgress(
                    status.operation(),
                    status.stage(),
                    status.wave(),
                    status.total(),
                    status.done(),
                    status.failed(),
                    status.working(),
                    status.later());
        }
    }

    private CampaignRoutes() {}

    /** Returns the routes. */
    public static List<Route> all() {
        return List.of(
                Route.get(
                                "/campaigns",
                                "listCampaigns",
                                "Lists campaigns, which are operations. Only administrators change them.")
                        .useCase(Operations.class, "list")
                        .lists(
                                Operation.class,
                                (request, query) -> request.saas()
                                        .operations()
                                        .list(query.and(
                                                Filter.equal(RecordField.named("kind"), OperationKind.CAMPAIGN)))),
                Route.post("/campaigns", "startCampaign", "Brings many tenants to one state, in the background.")
                        .useCase(Campaigns.class, "start")
                        .repeated(Repetition.BY_KEY)
                        .body(
                                of(
                                                "change",
                                                "The wanted state: the tenant schema, versions of add-ons, an action"
                                                        + " of the embedder, another server, or another plan.")
                                        .needed(),
                                of("addons", "The add-ons. Default: all."),
                                of("action", "The name of the action."),
                                of("toServerId", "The server that tenants are moved to."),
                                of("toPlanId", "The plan that tenants are switched to."),
                                of("force", "Whether the switch may exceed limits and remove add-ons. Default: false."),
                                of("tags", "Only tenants with all of these tags."),
                                of("planId", "Only tenants on this plan."),
                                of("serverId", "Only tenants on this server."),
                                of("customerId", "Only tenants of this customer."),
                                of("canaries", "How many tenants are changed first, one after the other."),
                                of("waves", "Growing percentages of the other tenants, such as [10, 50]."),
                                of("parallel", "How many tenants are changed at once."),
                                of("parallelPerServer", "How many of them on one server; 0: no limit."),
                                of("maxFailures", "How many tenants may fail."),
                                of("maxFailurePercent", "How many of a hundred tenants may fail."),
                                of("inWindow", "Whether each tenant is changed in its maintenance window only."),
                                of("backupBefore", "Whether a backup of each tenant is made right before its change."))
                        .starts(request -> campaigns(request)
                                .start(request.body(NewCampaign.class).campaign(request.key()))),
                Route.get(ONE, "getCampaign", "Returns the progress of a campaign.")
                        .useCase(Campaigns.class, "status")
                        .answers(
                                CampaignProgress.class,
                                request ->
                                        CampaignProgress.of(campaigns(request).status(id(request)))),
                Route.get(
                                ONE + "/failures",
                                "listCampaignFailures",
                                "Lists the last attempts of tenants that a campaign failed to change, at most 200.")
                        .useCase(Campaigns.class, "failures")
                        .answersAll(
                                Operation.class, request -> campaigns(request).failures(id(request), MOST_FAILURES)),
                verb("pause", "pauseCampaign", "Pauses a campaign: tenants that are being changed are finished.")
                        .answers(Operation.class, request -> campaigns(request).pause(id(request))),
                verb("resume", "resumeCampaign", "Continues a campaign with the tenants that were not tried yet.")
                        .answers(Operation.class, request -> campaigns(request).resume(id(request))),
                verb("retry", "retryCampaign", "Continues a campaign, and tries the failed tenants again.")
                        .answers(Operation.class, request -> campaigns(request).retry(id(request))));
    }

    private static Field of(String component, String text) {
        return Field.of(NewCampaign.class, component, text);
    }

    private static Route.Builder verb(String verb, String name, String summary) {
        return Route.post(ONE + "/" + verb, name, summary)
                .useCase(Campaigns.class, verb)
                .repeated(Repetition.HARMLESS);
    }

    private static Campaigns campaigns(Request request) {
        return request.saas().campaigns();
    }
}
