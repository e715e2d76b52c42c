// SPDX-License-Identifier: Apache-2.0
package dev.allotment.rest.resource;

import dev.allotment.rest.route.Field;
import dev.allotment.rest.route.Request;
import dev.allotment.rest.route.Route;
import dev.allotment.rest.route.Route.Repetition;
import dev.allotment.webhook.CreatedWebhook;
import dev.allotment.webhook.WebhookAttempt;
import dev.allotment.webhook.WebhookEndpoint;
import dev.allotment.webhook.WebhookEndpointId;
import dev.allotment.webhook.WebhookMessage;
import dev.allotment.webhook.WebhookMessageId;
import dev.allotment.webhook.Webhooks;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Webhook endpoints, and what was sent to them. */
public final class WebhookRoutes {
    private static final String ONE = "/webhooks/{id}";
    private static final String MESSAGE = "/webhook-messages/{id}";

    private record Disable(String reason) {}

    private record Recover(Instant since) {}

    private record Token(@Nullable String token) {}

    private WebhookRoutes() {}

    /** Returns the routes. */
    public static List<Route> all() {
        Field url = Field.of(WebhookEndpoint.class, "url", "Where messages are sent to, an https URL.");
        Field description =
                Field.of(WebhookEndpoint.class, "description", "What people call it. Default: an empty text.");
        Field eventTypes = Field.of(
                WebhookEndpoint.class,
                "eventTypes",
                "The types of the events that are sent; empty: all. Default: all.");
        Field inOrder = Field.of(
                WebhookEndpoint.class,
                "inOrder",
                "Whether a message waits for the one before of the same tenant. Default: false.");
        Field usageFormat = Field.of(
                WebhookEndpoint.class,
                "usageFormat",
                "The metering system that receives closed days of usage, and nothing else. Default: none, an ordinary"
                        + " endpoint.");
        Field usageMetric = Field.of(WebhookEndpoint.class, "usageMetric", "The metric that is sent, such as seats.");
        Field usageCode =
                Field.of(WebhookEndpoint.class, "usageCode", "What the receiver calls the metric. Default: its name.");
        Field usageSubject = Field.of(
                WebhookEndpoint.class,
                "usageSubject",
                "The attribute of a tenant or its customer that has the receiver's id. Default: the UUIDs of tenants"
                        + " are sent.");
        return List.of(
                Route.get("/webhooks", "listWebhooks", "Lists webhook endpoints, without their secrets.")
                        .useCase(Webhooks.class, "list")
                        .lists(WebhookEndpoint.class, request -> request.saas().webhooks()),
                Route.post(
                                "/webhooks",
                                "createWebhook",
                                "Creates a webhook endpoint. The secret is shown once, or the public key.")
                        .useCase(Webhooks.class, "create")
                        .body(
                                url.needed(),
                                description,
                                eventTypes,
                                inOrder,
                                Field.of(
                                        WebhookEndpoint.class,
                                        "customerId",
                                        "The customer whose events are sent. Default: that of the caller; for an"
                                                + " administrator none, which means the events of all."),
                                Field.of(
                                        WebhookEndpoint.class,
                                        "signing",
                                        "How messages are signed. Default: hmac_sha256."),
                                usageFormat,
                                usageMetric,
                                usageCode,
                                usageSubject,
                                Field.of(
                                        "token",
                                        String.class,
                                        "What a metering system knows this installation by. It is not shown again."
                                                + " Default: none."))
                        .creates(
                                CreatedWebhook.class,
                                each -> "/webhooks/" + each.endpoint().id(),
                                WebhookRoutes::create),
                Route.get(ONE, "getWebhook", "Returns a webhook endpoint, without its secret.")
                        .useCase(Webhooks.class, "get")
                        .answers(
                                WebhookEndpoint.class,
                                request -> request.saas().webhooks().get(id(request))),
                Route.patch(ONE, "updateWebhook", "Changes a webhook endpoint.")
                        .useCase(Webhooks.class, "update")
                        .body(url, description, eventTypes, inOrder, usageFormat, usageMetric, usageCode, usageSubject)
                        .answers(
                                WebhookEndpoint.class,
                                request -> request.saas().webhooks().update(id(request), seen -> {
                                    request.requireUnchanged(seen);
                                    return request.applied(seen);
                                })),
                Route.delete(ONE, "deleteWebhook", "Deletes a webhook endpoint, and what is known of its messages.")
                        .useCase(Webhooks.class, "delete")
                        .returnsNothing(request -> request.saas().webhooks().delete(id(request))),
                Route.post(ONE + "/disable", "disableWebhook", "Stops sending. Messages that wait fail.")
                        .useCase(Webhooks.class, "disable")
                        .repeated(Repetition.HARMLESS)
                        .body(Field.of(Disable.class, "reason", "Why, for people.")
                                .needed())
                        .answers(
                                WebhookEndpoint.class,
                                request -> request.saas()
                                        .webhooks()
                                        .disable(
                                                id(request),
                                                request.body(Disable.class).reason())),
                Route.post(ONE + "/enable", "enableWebhook", "Sends again what is committed from now on.")
                        .useCase(Webhooks.class, "enable")
                        .repeated(Repetition.HARMLESS)
                        .answers(
                                WebhookEndpoint.class,
                                request -> request.saas().webhooks().enable(id(request))),
                Route.post(
                                ONE + "/rotate-secret",
                                "rotateWebhookSecret",
                                "Replaces the secret. The new one is shown once. For 24 hours, both sign.")
                        .useCase(Webhooks.class, "rotateSecret")
                        .answers(CreatedWebhook.class, WebhookRoutes::rotated),
                Route.post(
                                ONE + "/token",
                                "replaceWebhookToken",
                                "Replaces what a metering system knows this installation by.")
                        .useCase(Webhooks.class, "replaceToken")
                        .repeated(Repetition.HARMLESS)
                        .body(Field.of(Token.class, "token", "The new token; null: none."))
                        .returnsNothing(request -> request.saas()
                                .webhooks()
                                .replaceToken(
                                        id(request), request.body(Token.class).token())),
                Route.post(
                                ONE + "/recover",
                                "recoverWebhook",
                                "Sends the events since a time that the endpoint has not received.")
                        .useCase(Webhooks.class, "recover")
                        .repeated(Repetition.HARMLESS)
                        .body(Field.of(Recover.class, "since", "The time of the first event.")
                                .needed())
                        .returnsNothing(request -> request.saas()
                                .webhooks()
                                .recover(
                                        id(request), request.body(Recover.class).since())),
                Route.post(ONE + "/test", "testWebhook", "Sends a message of the type webhook.test.")
                        .useCase(Webhooks.class, "sendTest")
                        .answers(
                                WebhookMessage.class,
                                request -> request.saas().webhooks().sendTest(id(request))),
                Route.get(ONE + "/messages", "listWebhookMessages", "Lists the messages to an endpoint.")
                        .useCase(Webhooks.class, "messages")
                        .lists(
                                WebhookMessage.class,
                                (request, query) -> request.saas().webhooks().messages(id(request), query)),
                Route.get(
                                MESSAGE + "/attempts",
                                "listWebhookAttempts",
                                "Lists the last 100 attempts to send a message, the last one first.")
                        .useCase(Webhooks.class, "attempts")
                        .answersAll(
                                WebhookAttempt.class,
                                request -> request.saas().webhooks().attempts(message(request))),
                Route.post(MESSAGE + "/resend", "resendWebhookMessage", "Sends a message again, with the same id.")
                        .useCase(Webhooks.class, "resend")
                        .answers(
                                WebhookMessage.class,
                                request -> request.saas().webhooks().resend(message(request))));
    }

    private static WebhookEndpointId id(Request request) {
        return new WebhookEndpointId(request.id());
    }

    private static WebhookMessageId message(Request request) {
        return new WebhookMessageId(request.id());
    }

    private static CreatedWebhook create(Request request) {
        WebhookEndpoint wanted = request.applied(
                WebhookEndpoint.builder(request.needed("url", String.class)).build());
        String token = request.field("token", String.class);
        Webhooks webhooks = request.saas().webhooks();
        return token == null ? webhooks.create(wanted) : webhooks.create(wanted, token);
    }

    private static CreatedWebhook rotated(Request request) {
        Webhooks webhooks = request.saas().webhooks();
        WebhookEndpoint endpoint = webhooks.get(id(request));
        return new CreatedWebhook(endpoint, webhooks.rotateSecret(endpoint.id()));
    }
}
