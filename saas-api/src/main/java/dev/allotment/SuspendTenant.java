// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import org.jspecify.annotations.Nullable;

/**
 * A command to suspend a tenant: {@code SuspendTenant.builder(shop.id()).reason("unpaid").build()}.
 *
 * <p>Immutable.
 *
 * @param tenant the tenant
 * @param reason why it is suspended, at most 256 characters, for the audit log; null: not given
 * @param notifyOwner whether its owner is notified by email, and sees the reason. Otherwise only administrators see it
 */
public record SuspendTenant(TenantId tenant, @Nullable String reason, boolean notifyOwner) {
    /** Creates a record from all its components. Use {@link #builder} instead. */
    @Internal
    public SuspendTenant {}

    /** Starts a builder with the required parts. The builder methods name the defaults of the others. */
    public static Builder builder(TenantId tenant) {
        return new Builder(tenant);
    }

    /** Starts a builder with the values of this record. */
    public Builder toBuilder() {
        return new Builder(tenant).reason(reason).notifyOwner(notifyOwner);
    }

    /** Collects the parts of {@link SuspendTenant}. Not safe for use by several threads. */
    public static final class Builder {
        private TenantId tenant;
        private @Nullable String reason;
        private boolean notifyOwner = true;

        private Builder(TenantId tenant) {
            this.tenant = tenant;
        }

        /** Sets {@link SuspendTenant#tenant}. */
        public Builder tenant(TenantId value) {
            tenant = value;
            return this;
        }

        /** Sets {@link SuspendTenant#reason}. Default: null. */
        public Builder reason(@Nullable String value) {
            reason = value;
            return this;
        }

        /** Sets {@link SuspendTenant#notifyOwner}. Default: true. */
        public Builder notifyOwner(boolean value) {
            notifyOwner = value;
            return this;
        }

        /** Creates the record. */
        public SuspendTenant build() {
            return new SuspendTenant(tenant, reason, notifyOwner);
        }
    }
}
