// SPDX-License-Identifier: Apache-2.0
package dev.allotment.backup;

import dev.allotment.CustomerId;
import dev.allotment.Internal;
import dev.allotment.PlanId;
import dev.allotment.ServerId;
import dev.allotment.UserId;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A command to create a tenant from a backup that another installation made: {@code ImportBackup.builder(uuid, backup,
 * plan.id(), owner.id()).name("shop").build()}.
 *
 * <p>Immutable.
 *
 * @param tenant the UUID of the tenant in the other installation, after which the folder of its backups is named
 * @param backup the backup
 * @param plan the plan of the new tenant
 * @param owner the account that owns the new tenant
 * @param customer the customer that it belongs to; null: that of the owner
 * @param name its name; null: generated from the name template of the plan
 * @param neutralise whether it is made harmless, as a copy is: it sends no email, runs no jobs and takes no payments.
 *     Choose false if it replaces the tenant of the other installation
 * @param server its database server; null: that of the plan, or any
 * @param idempotencyKey the caller's key, at most 255 characters; a repeated request with the same key returns the
 *     first result; null: no key
 */
public record ImportBackup(
        UUID tenant,
        BackupId backup,
        PlanId plan,
        UserId owner,
        @Nullable CustomerId customer,
        @Nullable String name,
        boolean neutralise,
        @Nullable ServerId server,
        @Nullable String idempotencyKey) {
    /** Creates a record from all its components. Use {@link #builder} instead. */
    @Internal
    public ImportBackup {}

    /** Starts a builder with the required parts. The builder methods name the defaults of the others. */
    public static Builder builder(UUID tenant, BackupId backup, PlanId plan, UserId owner) {
        return new Builder(tenant, backup, plan, owner);
    }

    /** Starts a builder with the values of this record. */
    public Builder toBuilder() {
        return new Builder(tenant, backup, plan, owner)
                .customer(customer)
                .name(name)
                .neutralise(neutralise)
                .server(server)
                .idempotencyKey(idempotencyKey);
    }

    /** Collects the parts of {@link ImportBackup}. Not safe for use by several threads. */
    public static final class Builder {
        private UUID tenant;
        private BackupId backup;
        private PlanId plan;
        private UserId owner;
        private @Nullable CustomerId customer;
        private @Nullable String name;
        private boolean neutralise = true;
        private @Nullable ServerId server;
        private @Nullable String idempotencyKey;

        private Builder(UUID tenant, BackupId backup, PlanId plan, UserId owner) {
            this.tenant = Objects.requireNonNull(tenant, "tenant");
            this.backup = Objects.requireNonNull(backup, "backup");
            this.plan = Objects.requireNonNull(plan, "plan");
            this.owner = Objects.requireNonNull(owner, "owner");
        }

        /** Sets {@link ImportBackup#tenant}. */
        public Builder tenant(UUID value) {
            tenant = value;
            return this;
        }

        /** Sets {@link ImportBackup#backup}. */
        public Builder backup(BackupId value) {
            backup = value;
            return this;
        }

        /** Sets {@link ImportBackup#plan}. */
        public Builder plan(PlanId value) {
            plan = value;
            return this;
        }

        /** Sets {@link ImportBackup#owner}. */
        public Builder owner(UserId value) {
            owner = value;
            return this;
        }

        /** Sets {@link ImportBackup#customer}. Default: null. */
        public Builder customer(@Nullable CustomerId value) {
            customer = value;
            return this;
        }

        /** Sets {@link ImportBackup#name}. Default: null. */
        public Builder name(@Nullable String value) {
            name = value;
            return this;
        }

        /** Sets {@link ImportBackup#neutralise}. Default: true. */
        public Builder neutralise(boolean value) {
            neutralise = value;
            return this;
        }

        /** Sets {@link ImportBackup#server}. Default: null. */
        public Builder server(@Nullable ServerId value) {
            server = value;
            return this;
        }

        /** Sets {@link ImportBackup#idempotencyKey}. Default: null. */
        public Builder idempotencyKey(@Nullable String value) {
            idempotencyKey = value;
            return this;
        }

        /** Creates the record. */
        public ImportBackup build() {
            return new ImportBackup(tenant, backup, plan, owner, customer, name, neutralise, server, idempotencyKey);
        }
    }
}
