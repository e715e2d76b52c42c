// SPDX-License-Identifier: Apache-2.0
package dev.allotment.rest.resource;

import dev.allotment.Operation;
import dev.allotment.OperationId;
import dev.allotment.OperationState;
import dev.allotment.Operations;
import dev.allotment.rest.route.Field;
import dev.allotment.rest.route.Request;
import dev.allotment.rest.route.Route;
import dev.allotment.rest.route.Route.Repetition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Operations: what was started, and how far it is. */
public final class OperationRoutes {
    private static final String ONE = "/operations/{id}";

    /** Small, since it is sent often. */
    private record OperationProgress(
            OperationState state,
            String step,
            int percent,
            boolean cancelRequested,
            @Nullable String errorCode) {
        static OperationProgress of(Operation now) {
            return new OperationProgress(
                    now.state(), now.step(), now.percent(), now.cancelRequested(), now.errorCode());
        }

        boolean ended() {
            return state == OperationState.DONE || state == OperationState.FAILED;
        }
    }

    private record Abandon(String reason) {}

    private OperationRoutes() {}

    /** Returns the routes. */
    public static List<Route> all() {
        return List.of(
                Route.get("/operations", "listOperations", "Lists operations.")
                        .useCase(Operations.class, "list")
                        .lists(Operation.class, request -> request.saas().operations()),
                Route.get(ONE, "getOperation", "Returns an operation.")
                        .useCase(Operations.class, "get")
                        .answers(
                                Operation.class,
                                request -> request.saas().operations().get(id(request))),
                Route.get(
                                ONE + "/events",
                                "followOperation",
                                "Sends the progress of an operation as server-sent events, until it has ended.")
                        .useCase(Operations.class, "get")
                        .sends(
                                OperationProgress.class,
                                OperationProgress::ended,
                                request -> OperationProgress.of(
                                        request.saas().operations().get(id(request)))),
                Route.post(
                                ONE + "/cancel",
                                "cancelOperation",
                                "Requests that an operation is undone at its next step. The state shows whether it is.")
                        .useCase(Operations.class, "cancel")
                        .repeated(Repetition.HARMLESS)
                        .answers(
                                Operation.class,
                                request -> request.saas().operations().cancel(id(request))),
                Route.post(
                                ONE + "/retry",
                                "retryOperation",
                                "Tries an operation that has failed and is still running again within seconds when its"
                                        + " server can be reached, instead of after the rest of its wait. One that has"
                                        + " ended is refused: repeat the request that started it.")
                        .useCase(Operations.class, "retry")
                        .repeated(Repetition.HARMLESS)
                        .answers(
                                Operation.class,
                                request -> request.saas().operations().retry(id(request))),
                Route.post(
                                ONE + "/abandon",
                                "abandonOperation",
                                "Ends an operation that can be neither finished nor undone, so that its tenant"
                                        + " is free again.")
                        .useCase(Operations.class, "abandon")
                        .repeated(Repetition.HARMLESS)
                        .body(Field.of(Abandon.class, "reason", "Why, for the audit log.")
                                .needed())
                        .answers(
                                Operation.class,
                                request -> request.saas()
                                        .operations()
                                        .abandon(
                                                id(request),
                                                request.body(Abandon.class).reason())));
    }

    static OperationId id(Request request) {
        return new OperationId(request.id());
    }
}
