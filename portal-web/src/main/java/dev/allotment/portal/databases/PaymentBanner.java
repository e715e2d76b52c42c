// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.databases;

import dev.allotment.billing.PaymentState;
import dev.allotment.billing.TenantPayment;
import dev.allotment.portal.web.Moment;
import dev.allotment.text.Texts;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the owner of a database is shown about a payment that is missing.
 *
 * @param text empty: nothing is missing
 * @param payUrl where to pay; empty: not known
 */
public record PaymentBanner(String text, String payUrl) {
    private static final PaymentBanner NONE = new PaymentBanner("", "");

    /** Returns the banner of a tenant; null: no payment state applies to it. */
    static PaymentBanner of(@Nullable TenantPayment payment, Instant now, Texts texts) {
        if (payment == null || payment.payment().paid()) {
            return NONE;
        }
        Moment since = Moment.of(payment.payment().since(), texts);
        Instant end = payment.suspendsAt();
        String url = payment.payment().payUrl();
        String text = end == null
                ? texts.text("payment.missing", since)
                : now.isBefore(end)
                        ? texts.text("payment.will-suspend", since, Moment.of(end, texts))
                        : texts.text("payment.suspended", since);
        return new PaymentBanner(text, url == null ? "" : url);
    }

    /** Says it in a word or two, for administrators. */
    public static String state(PaymentState state) {
        return switch (state) {
            case PAID -> "Paid";
            case PAST_DUE -> "Past due";
            case UNPAID -> "Unpaid";
        };
    }
}
