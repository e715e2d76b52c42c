// SPDX-License-Identifier: Apache-2.0
package dev.allotment.webhook;

import static dev.allotment.AllowedFor.Keys.READ_ONLY;
import static dev.allotment.AllowedFor.Keys.TENANTS;
import static dev.allotment.Permission.MANAGE_WEBHOOKS;
import static dev.allotment.Permission.RESEND;
import static dev.allotment.Permission.VIEW;

import dev.allotment.AllowedFor;
import dev.allotment.Lookup;
import dev.allotment.Needs;
import dev.allotment.Query;
import dev.allotment.SaasException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Webhook endpoints, and the messages to them, as <a href="https://www.standardwebhooks.com">Standard Webhooks</a>
 * describes them. An account manages the endpoints of its customer; an administrator manages all, and those for
 * operators, which have no customer and receive all events. Other endpoints do not exist for a caller ({@code
 * record.missing}), and neither does any for an API key that is limited to a plan.
 *
 * <p>An event is sent at least once to every enabled endpoint that wants it, once it is committed, and again after 5
 * seconds, 5 minutes, 30 minutes, 2 hours, 5 hours, 10 hours and 10 hours, each up to a tenth earlier or later, until
 * the receiver answers with a status of 200 to 299. docs/webhooks.md describes requests and answers.
 *
 * <p>Every method uses the catalog. Safe for use by several threads.
 */
@AllowedFor({READ_ONLY, TENANTS})
@Needs(value = MANAGE_WEBHOOKS, operators = VIEW)
public interface Webhooks extends Lookup<WebhookEndpointId, WebhookEndpoint> {
    /** How many endpoints a customer may have, and how many endpoints there may be for operators. */
    int MAX_ENDPOINTS = 20;

    /** How long the old secret signs, too, after {@link #rotateSecret}. */
    Duration ROTATION = Duration.ofHours(24);

    /** An endpoint is disabled if every attempt has failed for this long. */
    Duration MAX_FAILING = Duration.ofDays(5);

    /** How long messages and attempts are kept after they have ended. */
    Duration KEPT = Duration.ofDays(30);

    /**
     * Creates an endpoint, which receives what is committed from now on.
     *
     * @param wanted its id, state and times are ignored
     * @throws SaasException {@code webhook.invalid}, {@code webhook.limit-reached}, {@code webhook.key-missing}, {@code
     *     record.missing} for the customer, {@code access.not-allowed}
     */
    @AllowedFor(TENANTS)
    @Needs(MANAGE_WEBHOOKS)
    CreatedWebhook create(WebhookEndpoint wanted);

    /**
     * Creates an endpoint as {@link #create(WebhookEndpoint)} does, with the token that its receiver knows this
     * installation by. Each request has it in {@code Authorization: Bearer}. No method returns it.
     *
     * @param wanted an endpoint with a {@link WebhookEndpoint#usageFormat}
     * @param token at most 512 printable characters of ASCII, without spaces
     * @throws SaasException as {@link #create(WebhookEndpoint)}
     */
    @AllowedFor(TENANTS)
    @Needs(MANAGE_WEBHOOKS)
    CreatedWebhook create(WebhookEndpoint wanted, String token);

    /**
     * Replaces the token of an endpoint that receives usage.
     *
     * @param token as in {@link #create(WebhookEndpoint, String)}; null: requests have none
     * @throws SaasException {@code record.missing}, {@code webhook.invalid}, {@code webhook.key-missing}
     */
    @AllowedFor(TENANTS)
    @Needs(MANAGE_WEBHOOKS)
    void replaceToken(WebhookEndpointId id, @Nullable String token);

    /**
     * Changes URL, description, event types, order, and what is sent of usage. Other changes are ignored. A URL with
     * another host or port removes the token, so that no other receiver gets it.
     *
     * @param change receives the endpoint as stored and returns it as wanted; may be called more than once
     * @throws SaasException {@code record.missing}, {@code webhook.invalid}
     */
    @AllowedFor(TENANTS)
    @Needs(MANAGE_WEBHOOKS)
    WebhookEndpoint update(WebhookEndpointId id, UnaryOperator<WebhookEndpoint> change);

