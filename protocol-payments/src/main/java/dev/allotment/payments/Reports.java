// SPDX-License-Identifier: Apache-2.0
package dev.allotment.payments;

import dev.allotment.Customer;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.billing.Payment;
import dev.allotment.billing.PaymentReport;
import dev.allotment.billing.PaymentState;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reports what messages say about the tenants and customers that have the ids of the payment system. Thread-safe. */
final class Reports {
    private static final int MOST = 100;

    private final Saas saas;

    Reports(Saas saas) {
        this.saas = saas;
    }

    /** Returns how many tenants or customers have an id of the notice; 0: nothing was reported. */
    int report(Notice notice, String attribute) {
        for (String id : notice.ids()) {
            List<Tenant> tenants = saas.tenants()
                    .list(Query.where(Filter.and(
                                    Filter.<Tenant>attribute(attribute, id),
                                    Filter.notEqual(Tenant.STATE, TenantState.DELETED)))
                            .orderBy(Tenant.ID)
                            .page(0, MOST));
            for (Tenant each : tenants) {
                Optional<Payment> present = saas.payments().ofTenant(each.id());
                report(notice, PaymentReport.ofTenant(each.id(), state(notice, present)), present.orElse(null));
            }
            if (!tenants.isEmpty()) {
                return tenants.size();
            }
        }
        for (String id : notice.ids()) {
            List<Customer> customers = saas.customers()
                    .list(Query.where(Filter.<Customer>attribute(attribute, id))
                            .orderBy(Customer.ID)
                            .page(0, MOST));
            for (Customer each : customers) {
                Optional<Payment> present = saas.payments().ofCustomer(each.id());
                report(notice, PaymentReport.ofCustomer(each.id(), state(notice, present)), present.orElse(null));
            }
            if (!customers.isEmpty()) {
                return customers.size();
            }
        }
        return 0;
    }

    private static PaymentState state(Notice notice, Optional<Payment> present) {
        return notice.atLeast()
                ? present.filter(each -> !each.paid() && !notice.at().isBefore(each.reportedAt()))
                        .map(Payment::state)
                        .orElse(notice.state())
                : notice.state();
    }

    /** What a message about a debt leaves out stays known, such as where to pay. */
    private void report(Notice notice, PaymentReport.Builder report, @Nullable Payment present) {
        boolean stays = present != null && !present.paid() && notice.state() != PaymentState.PAID;
        String payUrl = notice.payUrl() == null && present != null && stays ? present.payUrl() : notice.payUrl();
        saas.payments()
                .report(report.reference(notice.reference())
                        .payUrl(payUrl)
                        .reportedAt(notice.at())
                        .build());
    }
}
