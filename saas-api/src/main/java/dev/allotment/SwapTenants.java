// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A command to exchange the databases of two tenants: {@code SwapTenants.builder(shop.id(), restored.id()).build()}.
 *
 * <p>Immutable.
 *
 * @param tenant the tenant that is to have the state of the other one
 * @param with the tenant that was restored from a backup of it, or copied from it, and that gets its present state
 * @param neutralised whether the tenant may get a database that is {@linkplain Parameter#NEUTRALISED neutralised}. It
 *     stays neutralised then
 * @param keptHours hours until the other tenant is deleted with the previous state, {@link #MIN_KEPT_HOURS} to {@link
 *     #MAX_KEPT_HOURS}
 * @param idempotencyKey the caller's key, at most 255 characters; a repeated request with the same key does nothing
 *     more; null: no key
 */
public record SwapTenants(
        TenantId tenant,
        TenantId with,
        boolean neutralised,
        int keptHours,
        @Nullable String idempotencyKey) {
    /** The least number of hours for which the previous state is kept: a day. */
    public static final int MIN_KEPT_HOURS = 24;

    /** The greatest number of hours for which the previous state is kept: a year. */
    public static final int MAX_KEPT_HOURS = 8784;

    /** How many hours the previous state is kept if the caller does not say: 14 days. */
    public static final int KEPT_HOURS = 336;

    /** Creates a record from all its components. Use {@link #builder} instead. */
    @Internal
    public SwapTenants {}

    /** Starts a builder with the required parts. The builder methods name the defaults of the others. */
    public static Builder builder(TenantId tenant, TenantId with) {
        return new Builder(tenant, with);
    }

    /** Starts a builder with the values of this record. */
    public Builder toBuilder() {
        return new Builder(tenant, with)
                .neutralised(neutralised)
                .keptHours(keptHours)
                .idempotencyKey(idempotencyKey);
    }

    /** Collects the parts of {@link SwapTenants}. Not safe for use by several threads. */
    public static final class Builder {
        private TenantId tenant;
        private TenantId with;
        private boolean neutralised;
        private int keptHours = KEPT_HOURS;
        private @Nullable String idempotencyKey;

        private Builder(TenantId tenant, TenantId with) {
            this.tenant = Objects.requireNonNull(tenant, "tenant");
            this.with = Objects.requireNonNull(with, "with");
        }

        /** Sets {@link SwapTenants#tenant}. */
        public Builder tenant(TenantId value) {
            tenant = value;
            return this;
        }

        /** Sets {@link SwapTenants#with}. */
        public Builder with(TenantId value) {
            with = value;
            return this;
        }

        /** Sets {@link SwapTenants#neutralised}. Default: false. */
        public Builder neutralised(boolean value) {
            neutralised = value;
            return this;
        }

        /** Sets {@link SwapTenants#keptHours}. Default: 336. */
        public Builder keptHours(int value) {
            keptHours = value;
            return this;
        }

        /** Sets {@link SwapTenants#idempotencyKey}. Default: null. */
        public Builder idempotencyKey(@Nullable String value) {
            idempotencyKey = value;
            return this;
        }

        /** Creates the record. */
        public SwapTenants build() {
            return new SwapTenants(tenant, with, neutralised, keptHours, idempotencyKey);
        }
    }
}
