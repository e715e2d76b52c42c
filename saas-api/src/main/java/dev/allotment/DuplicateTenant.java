// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import org.jspecify.annotations.Nullable;

/**
 * A command to copy a tenant with its members, add-ons and data: {@code
 * DuplicateTenant.builder(shop.id()).name("copy").build()}.
 *
 * <p>The copy has its own identity. Immutable.
 *
 * @param source the tenant to copy
 * @param name the name of the copy; null: generated from the name template of the source's plan
 * @param customer the customer that the copy belongs to; null: the source's customer
 * @param expirationHours hours from now until the copy expires; null: it expires when the source does
 * @param server the database server of the copy, which must have the same kind of backend; null: the source's server
 * @param idempotencyKey the caller's key, at most 255 characters; a repeated request with the same key returns the
 *     first result; null: no key
 */
public record DuplicateTenant(
        TenantId source,
        @Nullable String name,
        @Nullable CustomerId customer,
        @Nullable Integer expirationHours,
        @Nullable ServerId server,
        @Nullable String idempotencyKey) {
    /** Creates a record from all its components. Use {@link #builder} instead. */
    @Internal
    public DuplicateTenant {}

    /** Starts a builder with the required parts. The builder methods name the defaults of the others. */
    public static Builder builder(TenantId source) {
        return new Builder(source);
    }

    /** Starts a builder with the values of this record. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Collects the parts of {@link DuplicateTenant}. Not safe for use by several threads. */
    public static final class Builder {
        private TenantId source;
        private @Nullable String name;
        private @Nullable CustomerId customer;
        private @Nullable Integer expirationHours;
        private @Nullable ServerId server;
        private @Nullable String idempotencyKey;

        private Builder(TenantId source) {
            this.source = source;
        }

        private Builder(DuplicateTenant from) {
            source = from.source;
            name = from.name;
            customer = from.customer;
            expirationHours = from.expirationHours;
            server = from.server;
            idempotencyKey = from.idempotencyKey;
        }

        /** Sets {@link DuplicateTenant#source}: the tenant to copy. */
        public Builder source(TenantId value) {
            source = value;
            return this;
        }

        /**
         * Sets {@link DuplicateTenant#name}: the name of the copy; null: generated from the name template of the
         * source's plan. Default: null.
         */
        public Builder name(@Nullable String value) {
            name = value;
            return this;
        }

        /**
         * Sets {@link DuplicateTenant#customer}: the customer that the copy belongs to; null: the source's customer.
         * Default: null.
         */
        public Builder customer(@Nullable CustomerId value) {
            customer = value;
            return this;
        }

        /**
         * Sets {@link DuplicateTenant#expirationHours}: hours from now until the copy expires; null: it expires when
         * the source does. Default: null.
         */
        public Builder expirationHours(@Nullable Integer value) {
            expirationHours = value;
            return this;
        }

        /**
         * Sets {@link DuplicateTenant#server}: the database server of the copy, which must have the same kind of
         * backend; null: the source's server. Default: null.
         */
        public Builder server(@Nullable ServerId value) {
            server = value;
            return this;
        }

        /**
         * Sets {@link DuplicateTenant#idempotencyKey}: the caller's key, at most 255 characters; a repeated request
         * with the same key returns the first result; null: no key. Default: null.
         */
        public Builder idempotencyKey(@Nullable String value) {
            idempotencyKey = value;
            return this;
        }

        /** Creates the record. */
        public DuplicateTenant build() {
            return new DuplicateTenant(source, name, customer, expirationHours, server, idempotencyKey);
        }
    }
}