    /**
     * Stops sending to an endpoint. Events from now on are not sent, and messages that wait fail.
     *
     * @param reason for people; not blank, at most 256 characters
     * @throws SaasException {@code record.missing}, {@code webhook.invalid}
     */
    @AllowedFor(TENANTS)
    @Needs(MANAGE_WEBHOOKS)
    WebhookEndpoint disable(WebhookEndpointId id, String reason);

    /**
     * Sends to an endpoint again: what is committed from now on. {@link #recover} sends what it has missed.
     *
     * @throws SaasException {@code record.missing}
     */
    @AllowedFor(TENANTS)
    @Needs(MANAGE_WEBHOOKS)
    WebhookEndpoint enable(WebhookEndpointId id);

    /**
     * Deletes an endpoint with its secrets, messages and attempts.
     *
     * @throws SaasException {@code record.missing}
     */
    @AllowedFor(TENANTS)
    @Needs(MANAGE_WEBHOOKS)
    void delete(WebhookEndpointId id);

    /**
     * Returns what a receiver needs to verify messages: the secret ({@code whsec_…}) or the public key ({@code
     * whpk_…}).
     *
     * @throws SaasException {@code record.missing}, {@code webhook.key-missing}
     */
    @AllowedFor(TENANTS)
    @Needs(MANAGE_WEBHOOKS)
    String secret(WebhookEndpointId id);

    /**
     * Replaces the secret or the keys of an endpoint, and returns what {@link #secret} returns from now on. For {@link
     * #ROTATION}, each message is signed with both. A secret that was replaced before does not sign any more.
     *
     * @throws SaasException {@code record.missing}, {@code webhook.key-missing}
     */
    @AllowedFor(TENANTS)
    @Needs(MANAGE_WEBHOOKS)
    String rotateSecret(WebhookEndpointId id);

    /**
     * Sends a message of the type {@link WebhookEvents#TEST} to an endpoint, like an event. A metering system gets 0
     * for a subject that does not exist.
     *
     * @throws SaasException {@code record.missing}, {@code webhook.disabled}
     */
    @AllowedFor(TENANTS)
    @Needs(MANAGE_WEBHOOKS)
    WebhookMessage sendTest(WebhookEndpointId id);

    /**
     * Sends a message again, with the same id, as if it was new.
     *
     * @throws SaasException {@code record.missing}, {@code webhook.disabled}
     */
    @AllowedFor(TENANTS)
    @Needs(value = MANAGE_WEBHOOKS, operators = RESEND)
    WebhookMessage resend(WebhookMessageId id);

    /**
     * Sends all events since a time that an endpoint wants and has not received, as long as the audit log has them. The
     * next calls of {@link #sendDue} do it. A second call before that replaces the first one.
     *
     * @throws SaasException {@code record.missing}, {@code webhook.disabled}
     */
    @AllowedFor(TENANTS)
    @Needs(MANAGE_WEBHOOKS)
    void recover(WebhookEndpointId id, Instant since);

    /**
     * Returns the messages to an endpoint that a query selects, in its order.
     *
     * @throws SaasException {@code record.missing}, {@code query.unknown-field}, {@code query.invalid}
     */
    @AllowedFor({READ_ONLY, TENANTS})
    @Needs(value = MANAGE_WEBHOOKS, operators = VIEW)
    List<WebhookMessage> messages(WebhookEndpointId id, Query<? super WebhookMessage> query);

    /**
     * Returns the attempts to send a message, the last one first, at most 100.
     *
     * @throws SaasException {@code record.missing}
     */
    @AllowedFor({READ_ONLY, TENANTS})
    @Needs(value = MANAGE_WEBHOOKS, operators = VIEW)
    List<WebhookAttempt> attempts(WebhookMessageId id);

    /**
     * Sends what is due, on threads of the caller, and returns how many messages were sent or handed to the executor's
     * threads before this returned. {@code MaintenanceThreads} calls it every second. Uses at most 8 threads at
     * a time, two of them for one endpoint, and half of them for slow receivers, so that these hold up only one
     * another. Requires all rights.
     *
     * @param threads runs each task at once, on a separate thread or on the calling one; may refuse it
     * @throws SaasException {@code access.not-allowed}
     */
    int sendDue(Executor threads);
}
