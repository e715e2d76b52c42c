// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A command to copy a tenant with its members, add-ons and data: {@code
 * DuplicateTenant.builder(shop.id()).name("copy").build()}.
 *
 * <p>The copy has its own identity. Immutable.
 *
 * <p>A preview copy shows what a change would do to a tenant, and then disappears: {@code
 * DuplicateTenant.builder(shop.id()).preview(48)}. It is deleted for good when it expires, or when its source is
 * deleted for good, unless an administrator keeps it, see {@link Tenant#previewOf}.
 *
 * @param source the tenant to copy
 * @param name the name of the copy; null: generated from the name template of the source's plan
 * @param customer the customer that the copy belongs to; null: the source's customer
 * @param expirationHours hours from now until the copy expires; null: it expires when the source does; a preview copy
 *     has 1 to {@link #MAX_PREVIEW_HOURS}
 * @param server the database server of the copy, which must have the same kind of backend; null: the source's server
 * @param idempotencyKey the caller's key, at most 255 characters; a repeated request with the same key returns the
 *     first result; null: no key
 * @param preview whether the copy is deleted for good when it expires
 */
public record DuplicateTenant(
        TenantId source,
        @Nullable String name,
        @Nullable CustomerId customer,
        @Nullable Integer expirationHours,
        @Nullable ServerId server,
        @Nullable String idempotencyKey,
        boolean preview) {
    /** The most hours that a preview copy may exist: 30 days. */
    public static final int MAX_PREVIEW_HOURS = 720;

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
        private boolean preview;

        private Builder(TenantId source) {
            this.source = Objects.requireNonNull(source, "source");
        }

        private Builder(DuplicateTenant from) {
            source = from.source;
            name = from.name;
            customer = from.customer;
            expirationHours = from.expirationHours;
            server = from.server;
            idempotencyKey = from.idempotencyKey;
            preview = from.preview;
        }

        /** Sets {@link DuplicateTenant#source}. */
        public Builder source(TenantId value) {
            source = value;
            return this;
        }

        /** Sets {@link DuplicateTenant#name}. Default: null. */
        public Builder name(@Nullable String value) {
            name = value;
            return this;
        }

        /** Sets {@link DuplicateTenant#customer}. Default: null. */
        public Builder customer(@Nullable CustomerId value) {
            customer = value;
            return this;
        }

        /** Sets {@link DuplicateTenant#expirationHours}. Default: null. */
        public Builder expirationHours(@Nullable Integer value) {
            expirationHours = value;
            return this;
        }

        /** Sets {@link DuplicateTenant#server}. Default: null. */
        public Builder server(@Nullable ServerId value) {
            server = value;
            return this;
        }

        /** Sets {@link DuplicateTenant#idempotencyKey}. Default: null. */
        public Builder idempotencyKey(@Nullable String value) {
            idempotencyKey = value;
            return this;
        }

        /**
         * Sets {@link DuplicateTenant#preview} and {@link DuplicateTenant#expirationHours}: the copy is deleted for
         * good after these hours, at most {@link #MAX_PREVIEW_HOURS}. Default: the copy stays.
         */
        public Builder preview(int hours) {
            preview = true;
            expirationHours = hours;
            return this;
        }

        /** Creates the record. It checks no value: {@link Tenants#duplicate} refuses wrong ones. */
        public DuplicateTenant build() {
            return new DuplicateTenant(source, name, customer, expirationHours, server, idempotencyKey, preview);
        }
    }
}
