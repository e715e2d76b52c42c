// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.change;

import dev.allotment.PaymentTerms;
import dev.allotment.Plan;
import dev.allotment.PlanId;
import dev.allotment.billing.Payment;
import dev.allotment.billing.PaymentState;
import dev.allotment.core.internal.record.PaymentRows;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Computes when to send notices that a tenant is not paid, and when to suspend it. A pure function of the payment state
 * and the terms.
 *
 * @param payment that applies to the tenant and is not paid; null: it is paid, or nothing follows from it
 * @param terms of its plan; null: nothing follows
 */
public record PaymentSchedule(
        @Nullable Payment payment, @Nullable PaymentTerms terms) {
    static final PaymentSchedule NOTHING = new PaymentSchedule(null, null);

    /** The schedule of a tenant. Reads the payment state only if the tenant's plan has terms. */
    public static PaymentSchedule of(Transaction tx, StoredTenant tenant) {
        PlanId id = tenant.planId();
        PaymentTerms terms = id == null
                ? null
                : tx.records(RecordTypes.PLANS)
                        .find(id.value())
                        .map(Plan::paymentTerms)
                        .orElse(null);
        return terms == null ? NOTHING : of(PaymentRows.applying(tx, tenant).orElse(null), terms);
    }

    public static PaymentSchedule of(@Nullable Payment payment, @Nullable PaymentTerms terms) {
        return payment == null || payment.paid() || terms == null ? NOTHING : new PaymentSchedule(payment, terms);
    }

    /** When the tenant is suspended; null: never. What a payment system has given up is not waited for. */
    public @Nullable Instant suspendAt() {
        if (payment == null || terms == null) {
            return null;
        }
        return payment.state() == PaymentState.UNPAID ? payment.since() : on(payment, terms.suspendAfterDays());
    }

    public boolean unpaid(Instant now) {
        Instant suspendAt = suspendAt();
        return suspendAt != null && !now.isBefore(suspendAt);
    }

    /** The newest day whose notice is due; null: none. Older ones that were missed are left out. */
    public @Nullable Integer noticeDay(Instant now) {
        Payment late = payment;
        return late == null
                ? null
                : days(late)
                        .filter(each -> !now.isBefore(on(late, each)))
                        .reduce((older, newer) -> newer)
                        .orElse(null);
    }

    /** When something happens, also what is due already. */
    Stream<Instant> times() {
        Payment late = payment;
        return late == null
                ? Stream.empty()
                : Stream.concat(days(late).map(each -> on(late, each)), Stream.ofNullable(suspendAt()));
    }

    /** The days that were neither announced nor passed over. */
    private Stream<Integer> days(Payment late) {
        Integer last = late.noticeDay();
        return terms == null ? Stream.empty() : terms.noticeDays().stream().filter(each -> last == null || each > last);
    }

    private static Instant on(Payment late, int day) {
        return late.since().plus(Duration.ofDays(day));
    }
}
