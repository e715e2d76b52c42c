// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import static dev.allotment.AllowedFor.Keys.READ_ONLY;
import static dev.allotment.AllowedFor.Keys.TENANTS;
import static dev.allotment.Permission.MANAGE_CUSTOMERS;
import static dev.allotment.Permission.VIEW;

import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The customers that accounts act for and tenants belong to. A portal user sees only its own. */
@AllowedFor({READ_ONLY, TENANTS})
@Needs(VIEW)
public interface Customers extends Lookup<CustomerId, Customer> {
    /**
     * Creates a customer without accounts.
     *
     * @param email null: none
     * @throws SaasException {@code account.invalid}
     */
    @Needs(MANAGE_CUSTOMERS)
    default Customer create(String name, @Nullable String email) {
        return create(Customer.builder(name).email(email).build(), null);
    }

    /**
     * Creates a customer without accounts, once for each key.
     *
     * @param wanted id and creation are ignored
     * @param idempotencyKey as for {@link Plans#create(Plan, String)}
     * @throws SaasException {@code account.invalid}, {@code idempotency.mismatch}, {@code configuration.invalid} for
     *     a wrong key, {@code record.missing} if the customer of the first request was deleted
     */
    @Needs(MANAGE_CUSTOMERS)
    Customer create(Customer wanted, @Nullable String idempotencyKey);

    /**
     * Changes a customer under a lock, as {@link Accounts#update(UserId, UnaryOperator)} does for accounts.
     *
     * @param change receives the customer as stored and returns it as wanted; may be called more than once; id and
     *     creation are ignored
     * @throws SaasException {@code account.invalid}, {@code access.not-allowed}
     */
    @Needs(MANAGE_CUSTOMERS)
    Customer update(CustomerId customer, UnaryOperator<Customer> change);

    /**
     * Deletes a customer.
     *
     * @throws SaasException {@code record.in-use} while an account or a tenant belongs to it
     */
    void delete(CustomerId customer);

    /** Returns the customers with this name, the oldest first. Several may have it. */
    @AllowedFor({READ_ONLY, TENANTS})
    @Needs(VIEW)
    default List<Customer> listByName(String name) {
        return list(Query.where(Filter.equal(Customer.NAME, name)));
    }

    /** Returns the customers with this email address, the oldest first. Several may have it; case is ignored. */
    @AllowedFor({READ_ONLY, TENANTS})
    @Needs(VIEW)
    default List<Customer> listByEmail(String email) {
        return list(Query.where(Filter.likeIgnoringCase(Customer.EMAIL, Filter.literal(email.strip()))));
    }
}
