// SPDX-License-Identifier: Apache-2.0
package dev.allotment.billing;

import static dev.allotment.AllowedFor.Keys.PAYMENTS;
import static dev.allotment.AllowedFor.Keys.READ_ONLY;
import static dev.allotment.AllowedFor.Keys.TENANTS;
import static dev.allotment.Permission.MANAGE_BILLING;
import static dev.allotment.Permission.VIEW_BILLING;

import dev.allotment.AllowedFor;
import dev.allotment.CustomerId;
import dev.allotment.Lookup;
import dev.allotment.Needs;
import dev.allotment.PaymentTerms;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/**
 * Whether customers have paid, as a payment system reports it. The {@link PaymentTerms} of a plan say what follows from
 * it for its tenants: notices, and a suspension with the cause {@code unpaid}. A tenant is never deleted because of it.
 *
 * <p>A portal account sees the states of its customer. Administrators see all, and report.
 */
@AllowedFor({READ_ONLY, TENANTS, PAYMENTS})
@Needs(VIEW_BILLING)
public interface Payments extends Lookup<PaymentId, Payment> {
    /**
     * Records what a payment system reports. The order of reports is that of {@link PaymentReport#reportedAt}, so late
     * and repeated ones do no harm. Of several reports with the same time, {@link PaymentState#PAID} wins, and then
     * {@link PaymentState#UNPAID}.
     *
     * <p>The tenants follow after this call: at once on the threads of {@code SaasBuilder.executor}, without those at
     * the next maintenance. A tenant for which nothing else is a reason to be suspended is then open again.
     *
     * @throws SaasException {@code payment.invalid}; {@code record.missing} if there is no such customer or tenant;
     *     {@code access.not-allowed}
     */
    @AllowedFor(PAYMENTS)
    @Needs(MANAGE_BILLING)
    ReportedPayment report(PaymentReport report);

    /** Returns the state of a customer; empty if none was reported, or the caller may not see it. */
    @AllowedFor({READ_ONLY, TENANTS, PAYMENTS})
    @Needs(VIEW_BILLING)
    Optional<Payment> ofCustomer(CustomerId customer);

    /** Returns the separate state of one tenant; empty if it has none, or the caller may not see it. */
    @AllowedFor({READ_ONLY, TENANTS, PAYMENTS})
    @Needs(VIEW_BILLING)
    Optional<Payment> ofTenant(TenantId tenant);

    /**
     * Returns the states that apply to tenants: their own, or else those of their customers. A tenant that has none, or
     * that the caller may not see, has no entry.
     *
     * @param tenants in any state
     */
    @AllowedFor({READ_ONLY, TENANTS})
    @Needs(VIEW_BILLING)
    Map<TenantId, TenantPayment> applying(Collection<Tenant> tenants);
}
