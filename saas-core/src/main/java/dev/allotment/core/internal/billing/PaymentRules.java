// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.billing;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.billing.Payment;
import dev.allotment.billing.PaymentReport;
import dev.allotment.core.internal.rule.TextRules;
import dev.allotment.core.internal.rule.UrlRules;
import java.net.URI;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rules for reports of payments. */
final class PaymentRules {
    private static final int LONGEST_REFERENCE = 200;
    private static final int LONGEST_URL = 2000;
    private static final Instant FIRST = Instant.parse("2000-01-01T00:00:00Z");
    private static final Set<String> THIS_COMPUTER = Set.of("localhost", "127.0.0.1", "[::1]");

    private PaymentRules() {}

    /**
     * Returns what a report says alone.
     *
     * @throws SaasException {@code payment.invalid}
     */
    static Payment checked(PaymentReport report, Instant now) {
        if ((report.customerId() == null) == (report.tenantId() == null)) {
            throw invalid("is about a customer or a tenant, and not about both or neither");
        }
        Instant reportedAt =
                report.reportedAt() == null ? now : report.reportedAt().truncatedTo(ChronoUnit.MICROS);
        if (reportedAt.isAfter(now.plus(PaymentMerge.AHEAD)) || reportedAt.isBefore(FIRST)) {
            throw invalid("was made at most an hour from now, and not before " + FIRST + ", found " + reportedAt);
        }
        Instant since = report.since() == null ? null : report.since().truncatedTo(ChronoUnit.MICROS);
        if (since != null && (since.isAfter(reportedAt) || since.isBefore(FIRST))) {
            throw invalid("is about a time before it, and not before " + FIRST + ", found " + since);
        }
        // A clock that is a little ahead does not delay what follows.
        Instant start = since == null ? reportedAt : since;
        return Payment.builder(report.state(), start.isAfter(now) ? now : start, reportedAt)
                .customerId(report.customerId())
                .tenantId(report.tenantId())
                .reference(reference(report.reference()))
                .payUrl(payUrl(report.payUrl()))
                .build();
    }

    private static @Nullable String reference(@Nullable String text) {
        if (text == null || text.isBlank()) {
            return null;
        }
        String normal = text.strip();
        if (normal.length() > LONGEST_REFERENCE || TextRules.hasControl(normal)) {
            throw invalid("has a reference of at most " + LONGEST_REFERENCE + " printable characters, found "
                    + TextRules.describe(normal));
        }
        return normal;
    }

    private static @Nullable String payUrl(@Nullable String text) {
        if (text == null || text.isBlank()) {
            return null;
        }
        String normal = text.strip();
        if (UrlRules.parsed(normal, LONGEST_URL)
                .filter(each -> UrlRules.hasScheme(each, "https") || isLocal(each))
                .isEmpty()) {
            throw invalid("has an address to pay that starts with https://, has no user, and consists of at most "
                    + LONGEST_URL + " characters, all of them of ASCII and no spaces, found "
                    + TextRules.describe(normal));
        }
        return normal;
    }

    private static boolean isLocal(URI uri) {
        return UrlRules.hasScheme(uri, "http")
                && THIS_COMPUTER.contains(uri.getHost().toLowerCase(Locale.ROOT));
    }

    private static SaasException invalid(String expected) {
        return SaasException.invalid(ErrorCodes.PAYMENT_INVALID, "A report of a payment " + expected + ".");
    }
}
