// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.billing;

import dev.allotment.CustomerId;
import dev.allotment.billing.Payment;
import dev.allotment.billing.PaymentReport;
import dev.allotment.billing.PaymentState;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Computes a payment state from the present one and a report, so that the order of deliveries does not matter. Whether
 * it is {@link PaymentState#UNPAID} follows from the last report that is not about one invoice only, and all else from
 * the last report.
 *
 * @param present locked; null: none
 * @param wanted what the report says alone
 * @param outdated whether the present state is newer
 */
record PaymentMerge(@Nullable Payment present, Payment wanted, boolean outdated) {
    /** Clocks may differ. A report from a later time would make all others outdated for as long. */
    static final Duration AHEAD = Duration.ofHours(1);

    /** @param customer that the tenant belongs to now, or that the report is about */
    static PaymentMerge of(
            @Nullable Payment present,
            Payment wanted,
            @Nullable CustomerId customer,
            PaymentReport report,
            Instant now) {
        Instant at = wanted.reportedAt();
        // A node whose clock was wrong has stored a later time. It orders nothing.
        boolean ordered = present != null && !present.reportedAt().isAfter(now.plus(AHEAD));
        if (present != null && ordered && report.reportedAt() == null && !at.isAfter(present.reportedAt())) {
            // The clocks of two nodes differ, and the lock orders the reports.
            at = present.reportedAt().plus(1, ChronoUnit.MICROS);
        }
        Payment timed = wanted.toBuilder()
                .customerId(customer)
                .reportedAt(at)
                .decidedAt(report.invoice() ? null : at)
                .build();
        return new PaymentMerge(present, timed, present != null && ordered && isOutdated(present, timed));
    }

    /** Of reports with the same time, the order does not depend on which one arrives first. */
    private static boolean isOutdated(Payment present, Payment wanted) {
        int order = wanted.reportedAt().compareTo(present.reportedAt());
        return order < 0 || (order == 0 && rank(wanted.state()) < rank(present.state()));
    }

    private static int rank(PaymentState state) {
        return switch (state) {
            case PAST_DUE -> 0;
            case UNPAID -> 1;
            case PAID -> 2;
        };
    }

    /** The row after the report. Days are counted from the first state that was not paid. */
    Payment merged() {
        Payment before = present;
        if (before == null) {
            return wanted;
        }
        boolean same = Objects.equals(before.customerId(), wanted.customerId());
        if (outdated && !same) {
            return before;
        }
        boolean decides = decides(before);
        PaymentState state = state(before, same, decides);
        boolean goesOn = same && before.paid() == (state == PaymentState.PAID);
        boolean presentFirst = goesOn && !wanted.reportedAt().isAfter(before.reportedAt());
        return wanted.toBuilder()
                .id(before.id())
                .state(state)
                .since(goesOn ? before.since() : wanted.since())
                .reference(presentFirst ? either(before.reference(), wanted.reference()) : wanted.reference())
                .payUrl(payUrl(before, goesOn, presentFirst))
                .reportedAt(outdated ? before.reportedAt() : wanted.reportedAt())
                .decidedAt(decides || !same ? wanted.decidedAt() : before.decidedAt())
                .noticeDay(goesOn ? before.noticeDay() : null)
                .dueAt(before.dueAt())
                .build();
    }

    /** Whether it is the last report that is not about one invoice. */
    private boolean decides(Payment before) {
        Instant decided = wanted.decidedAt();
        return decided != null && (!outdated || before.decidedAt() == null || decided.isAfter(before.decidedAt()));
    }

    private PaymentState state(Payment before, boolean same, boolean decides) {
        boolean unpaid = same && before.state() == PaymentState.UNPAID;
        if (outdated) {
            return decides && (unpaid || wanted.state() == PaymentState.UNPAID) ? wanted.state() : before.state();
        }
        return unpaid && !decides ? PaymentState.UNPAID : wanted.state();
    }

    /** What a report about a debt leaves out stays known, and an older one completes what is missing. */
    private @Nullable String payUrl(Payment before, boolean goesOn, boolean presentFirst) {
        if (!goesOn) {
            return wanted.payUrl();
        }
        if (before.paid()) {
            return outdated ? before.payUrl() : wanted.payUrl();
        }
        if (wanted.state() == PaymentState.PAID || wanted.reportedAt().isBefore(before.since())) {
            return before.payUrl();
        }
        return presentFirst ? either(before.payUrl(), wanted.payUrl()) : either(wanted.payUrl(), before.payUrl());
    }

    private static @Nullable String either(@Nullable String first, @Nullable String second) {
        return first == null ? second : first;
    }

    /** Whether two rows differ in their times of reports only, which alone is no change. */
    static boolean saysTheSame(Payment one, Payment other) {
        return one.state() == other.state()
                && one.since().equals(other.since())
                && Objects.equals(one.customerId(), other.customerId())
                && Objects.equals(one.reference(), other.reference())
                && Objects.equals(one.payUrl(), other.payUrl());
    }
}
