// SPDX-License-Identifier: Apache-2.0
package dev.allotment.payments;

import dev.allotment.billing.PaymentState;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a message of a payment system says.
 *
 * @param ids whom it is about, the most special id first
 * @param state the state
 * @param invoice whether it is about one invoice, and not about the subscription
 * @param at when, by the clock of the payment system
 * @param reference null: none
 * @param payUrl null: none
 */
record Notice(
        List<String> ids,
        PaymentState state,
        boolean invoice,
        Instant at,
        @Nullable String reference,
        @Nullable String payUrl) {
    /** The ids that a message has. */
    static List<String> ids(@Nullable String... ids) {
        return Stream.of(ids).filter(Objects::nonNull).toList();
    }
}
