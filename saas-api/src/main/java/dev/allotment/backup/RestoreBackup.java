// SPDX-License-Identifier: Apache-2.0
package dev.allotment.backup;

import dev.allotment.DuplicateTenant;
import dev.allotment.Internal;
import dev.allotment.SelfService;
import dev.allotment.ServerId;
import dev.allotment.TenantId;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A command to create a tenant from a backup: {@code RestoreBackup.builder(shop.id(), backup.id()).name("shop-old")
 * .build()}.
 *
 * <p>Immutable.
 *
 * @param tenant the tenant that the backup was made of
 * @param backup the backup
 * @param name the name of the new tenant; for an account without administrator's rights only the part before the first
 *     dot, as in {@link SelfService}; null: generated from the name template of the plan
 * @param neutralise whether the new tenant is made harmless, as a copy is: it sends no email, runs no jobs and takes no
 *     payments. False if it replaces a tenant that is gone; only for administrators
 * @param server the database server of the new tenant, which only administrators choose; null: that of the tenant that
 *     the backup was made of
 * @param previewHours hours until the new tenant is deleted for good, as a {@linkplain DuplicateTenant.Builder#preview
 *     preview copy} is; 1 to {@link DuplicateTenant#MAX_PREVIEW_HOURS}; only for administrators; null: it is no preview
 *     copy
 * @param idempotencyKey the caller's key, at most 255 characters; a repeated request with the same key returns the
 *     first result; null: no key
 */
public record RestoreBackup(
        TenantId tenant,
        BackupId backup,
        @Nullable String name,
        boolean neutralise,
        @Nullable ServerId server,
        @Nullable Integer previewHours,
        @Nullable String idempotencyKey) {
    /** Creates a record from all its components. Use {@link #builder} instead. */
    @Internal
    public RestoreBackup {}

    /** Starts a builder with the required parts. The builder methods name the defaults of the others. */
    public static Builder builder(TenantId tenant, BackupId backup) {
        return new Builder(tenant, backup);
    }

    /** Starts a builder with the values of this record. */
    public Builder toBuilder() {
        return new Builder(tenant, backup)
                .name(name)
                .neutralise(neutralise)
                .server(server)
                .previewHours(previewHours)
                .idempotencyKey(idempotencyKey);
    }

    /** Collects the parts of {@link RestoreBackup}. Not safe for use by several threads. */
    public static final class Builder {
        private TenantId tenant;
        private BackupId backup;
        private @Nullable String name;
        private boolean neutralise = true;
        private @Nullable ServerId server;
        private @Nullable Integer previewHours;
        private @Nullable String idempotencyKey;

        private Builder(TenantId tenant, BackupId backup) {
            this.tenant = Objects.requireNonNull(tenant, "tenant");
            this.backup = Objects.requireNonNull(backup, "backup");
        }

        /** Sets {@link RestoreBackup#tenant}. */
        public Builder tenant(TenantId value) {
            tenant = value;
            return this;
        }

        /** Sets {@link RestoreBackup#backup}. */
        public Builder backup(BackupId value) {
            backup = value;
            return this;
        }

        /** Sets {@link RestoreBackup#name}. Default: null. */
        public Builder name(@Nullable String value) {
            name = value;
            return this;
        }

        /** Sets {@link RestoreBackup#neutralise}. Default: true. */
        public Builder neutralise(boolean value) {
            neutralise = value;
            return this;
        }

        /** Sets {@link RestoreBackup#server}. Default: null. */
        public Builder server(@Nullable ServerId value) {
            server = value;
            return this;
        }

        /** Sets {@link RestoreBackup#previewHours}. Default: null. */
        public Builder previewHours(@Nullable Integer value) {
            previewHours = value;
            return this;
        }

        /** Sets {@link RestoreBackup#idempotencyKey}. Default: null. */
        public Builder idempotencyKey(@Nullable String value) {
            idempotencyKey = value;
            return this;
        }

        /** Creates the record. */
        public RestoreBackup build() {
            return new RestoreBackup(tenant, backup, name, neutralise, server, previewHours, idempotencyKey);
        }
    }
}
