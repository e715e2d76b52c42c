// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import org.jspecify.annotations.Nullable;

/**
 * Makes a database that others have made, and that is on a server already, a client database.
 *
 * @param name the name that the database has, and keeps
 * @param owner null: whoever acts
 * @param customer that it counts for; null: the owner's
 * @param idempotencyKey a repeated request with the same key returns the first result; null: none
 */
public record AdoptTenant(
        ServerId server,
        String name,
        PlanId plan,
        @Nullable UserId owner,
        @Nullable CustomerId customer,
        @Nullable String idempotencyKey) {
    public static AdoptTenant of(ServerId server, String name, PlanId plan) {
        return new AdoptTenant(server, name, plan, null, null, null);
    }

    public AdoptTenant ownedBy(UserId value) {
        return new AdoptTenant(server, name, plan, value, customer, idempotencyKey);
    }

    public AdoptTenant forCustomer(@Nullable CustomerId value) {
        return new AdoptTenant(server, name, plan, owner, value, idempotencyKey);
    }

    public AdoptTenant withIdempotencyKey(@Nullable String value) {
        return new AdoptTenant(server, name, plan, owner, customer, value);
    }
}
