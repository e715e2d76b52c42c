// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import dev.allotment.fleet.Server;
import dev.allotment.hook.TenantSchema;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A tenant: a customer's database and what the control plane knows about it.
 *
 * <p>Immutable. The {@link RecordField} constants name the fields for filters and sort keys. Sizes and numbers of users
 * are those of the last sync, see {@link Tenants#sync}.
 *
 * @param id 0 before the tenant is stored
 * @param uuid the identity, which never changes
 * @param name the present name of its database; a deleted tenant keeps its last name, which another tenant may
 *     have by now
 * @param state where the tenant is in its life cycle
 * @param planId its plan; null: outside any plan
 * @param customerId its customer; null: outside any plan
 * @param ownerId the account that it was created for; null: outside any plan
 * @param serverId the database server that stores it
 * @param trial whether it counts as a trial
 * @param expiresAt when it expires; null: never
 * @param maxUsers regular users; 0: no limit
 * @param usersCount regular users at the last sync; before that, those known when it was created
 * @param storageLimitMb megabytes of database and files; 0: no limit
 * @param databaseSizeBytes bytes at the last sync; before that 0, or the size of the database that it was copied from
 * @param fileSizeBytes bytes of files at the last sync, as the tenant's application reported them
 * @param blockOnExpiration whether it is suspended when the grace period after its expiry has passed; a trial always
 *     is, at once
 * @param blockOnStorageExceed whether it is suspended while it exceeds its storage limit
 * @param lang the language, such as {@code en_US}
 * @param tz an IANA time zone, such as {@code UTC}
 * @param createdAt when the record was created; set by the control plane
 * @param deletedAt when it was deleted; null: not deleted
 * @param suspendedFor why it is suspended: {@code manual}, {@code expired}, {@code storage}, {@code unpaid};
 *     empty if it is not
 * @param syncedAt when users and sizes were last read; null: not yet
 * @param planVersion the {@link PlanVersion} that it was bought with, until it is moved; 0: outside any plan
 * @param tags words for selecting tenants, see {@link Filter#tagged}; initially those of its plan
 * @param retainedUntil when the database of a soft-deleted tenant is removed; null: not soft-deleted
 * @param schemaVersion the version of the embedder's tenant schema in its database, see {@link
 *     TenantSchema#version}; null: none, or unknown
 * @param maintenanceWindow when campaigns may change it, in its time zone; null: when its plan says
 * @param attributes texts of the embedder by key, such as a customer id of its payment provider, see {@link
 *     Filter#attribute}; empty for callers that are not administrators. Neither the tenant's database
 *     nor a copy gets them, except for those that {@linkplain Server#REQUIRED_LABEL require labels of the server},
 *     which a copy gets
 * @param previewOf the tenant that it is a preview copy of, see {@link DuplicateTenant#preview}; it is deleted for good
 *     when it expires, and when that tenant was deleted for good, unless it never expires; null: it is no preview
 *     copy. See {@link Tenants#update} for keeping it
 * @param entitlements what its plan includes for its application, by name, as of its version of the plan; empty outside
 *     any plan
 * @param storageExceeded whether it exceeds its storage limit as of the last sync; computed from the other values
 */
public record Tenant(
        TenantId id,
        UUID uuid,
        String name,
        TenantState state,
        @Nullable PlanId planId,
        @Nullable CustomerId customerId,
        @Nullable UserId ownerId,
        ServerId serverId,
        boolean trial,
        @Nullable Instant expiresAt,
        int maxUsers,
        int usersCount,
        int storageLimitMb,
        long databaseSizeBytes,
        long fileSizeBytes,
        boolean blockOnExpiration,
        boolean blockOnStorageExceed,
        String lang,
        String tz,
        Instant createdAt,
        @Nullable Instant deletedAt,
        List<String> suspendedFor,
        @Nullable Instant syncedAt,
        int planVersion,
        List<String> tags,
        @Nullable Instant retainedUntil,
        @Nullable String schemaVersion,
        @Nullable MaintenanceWindow maintenanceWindow,
        Map<String, String> attributes,
        @Nullable TenantId previewOf,
        Map<String, Entitlement> entitlements,
        boolean storageExceeded) {
    public static final RecordField<Tenant, TenantId> ID = RecordField.of("id");
    public static final RecordField<Tenant, UUID> UUID = RecordField.of("uuid");
    public static final RecordField<Tenant, String> NAME = RecordField.of("name");
    public static final RecordField<Tenant, TenantState> STATE = RecordField.of("state");
    public static final RecordField<Tenant, PlanId> PLAN_ID = RecordField.of("planId");
    public static final RecordField<Tenant, CustomerId> CUSTOMER_ID = RecordField.of("customerId");
    public static final RecordField<Tenant, UserId> OWNER_ID = RecordField.of("ownerId");
    public static final RecordField<Tenant, ServerId> SERVER_ID = RecordField.of("serverId");
    public static final RecordField<Tenant, Boolean> TRIAL = RecordField.of("trial");
    public static final RecordField<Tenant, Instant> EXPIRES_AT = RecordField.of("expiresAt");
    public static final RecordField<Tenant, Integer> MAX_USERS = RecordField.of("maxUsers");
    public static final RecordField<Tenant, Integer> USERS_COUNT = RecordField.of("usersCount");
    public static final RecordField<Tenant, Integer> STORAGE_LIMIT_MB = RecordField.of("storageLimitMb");
    public static final RecordField<Tenant, Long> DATABASE_SIZE_BYTES = RecordField.of("databaseSizeBytes");
    public static final RecordField<Tenant, Long> FILE_SIZE_BYTES = RecordField.of("fileSizeBytes");
    public static final RecordField<Tenant, Boolean> BLOCK_ON_EXPIRATION = RecordField.of("blockOnExpiration");
    public static final RecordField<Tenant, Boolean> BLOCK_ON_STORAGE_EXCEED = RecordField.of("blockOnStorageExceed");
    public static final RecordField<Tenant, String> LANG = RecordField.of("lang");
    public static final RecordField<Tenant, String> TZ = RecordField.of("tz");
    public static final RecordField<Tenant, Instant> CREATED_AT = RecordField.of("createdAt");
    public static final RecordField<Tenant, Instant> DELETED_AT = RecordField.of("deletedAt");
    public static final RecordField<Tenant, Instant> SYNCED_AT = RecordField.of("syncedAt");
    public static final RecordField<Tenant, Integer> PLAN_VERSION = RecordField.of("planVersion");
    public static final RecordField<Tenant, Instant> RETAINED_UNTIL = RecordField.of("retainedUntil");
    public static final RecordField<Tenant, String> SCHEMA_VERSION = RecordField.of("schemaVersion");
    public static final RecordField<Tenant, MaintenanceWindow> MAINTENANCE_WINDOW = RecordField.of("maintenanceWindow");
    public static final RecordField<Tenant, TenantId> PREVIEW_OF = RecordField.of("previewOf");
    public static final RecordField<Tenant, Boolean> STORAGE_EXCEEDED = RecordField.of("storageExceeded");

    /** Creates a record from all its components. Use {@link #builder} instead. */
    @Internal
    public Tenant {
        storageExceeded = storageLimitMb > 0 && databaseSizeBytes + fileSizeBytes > storageLimitMb * Plan.MEGABYTE;
        suspendedFor = List.copyOf(suspendedFor);
        tags = List.copyOf(tags);
        attributes = Map.copyOf(attributes);
        entitlements = Map.copyOf(entitlements);
    }

    /** Starts a builder with the required parts. The builder methods name the defaults of the others. */
    public static Builder builder(UUID uuid, String name, ServerId serverId) {
        return new Builder(uuid, name, serverId);
    }

    /** Starts a builder with the values of this record. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Returns whether the tenant has expired at this instant. It may still be open, if its plan does not block. */
    public boolean expired(Instant now) {
        return expiresAt != null && !now.isBefore(expiresAt);
    }

    /** Collects the parts of {@link Tenant}. Not safe for use by several threads. */
    public static final class Builder {
        private TenantId id = new TenantId(0);
        private UUID uuid;
        private String name;
        private TenantState state = TenantState.DRAFT;
        private @Nullable PlanId planId;
        private @Nullable CustomerId customerId;
        private @Nullable UserId ownerId;
        private ServerId serverId;
        private boolean trial;
        private @Nullable Instant expiresAt;
        private int maxUsers;
        private int usersCount;
        private int storageLimitMb;
        private long databaseSizeBytes;
        private long fileSizeBytes;
        private boolean blockOnExpiration;
        private boolean blockOnStorageExceed;
        private String lang = "en_US";
        private String tz = "UTC";
        private Instant createdAt = Instant.EPOCH;
        private @Nullable Instant deletedAt;
        private List<String> suspendedFor = List.of();
        private @Nullable Instant syncedAt;
        private int planVersion;
        private List<String> tags = List.of();
        private @Nullable Instant retainedUntil;
        private @Nullable String schemaVersion;
        private @Nullable MaintenanceWindow maintenanceWindow;
        private Map<String, String> attributes = Map.of();
        private @Nullable TenantId previewOf;
        private Map<String, Entitlement> entitlements = Map.of();

        private Builder(UUID uuid, String name, ServerId serverId) {
            this.uuid = uuid;
            this.name = name;
            this.serverId = serverId;
        }

        private Builder(Tenant from) {
            id = from.id;
            uuid = from.uuid;
            name = from.name;
            state = from.state;
            planId = from.planId;
            customerId = from.customerId;
            ownerId = from.ownerId;
            serverId = from.serverId;
            trial = from.trial;
            expiresAt = from.expiresAt;
            maxUsers = from.maxUsers;
            usersCount = from.usersCount;
            storageLimitMb = from.storageLimitMb;
            databaseSizeBytes = from.databaseSizeBytes;
            fileSizeBytes = from.fileSizeBytes;
            blockOnExpiration = from.blockOnExpiration;
            blockOnStorageExceed = from.blockOnStorageExceed;
            lang = from.lang;
            tz = from.tz;
            createdAt = from.createdAt;
            deletedAt = from.deletedAt;
            suspendedFor = from.suspendedFor;
            syncedAt = from.syncedAt;
            planVersion = from.planVersion;
            tags = from.tags;
            retainedUntil = from.retainedUntil;
            schemaVersion = from.schemaVersion;
            maintenanceWindow = from.maintenanceWindow;
            attributes = from.attributes;
            previewOf = from.previewOf;
            entitlements = from.entitlements;
        }

        /** Sets {@link Tenant#id}. Default: 0. */
        public Builder id(TenantId value) {
            id = value;
            return this;
        }

        /** Sets {@link Tenant#uuid}. */
        public Builder uuid(UUID value) {
            uuid = value;
            return this;
        }

        /** Sets {@link Tenant#name}. */
        public Builder name(String value) {
            name = value;
            return this;
        }

        /** Sets {@link Tenant#state}. Default: {@code DRAFT}. */
        public Builder state(TenantState value) {
            state = value;
            return this;
        }

        /** Sets {@link Tenant#planId}. Default: null. */
        public Builder planId(@Nullable PlanId value) {
            planId = value;
            return this;
        }

        /** Sets {@link Tenant#customerId}. Default: null. */
        public Builder customerId(@Nullable CustomerId value) {
            customerId = value;
            return this;
        }

        /** Sets {@link Tenant#ownerId}. Default: null. */
        public Builder ownerId(@Nullable UserId value) {
            ownerId = value;
            return this;
        }

        /** Sets {@link Tenant#serverId}. */
        public Builder serverId(ServerId value) {
            serverId = value;
            return this;
        }

        /** Sets {@link Tenant#trial}. Default: false. */
        public Builder trial(boolean value) {
            trial = value;
            return this;
        }

        /** Sets {@link Tenant#expiresAt}. Default: null. */
        public Builder expiresAt(@Nullable Instant value) {
            expiresAt = value;
            return this;
        }

        /** Sets {@link Tenant#maxUsers}. Default: 0. */
        public Builder maxUsers(int value) {
            maxUsers = value;
            return this;
        }

        /** Sets {@link Tenant#usersCount}. Default: 0. */
        public Builder usersCount(int value) {
            usersCount = value;
            return this;
        }

        /** Sets {@link Tenant#storageLimitMb}. Default: 0. */
        public Builder storageLimitMb(int value) {
            storageLimitMb = value;
            return this;
        }

        /** Sets {@link Tenant#databaseSizeBytes}. Default: 0. */
        public Builder databaseSizeBytes(long value) {
            databaseSizeBytes = value;
            return this;
        }

        /** Sets {@link Tenant#fileSizeBytes}. Default: 0. */
        public Builder fileSizeBytes(long value) {
            fileSizeBytes = value;
            return this;
        }

        /** Sets {@link Tenant#blockOnExpiration}. Default: false. */
        public Builder blockOnExpiration(boolean value) {
            blockOnExpiration = value;
            return this;
        }

        /** Sets {@link Tenant#blockOnStorageExceed}. Default: false. */
        public Builder blockOnStorageExceed(boolean value) {
            blockOnStorageExceed = value;
            return this;
        }

        /** Sets {@link Tenant#lang}. Default: {@code en_US}. */
        public Builder lang(String value) {
            lang = value;
            return this;
        }

        /** Sets {@link Tenant#tz}. Default: {@code UTC}. */
        public Builder tz(String value) {
            tz = value;
            return this;
        }

        /** Sets {@link Tenant#createdAt}. Default: {@code 1970-01-01T00:00:00Z}. */
        public Builder createdAt(Instant value) {
            createdAt = value;
            return this;
        }

        /** Sets {@link Tenant#deletedAt}. Default: null. */
        public Builder deletedAt(@Nullable Instant value) {
            deletedAt = value;
            return this;
        }

        /** Sets {@link Tenant#suspendedFor}. Default: none. */
        public Builder suspendedFor(List<String> value) {
            suspendedFor = value;
            return this;
        }

        /** Sets {@link Tenant#syncedAt}. Default: null. */
        public Builder syncedAt(@Nullable Instant value) {
            syncedAt = value;
            return this;
        }

        /** Sets {@link Tenant#planVersion}. Default: 0. */
        public Builder planVersion(int value) {
            planVersion = value;
            return this;
        }

        /** Sets {@link Tenant#tags}. Default: none. */
        public Builder tags(List<String> value) {
            tags = value;
            return this;
        }

        /** Sets {@link Tenant#retainedUntil}. Default: null. */
        public Builder retainedUntil(@Nullable Instant value) {
            retainedUntil = value;
            return this;
        }

        /** Sets {@link Tenant#schemaVersion}. Default: null. */
        public Builder schemaVersion(@Nullable String value) {
            schemaVersion = value;
            return this;
        }

        /** Sets {@link Tenant#maintenanceWindow}. Default: null. */
        public Builder maintenanceWindow(@Nullable MaintenanceWindow value) {
            maintenanceWindow = value;
            return this;
        }

        /**
         * Sets {@link Tenant#attributes}. Default: none.
         */
        public Builder attributes(Map<String, String> value) {
            attributes = value;
            return this;
        }

        /**
         * Sets one of the {@link Tenant#attributes} and keeps the others. Default: none.
         *
         * @param value null: removes the attribute
         */
        public Builder attribute(String key, @Nullable String value) {
            attributes = AttributeMap.with(attributes, key, value);
            return this;
        }

        /** Sets {@link Tenant#previewOf}. Default: null. */
        public Builder previewOf(@Nullable TenantId value) {
            previewOf = value;
            return this;
        }

        /** Sets {@link Tenant#entitlements}. Default: none. */
        public Builder entitlements(Map<String, Entitlement> value) {
            entitlements = value;
            return this;
        }

        /** Creates the record. It checks no value: {@link Tenants#update} refuses wrong ones. */
        public Tenant build() {
            return new Tenant(
                    id,
                    uuid,
                    name,
                    state,
                    planId,
                    customerId,
                    ownerId,
                    serverId,
                    trial,
                    expiresAt,
                    maxUsers,
                    usersCount,
                    storageLimitMb,
                    databaseSizeBytes,
                    fileSizeBytes,
                    blockOnExpiration,
                    blockOnStorageExceed,
                    lang,
                    tz,
                    createdAt,
                    deletedAt,
                    suspendedFor,
                    syncedAt,
                    planVersion,
                    tags,
                    retainedUntil,
                    schemaVersion,
                    maintenanceWindow,
                    attributes,
                    previewOf,
                    entitlements,
                    false);
        }
    }
}
