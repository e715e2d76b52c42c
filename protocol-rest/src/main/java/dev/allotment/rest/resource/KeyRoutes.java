// SPDX-License-Identifier: Apache-2.0
package dev.allotment.rest.resource;

import dev.allotment.access.ApiKey;
import dev.allotment.access.ApiKeyId;
import dev.allotment.access.ApiKeyScope;
import dev.allotment.access.ApiKeys;
import dev.allotment.access.CreatedApiKey;
import dev.allotment.access.NewApiKey;
import dev.allotment.rest.route.Field;
import dev.allotment.rest.route.Problem;
import dev.allotment.rest.route.Request;
import dev.allotment.rest.route.Route;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** API keys of accounts. */
public final class KeyRoutes {
    private static final String ONE = "/keys/{id}";
    private static final int MOST_OVERLAP_HOURS = 24 * 90;

    private record Rotate(@Nullable Integer overlapHours) {}

    private KeyRoutes() {}

    /** Returns the routes. */
    public static List<Route> all() {
        return List.of(
                Route.get("/keys", "listKeys", "Lists API keys, without their secrets.")
                        .useCase(ApiKeys.class, "list")
                        .lists(ApiKey.class, request -> request.saas().apiKeys()),
                Route.post("/keys", "createKey", "Creates an API key of the caller. The secret is shown once.")
                        .useCase(ApiKeys.class, "create")
                        .body(
                                Field.of(NewApiKey.class, "name", "What the caller calls it.")
                                        .needed(),
                                Field.of(
                                        NewApiKey.class,
                                        "scope",
                                        "What the key may do: everything, read-only, payments, customer: or plan:"
                                                + " and a number. Default: everything."),
                                Field.of(NewApiKey.class, "expiresAt", "When it expires; null: never."))
                        .creates(
                                CreatedApiKey.class,
                                KeyRoutes::location,
                                request -> request.saas()
                                        .apiKeys()
                                        .create(request.applied(new NewApiKey(
                                                request.needed("name", String.class), ApiKeyScope.EVERYTHING, null)))),
                Route.get(ONE, "getKey", "Returns an API key, without its secret.")
                        .useCase(ApiKeys.class, "get")
                        .answers(
                                ApiKey.class,
                                request -> request.saas().apiKeys().get(id(request))),
                Route.post(
                                ONE + "/rotate",
                                "rotateKey",
                                "Replaces an API key of the caller. The secret of the new one is shown once.")
                        .useCase(ApiKeys.class, "rotate")
                        .body(Field.of(
                                Rotate.class, "overlapHours", "Hours for which the old key stays valid. Default: 0."))
                        .creates(CreatedApiKey.class, KeyRoutes::location, KeyRoutes::rotate),
                Route.delete(ONE, "revokeKey", "Revokes an API key.")
                        .useCase(ApiKeys.class, "revoke")
                        .returnsNothing(request -> request.saas().apiKeys().revoke(id(request))));
    }

    private static String location(CreatedApiKey created) {
        return "/keys/" + created.apiKey().id();
    }

    private static ApiKeyId id(Request request) {
        return new ApiKeyId(request.id());
    }

    private static CreatedApiKey rotate(Request request) {
        int hours = Objects.requireNonNullElse(request.body(Rotate.class).overlapHours(), 0);
        if (hours < 0 || hours > MOST_OVERLAP_HOURS) {
            throw Problem.invalid(
                    "overlapHours: expected a number from 0 to " + MOST_OVERLAP_HOURS + ", found " + hours + ".");
        }
        return request.saas().apiKeys().rotate(id(request), Duration.ofHours(hours));
    }
}
