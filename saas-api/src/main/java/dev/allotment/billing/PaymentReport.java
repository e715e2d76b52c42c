// SPDX-License-Identifier: Apache-2.0
package dev.allotment.billing;

import dev.allotment.CustomerId;
import dev.allotment.Internal;
import dev.allotment.TenantId;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a payment system says about a customer or a tenant. Immutable.
 *
 * @param customerId the customer; null: it is about a tenant
 * @param tenantId the tenant; null: it is about a customer
 * @param state the state
 * @param since since when it is paid, or not paid. Used if the state changes from or to {@link PaymentState#PAID};
 *     null: the time of the report
 * @param reference at most 200 printable characters; null: none
 * @param payUrl an absolute https address without a user, of at most 2,000 characters; http is allowed for this
 *     computer; null: the one that is known since it is not paid, or none
 * @param reportedAt when the state was so, by the clock of the payment system; null: now, and after
 *     all reports before
 * @param invoice whether it is about one invoice only: {@link PaymentState#UNPAID} then stays, since other reports say
 *     whether the payment system has given up
 */
public record PaymentReport(
        @Nullable CustomerId customerId,
        @Nullable TenantId tenantId,
        PaymentState state,
        @Nullable Instant since,
        @Nullable String reference,
        @Nullable String payUrl,
        @Nullable Instant reportedAt,
        boolean invoice) {
    /** Creates a record from all its components. Use {@link #ofCustomer} or {@link #ofTenant} instead. */
    @Internal
    public PaymentReport {
        Objects.requireNonNull(state, "state");
    }

    /** Starts a builder of a report about a customer. The builder methods name the defaults of the other parts. */
    public static Builder ofCustomer(CustomerId customer, PaymentState state) {
        return new Builder(customer, null, state);
    }

    /** Starts a builder of a report about one tenant. The builder methods name the defaults of the other parts. */
    public static Builder ofTenant(TenantId tenant, PaymentState state) {
        return new Builder(null, tenant, state);
    }

    /** Starts a builder with the values of this record. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Collects the parts of {@link PaymentReport}. Not safe for use by several threads. */
    public static final class Builder {
        private @Nullable CustomerId customerId;
        private @Nullable TenantId tenantId;
        private PaymentState state;
        private @Nullable Instant since;
        private @Nullable String reference;
        private @Nullable String payUrl;
        private @Nullable Instant reportedAt;
        private boolean invoice;

        private Builder(@Nullable CustomerId customer, @Nullable TenantId tenant, PaymentState state) {
            this.customerId = customer;
            this.tenantId = tenant;
            this.state = state;
        }

        private Builder(PaymentReport from) {
            this(from.customerId, from.tenantId, from.state);
            since = from.since;
            reference = from.reference;
            payUrl = from.payUrl;
            reportedAt = from.reportedAt;
            invoice = from.invoice;
        }

        /** Sets {@link PaymentReport#customerId}. Default: that of {@link PaymentReport#ofCustomer}; otherwise null. */
        public Builder customerId(@Nullable CustomerId value) {
            customerId = value;
            return this;
        }

        /** Sets {@link PaymentReport#tenantId}. Default: that of {@link PaymentReport#ofTenant}; otherwise null. */
        public Builder tenantId(@Nullable TenantId value) {
            tenantId = value;
            return this;
        }

        /** Sets {@link PaymentReport#state}. */
        public Builder state(PaymentState value) {
            state = value;
            return this;
        }

        /** Sets {@link PaymentReport#since}. Default: null. */
        public Builder since(@Nullable Instant value) {
            since = value;
            return this;
        }

        /** Sets {@link PaymentReport#reference}. Default: null. */
        public Builder reference(@Nullable String value) {
            reference = value;
            return this;
        }

        /** Sets {@link PaymentReport#payUrl}. Default: null. */
        public Builder payUrl(@Nullable String value) {
            payUrl = value;
            return this;
        }

        /** Sets {@link PaymentReport#reportedAt}. Default: null. */
        public Builder reportedAt(@Nullable Instant value) {
            reportedAt = value;
            return this;
        }

        /** Sets {@link PaymentReport#invoice}. Default: false. */
        public Builder invoice(boolean value) {
            invoice = value;
            return this;
        }

        /** Creates the record. {@link Payments#report} checks the values. */
        public PaymentReport build() {
            return new PaymentReport(customerId, tenantId, state, since, reference, payUrl, reportedAt, invoice);
        }
    }
}
