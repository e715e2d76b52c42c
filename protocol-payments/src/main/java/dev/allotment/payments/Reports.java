// SPDX-License-Identifier: Apache-2.0
package dev.allotment.payments;

import dev.allotment.Customer;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.billing.PaymentReport;
import java.util.List;

/** Reports what messages say about the tenants and customers that have the ids of the payment system. Thread-safe. */
final class Reports {
    private static final int PAGE = 100;

    private final Saas saas;

    Reports(Saas saas) {
        this.saas = saas;
    }

    /** Returns how many tenants or customers have an id of the notice; 0: nothing was reported. */
    int report(Notice notice, String attribute) {
        for (String id : notice.ids()) {
            int found = tenants(notice, attribute, id);
            if (found > 0) {
                return found;
            }
        }
        for (String id : notice.ids()) {
            int found = customers(notice, attribute, id);
            if (found > 0) {
                return found;
            }
        }
        return 0;
    }

    private int tenants(Notice notice, String attribute, String id) {
        Filter<Tenant> theirs =
                Filter.and(Filter.attribute(attribute, id), Filter.notEqual(Tenant.STATE, TenantState.DELETED));
        int found = 0;
        List<Tenant> page;
        Filter<Tenant> next = theirs;
        do {
            page = saas.tenants().list(Query.where(next).orderBy(Tenant.ID).page(0, PAGE));
            for (Tenant each : page) {
                report(notice, PaymentReport.ofTenant(each.id(), notice.state()));
                next = Filter.and(theirs, Filter.compare(Tenant.ID, Filter.Operator.GREATER, each.id()));
            }
            found += page.size();
        } while (page.size() == PAGE);
        return found;
    }

    private int customers(Notice notice, String attribute, String id) {
        Filter<Customer> theirs = Filter.attribute(attribute, id);
        int found = 0;
        List<Customer> page;
        Filter<Customer> next = theirs;
        do {
            page = saas.customers().list(Query.where(next).orderBy(Customer.ID).page(0, PAGE));
            for (Customer each : page) {
                report(notice, PaymentReport.ofCustomer(each.id(), notice.state()));
                next = Filter.and(theirs, Filter.compare(Customer.ID, Filter.Operator.GREATER, each.id()));
            }
            found += page.size();
        } while (page.size() == PAGE);
        return found;
    }

    private void report(Notice notice, PaymentReport.Builder report) {
        try {
            saas.payments()
                    .report(report.invoice(notice.invoice())
                            .reference(notice.reference())
                            .payUrl(notice.payUrl())
                            .reportedAt(notice.at())
                            .build());
        } catch (SaasException e) {
            // It was deleted meanwhile, and has no state any more.
            if (!ErrorCodes.RECORD_MISSING.equals(e.code())) {
                throw e;
            }
        }
    }
}
