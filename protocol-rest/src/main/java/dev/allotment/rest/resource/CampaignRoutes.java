// SPDX-License-Identifier: Apache-2.0
package dev.allotment.rest.resource;

import static dev.allotment.rest.resource.OperationRoutes.id;

import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationKind;
import dev.allotment.Operations;
import dev.allotment.RecordField;
import dev.allotment.fleet.CampaignStage;
import dev.allotment.fleet.CampaignStatus;
import dev.allotment.fleet.Campaigns;
import dev.allotment.rest.route.Request;
import dev.allotment.rest.route.Route;
import dev.allotment.rest.route.Route.Repetition;
import java.util.List;

/** Campaigns that were started: progress, failures, and what an operator does about them. */
public final class CampaignRoutes {
    private static final String ONE = "/campaigns/{id}";

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
                                request -> request.saas().operations(),
                                request -> Filter.equal(RecordField.named("kind"), OperationKind.CAMPAIGN)),
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
                                Operation.class, request -> campaigns(request).failures(id(request), 200)),
                verb("pause", "pauseCampaign", "Pauses a campaign: tenants that are being changed are finished.")
                        .answers(Operation.class, request -> campaigns(request).pause(id(request))),
                verb("resume", "resumeCampaign", "Continues a campaign with the tenants that were not tried yet.")
                        .answers(Operation.class, request -> campaigns(request).resume(id(request))),
                verb("retry", "retryCampaign", "Continues a campaign, and tries the failed tenants again.")
                        .answers(Operation.class, request -> campaigns(request).retry(id(request))));
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
