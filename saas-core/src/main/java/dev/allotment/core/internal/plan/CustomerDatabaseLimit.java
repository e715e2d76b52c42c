// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.plan;

import dev.allotment.Customer;
import dev.allotment.CustomerId;
import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Plan;
import dev.allotment.PlanId;
import dev.allotment.PlanVersion;
import dev.allotment.SaasException;
import dev.allotment.core.internal.base.RecordLookup;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Limits how many databases of a plan a customer may have. Trials and paid databases are counted separately. Every path
 * that gives a tenant to a customer, puts it on a plan, or turns a trial into a paid one asks here.
 */
public final class CustomerDatabaseLimit {
    private CustomerDatabaseLimit() {}

    /** The limit of a plan, or of its trials; 0: unlimited. */
    public static int of(Plan plan, boolean trial) {
        return trial ? plan.maxTrialDatabasesPerCustomer() : plan.maxDatabasesPerCustomer();
    }

    public static int of(PlanVersion version, boolean trial) {
        return trial ? version.maxTrialDatabasesPerCustomer() : version.maxDatabasesPerCustomer();
    }

    /** The limit that a tenant's version of its plan sets; 0 if it has no plan. */
    public static int of(Transaction tx, StoredTenant tenant, boolean trial) {
        return PlanVersions.of(tx, tenant).map(version -> of(version, trial)).orElse(0);
    }

    /**
     * Checks the limit if there is one; locks the customer in any case, so that it is not deleted meanwhile.
     *
     * @return the customer; null if there is none
     */
    public static @Nullable Customer checkOrLock(
            Transaction tx, @Nullable Plan plan, int limit, @Nullable CustomerId customer, boolean trial) {
        if (customer == null) {
            return null;
        }
        return plan == null ? lockShared(tx, customer) : check(tx, plan, limit, customer, trial);
    }

    /** Checks the limits that apply if a tenant becomes a trial, or paid, or gets another customer. */
    public static void checkMove(Transaction tx, StoredTenant present, StoredTenant wanted) {
        if (wanted.trial() == present.trial() && Objects.equals(wanted.customerId(), present.customerId())) {
            return;
        }
        if (wanted.customerId() == null && present.planId() != null) {
            throw SaasException.invalid(
                    ErrorCodes.CONFIGURATION_INVALID, "A tenant on a plan must belong to a customer.");
        }
        Plan plan = present.planId() == null ? null : PlanVersions.plan(tx, present.planId());
        checkOrLock(tx, plan, of(tx, present, wanted.trial()), wanted.customerId(), wanted.trial());
    }

    /**
     * Locks the customer, so that concurrent counts wait, and refuses one database too many. Without a limit nothing is
     * counted, and callers for the same customer do not wait for each other.
     *
     * @param limit how many databases of the plan, or trials of it, a customer may have; 0: unlimited
     */
    public static Customer check(Transaction tx, Plan plan, int limit, CustomerId customer, boolean trial) {
        if (limit == 0) {
            return lockShared(tx, customer);
        }
        Customer locked = lockCustomer(tx, customer);
        if (tx.records(RecordTypes.TENANTS).count(counted(plan.id(), locked.id(), trial)) >= limit) {
            throw new SaasException(
                    ErrorCategory.CONFLICT,
                    ErrorCodes.PLAN_LIMIT_REACHED,
                    "Limit of " + (trial ? "trial " : "") + "databases for this plan is " + limit + " reached",
                    Map.of("limit", Integer.toString(limit), "plan", plan.name()),
                    false,
                    null);
        }
        return locked;
    }

    /** The databases that count against a customer's limit of a plan. */
    public static Filter<StoredTenant> counted(PlanId plan, CustomerId customer, boolean trial) {
        return Filter.and(
                Filter.equal(StoredTenant.PLAN_ID, plan),
                Filter.equal(StoredTenant.CUSTOMER_ID, customer),
                Filter.equal(StoredTenant.TRIAL, trial),
                TenantRows.LIVE);
    }

    public static Customer lockCustomer(Transaction tx, CustomerId customer) {
        return found(tx.records(RecordTypes.CUSTOMERS).lock(customer.value()), customer);
    }

    private static Customer lockShared(Transaction tx, CustomerId customer) {
        return found(tx.records(RecordTypes.CUSTOMERS).lockShared(customer.value()), customer);
    }

    private static Customer found(Optional<Customer> present, CustomerId customer) {
        return present.orElseThrow(() -> RecordLookup.missing(RecordTypes.CUSTOMERS, "Customer", customer.value()));
    }
}
