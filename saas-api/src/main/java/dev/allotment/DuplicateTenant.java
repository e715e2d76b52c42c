// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import org.jspecify.annotations.Nullable;

/**
 * Asks for a copy of a client database, with its users, add-ons and data; the copy has an identity of its own.
 *
 * @param name null: from the DB Names template of the source's plan
 * @param customer whom the copy counts for; null: the source's
 * @param expirationHours from now; null: the copy expires like the source
 * @param server where to: another one must be of the same kind of database; null: the source's server
 * @param idempotencyKey as in {@link CreateTenant}
 */
public record DuplicateTenant(
        TenantId source,
        @Nullable String name,
        @Nullable CustomerId customer,
        @Nullable Integer expirationHours,
        @Nullable ServerId server,
        @Nullable String idempotencyKey) {
    public static DuplicateTenant of(TenantId source) {
        return new DuplicateTenant(source, null, null, null, null, null);
    }

    public DuplicateTenant named(@Nullable String value) {
        return new DuplicateTenant(source, value, customer, expirationHours, server, idempotencyKey);
    }

    public DuplicateTenant forCustomer(@Nullable CustomerId value) {
        return new DuplicateTenant(source, name, value, expirationHours, server, idempotencyKey);
    }

    public DuplicateTenant expiringInHours(@Nullable Integer value) {
        return new DuplicateTenant(source, name, customer, value, server, idempotencyKey);
    }

    public DuplicateTenant onServer(@Nullable ServerId value) {
        return new DuplicateTenant(source, name, customer, expirationHours, value, idempotencyKey);
    }

    public DuplicateTenant withIdempotencyKey(@Nullable String value) {
        return new DuplicateTenant(source, name, customer, expirationHours, server, value);
    }
}
