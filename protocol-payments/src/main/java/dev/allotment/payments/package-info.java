// SPDX-License-Identifier: Apache-2.0
/** Receives webhooks of Stripe and Lago, verifies them, and reports what they say as payment states. */
@NullMarked
package dev.allotment.payments;

import org.jspecify.annotations.NullMarked;
