// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The customers behind accounts and client databases. A portal user sees its own only. */
public interface Customers extends Lookup<CustomerId, Customer> {
    /**
     * Adds a customer that nobody acts for yet.
     *
     * @param email null: none
     * @throws SaasException {@code account.invalid}
     */
    default Customer create(String name, @Nullable String email) {
        return create(Customer.builder(name).email(email).build(), null);
    }

    /**
     * Adds a customer that nobody acts for yet, once.
     *
     * @param wanted the id and the creation are not taken over
     * @param idempotencyKey as for {@link Plans#create(Plan, String)}
     * @throws SaasException {@code account.invalid}, {@code idempotency.mismatch}, {@code configuration.invalid} for a wrong key,
     *     {@code record.missing} where the first one's customer was deleted
     */
    Customer create(Customer wanted, @Nullable String idempotencyKey);

    /** As {@link Accounts#update}; the id and the creation are not taken over. */
    Customer update(CustomerId customer, UnaryOperator<Customer> change);

    /**
     * Removes a customer.
     *
     * @throws SaasException {@code record.in-use} while a user or a client database belongs to it
     */
    void delete(CustomerId customer);
}
