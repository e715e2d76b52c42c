// SPDX-License-Identifier: Apache-2.0
package dev.allotment.billing;

import dev.allotment.Internal;

/**
 * What a {@link PaymentReport} did. Immutable.
 *
 * @param payment the state that is stored now
 * @param outcome what the report changed
 */
public record ReportedPayment(Payment payment, Outcome outcome) {
    /** What a report changed. */
    public enum Outcome {
        /** It is stored, and differs from what was known. */
        CHANGED,

        /** It says what was known already. Its time is stored if it is newer. */
        UNCHANGED,

        /** What is stored is newer, so nothing was changed. */
        OUTDATED
    }

    /** Creates a record from all its components. Only the control plane creates one. */
    @Internal
    public ReportedPayment {}
}
