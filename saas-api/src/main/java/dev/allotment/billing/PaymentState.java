// SPDX-License-Identifier: Apache-2.0
package dev.allotment.billing;

/** Whether the payment system has its money. */
public enum PaymentState {
    /** Everything that is due was paid. */
    PAID,

    /** Something is due, and the payment system still tries to collect it. */
    PAST_DUE,

    /** Something is due, and the payment system has given up. */
    UNPAID
}
