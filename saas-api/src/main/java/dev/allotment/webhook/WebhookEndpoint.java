// SPDX-License-Identifier: Apache-2.0
package dev.allotment.webhook;

import dev.allotment.CustomerId;
import dev.allotment.EventType;
import dev.allotment.Internal;
import dev.allotment.RecordField;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where the events of a customer, or all events, are sent to: {@code
 * WebhookEndpoint.builder("https://example.com/hook").customerId(customer).build()}.
 *
 * <p>Immutable. The {@link RecordField} constants name the fields for filters and sort keys.
 *
 * @param id 0 before the endpoint is stored
 * @param customerId the customer whose events are sent; null: the events of all, for operators
 * @param url an {@code https} URL; {@link WebhookTargets} says which ones are accepted
 * @param description what people call it; may be empty
 * @param eventTypes the {@linkplain WebhookEvents#name names} of the events that are sent; empty: all that {@link
 *     WebhookEvents} has for this endpoint, also those of later versions
 * @param signing how messages are signed; does not change after the endpoint was created
 * @param inOrder whether a message waits until the one before of the same tenant was delivered or has failed for good
 * @param disabledReason why nothing is sent; null: the endpoint is enabled. Only {@link Webhooks#disable} and
 *     {@link Webhooks#enable} change it
 * @param failingSince since when every attempt has failed; null: the last one was successful, or there was none
 * @param failures how many attempts have failed since the last successful one
 * @param createdAt when it was created; set by the control plane
 * @param usageFormat the metering system that receives closed days of usage; null: an ordinary endpoint. Only endpoints
 *     for operators can have one, and receive nothing but {@link EventType#USAGE_CLOSED} then. Whether there is one
 *     does not change after the endpoint was created
 * @param usageMetric which of the {@link dev.allotment.UsageMetrics} is sent; null without a format
 * @param usageCode what the receiver calls the metric: the type of a CloudEvent, a code, or the name of an event; null:
 *     the name of the metric
 * @param usageSubject the attribute that has the receiver's id of a tenant, or if the tenant has none, of its customer.
 *     Tenants without it are not sent. Null: their UUIDs are sent
 */
public record WebhookEndpoint(
        WebhookEndpointId id,
        @Nullable CustomerId customerId,
        String url,
        String description,
        List<String> eventTypes,
        WebhookSigning signing,
        boolean inOrder,
        @Nullable String disabledReason,
        @Nullable Instant failingSince,
        int failures,
        Instant createdAt,
        @Nullable UsageFormat usageFormat,
        @Nullable String usageMetric,
        @Nullable String usageCode,
        @Nullable String usageSubject) {
    public static final RecordField<WebhookEndpoint, WebhookEndpointId> ID = RecordField.of("id");
    public static final RecordField<WebhookEndpoint, CustomerId> CUSTOMER_ID = RecordField.of("customerId");
    public static final RecordField<WebhookEndpoint, String> URL = RecordField.of("url");
    public static final RecordField<WebhookEndpoint, String> DESCRIPTION = RecordField.of("description");
    public static final RecordField<WebhookEndpoint, WebhookSigning> SIGNING = RecordField.of("signing");
    public static final RecordField<WebhookEndpoint, Boolean> IN_ORDER = RecordField.of("inOrder");
    public static final RecordField<WebhookEndpoint, String> DISABLED_REASON = RecordField.of("disabledReason");
    public static final RecordField<WebhookEndpoint, Instant> FAILING_SINCE = RecordField.of("failingSince");
    public static final RecordField<WebhookEndpoint, Integer> FAILURES = RecordField.of("failures");
    public static final RecordField<WebhookEndpoint, Instant> CREATED_AT = RecordField.of("createdAt");
    public static final RecordField<WebhookEndpoint, UsageFormat> USAGE_FORMAT = RecordField.of("usageFormat");
    public static final RecordField<WebhookEndpoint, String> USAGE_METRIC = RecordField.of("usageMetric");
    public static final RecordField<WebhookEndpoint, String> USAGE_CODE = RecordField.of("usageCode");
    public static final RecordField<WebhookEndpoint, String> USAGE_SUBJECT = RecordField.of("usageSubject");

    /** Creates a record from all its components. Use {@link #builder} instead. */
    @Internal
    public WebhookEndpoint {
        eventTypes = List.copyOf(eventTypes);
    }

    /** Returns whether messages are sent. */
    public boolean enabled() {
        return disabledReason == null;
    }

    /** Starts a builder with the required parts. The builder methods name the defaults of the others. */
    public static Builder builder(String url) {
        return new Builder(url);
    }

    /** Starts a builder with the values of this record. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Collects the parts of {@link WebhookEndpoint}. Not safe for use by several threads. */
    public static final class Builder {
        private WebhookEndpointId id = new WebhookEndpointId(0);
        private @Nullable CustomerId customerId;
        private String url;
        private String description = "";
        private List<String> eventTypes = List.of();
        private WebhookSigning signing = WebhookSigning.HMAC_SHA256;
        private boolean inOrder;
        private @Nullable String disabledReason;
        private @Nullable Instant failingSince;
        private int failures;
        private Instant createdAt = Instant.EPOCH;
        private @Nullable UsageFormat usageFormat;
        private @Nullable String usageMetric;
        private @Nullable String usageCode;
        private @Nullable String usageSubject;

        private Builder(String url) {
            this.url = Objects.requireNonNull(url, "url");
        }

        private Builder(WebhookEndpoint from) {
            id = from.id;
            customerId = from.customerId;
            url = from.url;
            description = from.description;
            eventTypes = from.eventTypes;
            signing = from.signing;
            inOrder = from.inOrder;
            disabledReason = from.disabledReason;
            failingSince = from.failingSince;
            failures = from.failures;
            createdAt = from.createdAt;
            usageFormat = from.usageFormat;
            usageMetric = from.usageMetric;
            usageCode = from.usageCode;
            usageSubject = from.usageSubject;
        }

        /** Sets {@link WebhookEndpoint#id}. Default: 0. */
        public Builder id(WebhookEndpointId value) {
            id = value;
            return this;
        }

        /** Sets {@link WebhookEndpoint#customerId}. Default: null. */
        public Builder customerId(@Nullable CustomerId value) {
            customerId = value;
            return this;
        }

        /** Sets {@link WebhookEndpoint#url}. */
        public Builder url(String value) {
            url = value;
            return this;
        }

        /** Sets {@link WebhookEndpoint#description}. Default: empty. */
        public Builder description(String value) {
            description = value;
            return this;
        }

        /** Sets {@link WebhookEndpoint#eventTypes} by their names. Default: all. */
        public Builder eventTypes(List<String> value) {
            eventTypes = value;
            return this;
        }

        /** Sets {@link WebhookEndpoint#eventTypes}. Default: all. */
        public Builder eventTypes(EventType... values) {
            List<String> names = new ArrayList<>();
            for (EventType each : values) {
                names.add(WebhookEvents.name(each));
            }
            return eventTypes(names);
        }

        /** Sets {@link WebhookEndpoint#signing}. Default: {@link WebhookSigning#HMAC_SHA256}. */
        public Builder signing(WebhookSigning value) {
            signing = value;
            return this;
        }

        /** Sets {@link WebhookEndpoint#inOrder}. Default: false. */
        public Builder inOrder(boolean value) {
            inOrder = value;
            return this;
        }

        /** Sets {@link WebhookEndpoint#disabledReason}. Default: null. */
        public Builder disabledReason(@Nullable String value) {
            disabledReason = value;
            return this;
        }

        /** Sets {@link WebhookEndpoint#failingSince}. Default: null. */
        public Builder failingSince(@Nullable Instant value) {
            failingSince = value;
            return this;
        }

        /** Sets {@link WebhookEndpoint#failures}. Default: 0. */
        public Builder failures(int value) {
            failures = value;
            return this;
        }

        /** Sets {@link WebhookEndpoint#createdAt}. Default: {@code 1970-01-01T00:00:00Z}. */
        public Builder createdAt(Instant value) {
            createdAt = value;
            return this;
        }

        /** Sets {@link WebhookEndpoint#usageFormat}. Default: null. */
        public Builder usageFormat(@Nullable UsageFormat value) {
            usageFormat = value;
            return this;
        }

        /** Sets {@link WebhookEndpoint#usageMetric}. Default: null. */
        public Builder usageMetric(@Nullable String value) {
            usageMetric = value;
            return this;
        }

        /** Sets {@link WebhookEndpoint#usageCode}. Default: null. */
        public Builder usageCode(@Nullable String value) {
            usageCode = value;
            return this;
        }

        /** Sets {@link WebhookEndpoint#usageSubject}. Default: null. */
        public Builder usageSubject(@Nullable String value) {
            usageSubject = value;
            return this;
        }

        /** Creates the record. */
        public WebhookEndpoint build() {
            return new WebhookEndpoint(
                    id,
                    customerId,
                    url,
                    description,
                    eventTypes,
                    signing,
                    inOrder,
                    disabledReason,
                    failingSince,
                    failures,
                    createdAt,
                    usageFormat,
                    usageMetric,
                    usageCode,
                    usageSubject);
        }
    }
}
