// SPDX-License-Identifier: Apache-2.0
package dev.allotment.billing;

import dev.allotment.Internal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The payment state that applies to a tenant, and what follows from it. Immutable.
 *
 * @param payment the tenant's own, or else that of its customer
 * @param suspendsAt when the tenant is suspended unless it is paid before, or since when it should be; null: never,
 *     because it is paid, or because its plan has no {@link dev.allotment.PaymentTerms}
 */
public record TenantPayment(Payment payment, @Nullable Instant suspendsAt) {
    /** Creates a record from all its components. Only the control plane creates one. */
    @Internal
    public TenantPayment {}
}
