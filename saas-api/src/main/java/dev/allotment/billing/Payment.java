// SPDX-License-Identifier: Apache-2.0
package dev.allotment.billing;

import dev.allotment.CustomerId;
import dev.allotment.Internal;
import dev.allotment.RecordField;
import dev.allotment.TenantId;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The payment state of a customer, or of one of its tenants, as a payment system has reported it.
 *
 * <p>Immutable. The {@link RecordField} constants name the fields for filters and sort keys.
 *
 * @param id 0 before it is stored
 * @param customerId the customer; for a tenant, the one that it belonged to at the last report, and while it belongs to
 *     another one, the state is not used; null: a tenant without a customer
 * @param tenantId the tenant that this state is about; null: it is the state of the customer, and of all its tenants
 *     that have no such state
 * @param state the last state that was reported
 * @param since since when it is paid, or since when it is not: a change from {@link PaymentState#PAST_DUE} to {@link
 *     PaymentState#UNPAID} and back keeps it
 * @param reference what it has at the payment system, such as the number of an invoice; null: none
 * @param payUrl where the customer can pay; null: none
 * @param reportedAt the time of the last report, by the clock of the payment system
 * @param decidedAt the time of the last report that was not about one invoice only; null: none
 * @param noticeDay the last day of {@link dev.allotment.PaymentTerms#noticeDays} that was announced since it is not
 *     paid; null: none
 * @param dueAt when the maintenance lets the tenants follow this state; null: they do
 */
public record Payment(
        PaymentId id,
        @Nullable CustomerId customerId,
        @Nullable TenantId tenantId,
        PaymentState state,
        Instant since,
        @Nullable String reference,
        @Nullable String payUrl,
        Instant reportedAt,
        @Nullable Instant decidedAt,
        @Nullable Integer noticeDay,
        @Nullable Instant dueAt) {
    public static final RecordField<Payment, PaymentId> ID = RecordField.of("id");
    public static final RecordField<Payment, CustomerId> CUSTOMER_ID = RecordField.of("customerId");
    public static final RecordField<Payment, TenantId> TENANT_ID = RecordField.of("tenantId");
    public static final RecordField<Payment, PaymentState> STATE = RecordField.of("state");
    public static final RecordField<Payment, Instant> SINCE = RecordField.of("since");
    public static final RecordField<Payment, String> REFERENCE = RecordField.of("reference");
    public static final RecordField<Payment, String> PAY_URL = RecordField.of("payUrl");
    public static final RecordField<Payment, Instant> REPORTED_AT = RecordField.of("reportedAt");
    public static final RecordField<Payment, Instant> DECIDED_AT = RecordField.of("decidedAt");
    public static final RecordField<Payment, Integer> NOTICE_DAY = RecordField.of("noticeDay");
    public static final RecordField<Payment, Instant> DUE_AT = RecordField.of("dueAt");

    /** Creates a record from all its components. Use {@link #builder} instead. */
    @Internal
    public Payment {}

    /** Starts a builder with the required parts. The builder methods name the defaults of the others. */
    public static Builder builder(PaymentState state, Instant since, Instant reportedAt) {
        return new Builder(state, since, reportedAt);
    }

    /** Starts a builder with the values of this record. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Collects the parts of {@link Payment}. Not safe for use by several threads. */
    public static final class Builder {
        private PaymentId id = new PaymentId(0);
        private @Nullable CustomerId customerId;
        private @Nullable TenantId tenantId;
        private PaymentState state;
        private Instant since;
        private @Nullable String reference;
        private @Nullable String payUrl;
        private Instant reportedAt;
        private @Nullable Instant decidedAt;
        private @Nullable Integer noticeDay;
        private @Nullable Instant dueAt;

        private Builder(PaymentState state, Instant since, Instant reportedAt) {
            this.state = Objects.requireNonNull(state, "state");
            this.since = Objects.requireNonNull(since, "since");
            this.reportedAt = Objects.requireNonNull(reportedAt, "reportedAt");
        }

        private Builder(Payment from) {
            id = from.id;
            customerId = from.customerId;
            tenantId = from.tenantId;
            state = from.state;
            since = from.since;
            reference = from.reference;
            payUrl = from.payUrl;
            reportedAt = from.reportedAt;
            decidedAt = from.decidedAt;
            noticeDay = from.noticeDay;
            dueAt = from.dueAt;
        }

        /** Sets {@link Payment#id}. Default: the id 0. */
        public Builder id(PaymentId value) {
            id = value;
            return this;
        }

        /** Sets {@link Payment#customerId}. Default: null. */
        public Builder customerId(@Nullable CustomerId value) {
            customerId = value;
            return this;
        }

        /** Sets {@link Payment#tenantId}. Default: null. */
        public Builder tenantId(@Nullable TenantId value) {
            tenantId = value;
            return this;
        }

        /** Sets {@link Payment#state}. */
        public Builder state(PaymentState value) {
            state = value;
            return this;
        }

        /** Sets {@link Payment#since}. */
        public Builder since(Instant value) {
            since = value;
            return this;
        }

        /** Sets {@link Payment#reference}. Default: null. */
        public Builder reference(@Nullable String value) {
            reference = value;
            return this;
        }

        /** Sets {@link Payment#payUrl}. Default: null. */
        public Builder payUrl(@Nullable String value) {
            payUrl = value;
            return this;
        }

        /** Sets {@link Payment#reportedAt}. */
        public Builder reportedAt(Instant value) {
            reportedAt = value;
            return this;
        }

        /** Sets {@link Payment#decidedAt}. Default: null. */
        public Builder decidedAt(@Nullable Instant value) {
            decidedAt = value;
            return this;
        }

        /** Sets {@link Payment#noticeDay}. Default: null. */
        public Builder noticeDay(@Nullable Integer value) {
            noticeDay = value;
            return this;
        }

        /** Sets {@link Payment#dueAt}. Default: null. */
        public Builder dueAt(@Nullable Instant value) {
            dueAt = value;
            return this;
        }

        /** Builds the record. */
        public Payment build() {
            return new Payment(
                    id, customerId, tenantId, state, since, reference, payUrl, reportedAt, decidedAt, noticeDay, dueAt);
        }
    }

    /** Returns whether everything that is due was paid. */
    public boolean paid() {
        return state == PaymentState.PAID;
    }
}
