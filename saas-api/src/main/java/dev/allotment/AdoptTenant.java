// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A command to turn an existing database on a database server into a tenant: {@code AdoptTenant.builder(server,
 * "shop", plan).build()}.
 *
 * <p>Immutable.
 *
 * @param server the database server that has the database
 * @param name the present name of the database, which it keeps
 * @param plan the plan of the tenant
 * @param owner the account that the tenant belongs to; null: the acting user
 * @param customer the customer that the tenant belongs to; null: the owner's customer
 * @param idempotencyKey the caller's key, at most 255 characters; a repeated request with the same key returns the
 *     first result; null: no key
 */
public record AdoptTenant(
        ServerId server,
        String name,
        PlanId plan,
        @Nullable UserId owner,
        @Nullable CustomerId customer,
        @Nullable String idempotencyKey) {
    /** Creates a record from all its components. Use {@link #builder} instead. */
    @Internal
    public AdoptTenant {}

    /** Starts a builder with the required parts. The builder methods name the defaults of the others. */
    public static Builder builder(ServerId server, String name, PlanId plan) {
        return new Builder(server, name, plan);
    }

    /** Starts a builder with the values of this record. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Collects the parts of {@link AdoptTenant}. Not safe for use by several threads. */
    public static final class Builder {
        private ServerId server;
        private String name;
        private PlanId plan;
        private @Nullable UserId owner;
        private @Nullable CustomerId customer;
        private @Nullable String idempotencyKey;

        private Builder(ServerId server, String name, PlanId plan) {
            this.server = Objects.requireNonNull(server, "server");
            this.name = Objects.requireNonNull(name, "name");
            this.plan = Objects.requireNonNull(plan, "plan");
        }

        private Builder(AdoptTenant from) {
            server = from.server;
            name = from.name;
            plan = from.plan;
            owner = from.owner;
            customer = from.customer;
            idempotencyKey = from.idempotencyKey;
        }

        /** Sets {@link AdoptTenant#server}. */
        public Builder server(ServerId value) {
            server = value;
            return this;
        }

        /** Sets {@link AdoptTenant#name}. */
        public Builder name(String value) {
            name = value;
            return this;
        }

        /** Sets {@link AdoptTenant#plan}. */
        public Builder plan(PlanId value) {
            plan = value;
            return this;
        }

        /** Sets {@link AdoptTenant#owner}. Default: null. */
        public Builder owner(@Nullable UserId value) {
            owner = value;
            return this;
        }

        /** Sets {@link AdoptTenant#customer}. Default: null. */
        public Builder customer(@Nullable CustomerId value) {
            customer = value;
            return this;
        }

        /** Sets {@link AdoptTenant#idempotencyKey}. Default: null. */
        public Builder idempotencyKey(@Nullable String value) {
            idempotencyKey = value;
            return this;
        }

        /** Creates the record. */
        public AdoptTenant build() {
            return new AdoptTenant(server, name, plan, owner, customer, idempotencyKey);
        }
    }
}
