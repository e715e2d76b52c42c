// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.BackupSchedule;
import dev.allotment.CustomerId;
import dev.allotment.DatabaseLoad;
import dev.allotment.DuplicateTenant;
import dev.allotment.Entitlement;
import dev.allotment.Filter;
import dev.allotment.Internal;
import dev.allotment.MaintenanceWindow;
import dev.allotment.Plan;
import dev.allotment.PlanId;
import dev.allotment.PlanVersion;
import dev.allotment.RecordField;
import dev.allotment.ServerId;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.UserId;
import dev.allotment.hook.TenantSchema;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The row of a tenant: the values of {@link Tenant}, and what only the engine needs.
 *
 * <p>Immutable.
 *
 * @param id 0 before the tenant is stored
 * @param uuid the identity, which never changes
 * @param name the present name of its database; a deleted tenant keeps its last name, which another may have by now
 * @param state where the tenant is in its life cycle
 * @param planId its plan; null: outside any plan
 * @param customerId its customer; null: outside any plan
 * @param ownerId the account that it was created for; null: outside any plan
 * @param serverId the database server that stores it
 * @param trial whether it counts as a trial
 * @param expiresAt when it expires; null: never
 * @param maxUsers regular users; 0: no limit
 * @param usersCount regular users at the last sync; before that, the users that are known
 * @param storageLimitMb megabytes of database and files; 0: no limit
 * @param databaseSizeBytes bytes at the last sync; before that 0, or the size of the database that it was copied from
 * @param fileSizeBytes bytes of files at the last sync, as the tenant's application reported them
 * @param blockOnExpiration whether it is suspended after it expired and its grace period passed
 * @param blockOnStorageExceed whether it is suspended while it exceeds its storage limit
 * @param lang the language, such as {@code en_US}
 * @param tz an IANA time zone, such as {@code UTC}
 * @param createdAt when the record was created; set by the control plane
 * @param deletedAt when it was deleted; null: not deleted
 * @param suspendedFor why it is suspended: {@code manual}, {@code expired}, {@code storage}, {@code unpaid};
 *     empty if it is not
 * @param notifiedFor the expiry that the owner was notified of in advance; null: none
 * @param nextCheckAt when the maintenance must check it next; null: never
 * @param syncedAt when users and sizes were last read; null: not yet
 * @param planVersion the {@link PlanVersion} that it was bought with, until it is moved; 0: outside any plan
 * @param tags words for selecting tenants, see {@link Filter#tagged}; initially those of its plan
 * @param retainedUntil when the database of a soft-deleted tenant is removed; null: not soft-deleted
 * @param nextSyncAt when the maintenance reads users and sizes next; null: never
 * @param schemaVersion the version of the embedder's tenant schema in its database, see {@link
 *     TenantSchema#version}; null: none, or unknown
 * @param addonVersions the installed add-ons with their versions, such as {@code crm 1.2,mail 3}, by name; null: not
 *     known yet
 * @param maintenanceWindow when campaigns may change it, in its time zone; null: when its plan says
 * @param attributes texts of the embedder by key, such as a customer id of its payment provider, see {@link
 *     Filter#attribute}; a copy of the tenant gets only those that require labels of the server
 * @param nextBackupAt when the maintenance backs it up next, if its plan has a {@link BackupSchedule}
 * @param previewOf the tenant that it is a preview copy of, see {@link DuplicateTenant#preview}; it is deleted for good
 *     when it expires, and when that tenant was deleted for good; null: it is no preview copy
 * @param backupSizeBytes bytes of its backups in the store when the last one was made or deleted
 * @param activeMillis how long the sessions in its database had been active when its load was last read, see {@link
 *     DatabaseLoad#activeTime}; null: not read yet, or not since a swap
 * @param activeReadAt when that was read, or the time of the swap; null: not yet
 * @param dailyActiveMillis for how many milliseconds its sessions are active in a day, as the readings of the last days
 *     say; null: not known yet
 * @param replacements how often its database was replaced by another one, or was about to be: by a swap or a restore in
 *     place. The numbers of members mean other people then, so what is remembered about them is bound to it. It
 *     changes while no one can find the database.
 * @param storageExceeded whether it exceeds its storage limit as of the last sync; computed from the other values
 * @param entitlements those of its version of its plan, by name; empty outside any plan
 */
public record StoredTenant(
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
        @Nullable Instant notifiedFor,
        @Nullable Instant nextCheckAt,
        @Nullable Instant syncedAt,
        int planVersion,
        List<String> tags,
        @Nullable Instant retainedUntil,
        @Nullable Instant nextSyncAt,
        @Nullable String schemaVersion,
        @Nullable String addonVersions,
        @Nullable MaintenanceWindow maintenanceWindow,
        Map<String, String> attributes,
        Instant nextBackupAt,
        @Nullable TenantId previewOf,
        long backupSizeBytes,
        @Nullable Long activeMillis,
        @Nullable Instant activeReadAt,
        @Nullable Long dailyActiveMillis,
        long replacements,
        boolean storageExceeded,
        Map<String, Entitlement> entitlements) {
    /** The field {@code id}, for filters and sort keys. */
    public static final RecordField<StoredTenant, TenantId> ID = RecordField.of("id");

    /** The field {@code uuid}, for filters and sort keys. */
    public static final RecordField<StoredTenant, UUID> UUID = RecordField.of("uuid");

    /** The field {@code name}, for filters and sort keys. */
    public static final RecordField<StoredTenant, String> NAME = RecordField.of("name");

    /** The field {@code state}, for filters and sort keys. */
    public static final RecordField<StoredTenant, TenantState> STATE = RecordField.of("state");

    /** The field {@code planId}, for filters and sort keys. */
    public static final RecordField<StoredTenant, PlanId> PLAN_ID = RecordField.of("planId");

    /** The field {@code customerId}, for filters and sort keys. */
    public static final RecordField<StoredTenant, CustomerId> CUSTOMER_ID = RecordField.of("customerId");

    /** The field {@code ownerId}, for filters and sort keys. */
    public static final RecordField<StoredTenant, UserId> OWNER_ID = RecordField.of("ownerId");

    /** The field {@code serverId}, for filters and sort keys. */
    public static final RecordField<StoredTenant, ServerId> SERVER_ID = RecordField.of("serverId");

    /** The field {@code trial}, for filters and sort keys. */
    public static final RecordField<StoredTenant, Boolean> TRIAL = RecordField.of("trial");

    /** The field {@code expiresAt}, for filters and sort keys. */
    public static final RecordField<StoredTenant, Instant> EXPIRES_AT = RecordField.of("expiresAt");

    /** The field {@code maxUsers}, for filters and sort keys. */
    public static final RecordField<StoredTenant, Integer> MAX_USERS = RecordField.of("maxUsers");

    /** The field {@code usersCount}, for filters and sort keys. */
    public static final RecordField<StoredTenant, Integer> USERS_COUNT = RecordField.of("usersCount");

    /** The field {@code storageLimitMb}, for filters and sort keys. */
    public static final RecordField<StoredTenant, Integer> STORAGE_LIMIT_MB = RecordField.of("storageLimitMb");

    /** The field {@code databaseSizeBytes}, for filters and sort keys. */
    public static final RecordField<StoredTenant, Long> DATABASE_SIZE_BYTES = RecordField.of("databaseSizeBytes");

    /** The field {@code fileSizeBytes}, for filters and sort keys. */
    public static final RecordField<StoredTenant, Long> FILE_SIZE_BYTES = RecordField.of("fileSizeBytes");

    /** The field {@code blockOnExpiration}, for filters and sort keys. */
    public static final RecordField<StoredTenant, Boolean> BLOCK_ON_EXPIRATION = RecordField.of("blockOnExpiration");

    /** The field {@code blockOnStorageExceed}, for filters and sort keys. */
    public static final RecordField<StoredTenant, Boolean> BLOCK_ON_STORAGE_EXCEED =
            RecordField.of("blockOnStorageExceed");

    /** The field {@code lang}, for filters and sort keys. */
    public static final RecordField<StoredTenant, String> LANG = RecordField.of("lang");

    /** The field {@code tz}, for filters and sort keys. */
    public static final RecordField<StoredTenant, String> TZ = RecordField.of("tz");

    /** The field {@code createdAt}, for filters and sort keys. */
    public static final RecordField<StoredTenant, Instant> CREATED_AT = RecordField.of("createdAt");

    /** The field {@code deletedAt}, for filters and sort keys. */
    public static final RecordField<StoredTenant, Instant> DELETED_AT = RecordField.of("deletedAt");

    /** The field {@code notifiedFor}, for filters and sort keys. */
    public static final RecordField<StoredTenant, Instant> NOTIFIED_FOR = RecordField.of("notifiedFor");

    /** The field {@code nextCheckAt}, for filters and sort keys. */
    public static final RecordField<StoredTenant, Instant> NEXT_CHECK_AT = RecordField.of("nextCheckAt");

    /** The field {@code syncedAt}, for filters and sort keys. */
    public static final RecordField<StoredTenant, Instant> SYNCED_AT = RecordField.of("syncedAt");

    /** The field {@code planVersion}, for filters and sort keys. */
    public static final RecordField<StoredTenant, Integer> PLAN_VERSION = RecordField.of("planVersion");

    /** The field {@code retainedUntil}, for filters and sort keys. */
    public static final RecordField<StoredTenant, Instant> RETAINED_UNTIL = RecordField.of("retainedUntil");

    /** The field {@code nextSyncAt}, for filters and sort keys. */
    public static final RecordField<StoredTenant, Instant> NEXT_SYNC_AT = RecordField.of("nextSyncAt");

    /** The field {@code schemaVersion}, for filters and sort keys. */
    public static final RecordField<StoredTenant, String> SCHEMA_VERSION = RecordField.of("schemaVersion");

    /** The field {@code nextBackupAt}, for filters and sort keys. */
    public static final RecordField<StoredTenant, Instant> NEXT_BACKUP_AT = RecordField.of("nextBackupAt");

    /** The field {@code addonVersions}, for filters and sort keys. */
    public static final RecordField<StoredTenant, String> ADDON_VERSIONS = RecordField.of("addonVersions");

    /** The field {@code maintenanceWindow}, for filters and sort keys. */
    public static final RecordField<StoredTenant, MaintenanceWindow> MAINTENANCE_WINDOW =
            RecordField.of("maintenanceWindow");

    /** The field {@code previewOf}, for filters and sort keys. */
    public static final RecordField<StoredTenant, TenantId> PREVIEW_OF = RecordField.of("previewOf");

    /** The field {@code backupSizeBytes}, for filters and sort keys. */
    public static final RecordField<StoredTenant, Long> BACKUP_SIZE_BYTES = RecordField.of("backupSizeBytes");

    /** The field {@code activeMillis}, for filters and sort keys. */
    public static final RecordField<StoredTenant, Long> ACTIVE_MILLIS = RecordField.of("activeMillis");

    /** The field {@code activeReadAt}, for filters and sort keys. */
    public static final RecordField<StoredTenant, Instant> ACTIVE_READ_AT = RecordField.of("activeReadAt");

    /** The field {@code dailyActiveMillis}, for filters and sort keys. */
    public static final RecordField<StoredTenant, Long> DAILY_ACTIVE_MILLIS = RecordField.of("dailyActiveMillis");

    /** The field {@code replacements}, for filters and sort keys. */
    public static final RecordField<StoredTenant, Long> REPLACEMENTS = RecordField.of("replacements");

    /** The field {@code storageExceeded}, for filters and sort keys. */
    public static final RecordField<StoredTenant, Boolean> STORAGE_EXCEEDED = RecordField.of("storageExceeded");

    /** Creates a record from all its components. Use {@link #builder} instead. */
    @Internal
    public StoredTenant {
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

    /** Collects the parts of {@link StoredTenant}. Not safe for use by several threads. */
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
        private @Nullable Instant notifiedFor;
        private @Nullable Instant nextCheckAt;
        private @Nullable Instant syncedAt;
        private int planVersion;
        private List<String> tags = List.of();
        private @Nullable Instant retainedUntil;
        private @Nullable Instant nextSyncAt;
        private @Nullable String schemaVersion;
        private Instant nextBackupAt = Instant.EPOCH;
        private @Nullable String addonVersions;
        private @Nullable MaintenanceWindow maintenanceWindow;
        private Map<String, String> attributes = Map.of();
        private @Nullable TenantId previewOf;
        private long backupSizeBytes;
        private @Nullable Long activeMillis;
        private @Nullable Instant activeReadAt;
        private @Nullable Long dailyActiveMillis;
        private long replacements;
        private Map<String, Entitlement> entitlements = Map.of();

        private Builder(UUID uuid, String name, ServerId serverId) {
            this.uuid = uuid;
            this.name = name;
            this.serverId = serverId;
        }

        private Builder(StoredTenant from) {
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
            notifiedFor = from.notifiedFor;
            nextCheckAt = from.nextCheckAt;
            syncedAt = from.syncedAt;
            planVersion = from.planVersion;
            tags = from.tags;
            retainedUntil = from.retainedUntil;
            nextSyncAt = from.nextSyncAt;
            schemaVersion = from.schemaVersion;
            nextBackupAt = from.nextBackupAt;
            addonVersions = from.addonVersions;
            maintenanceWindow = from.maintenanceWindow;
            attributes = from.attributes;
            previewOf = from.previewOf;
            backupSizeBytes = from.backupSizeBytes;
            activeMillis = from.activeMillis;
            activeReadAt = from.activeReadAt;
            dailyActiveMillis = from.dailyActiveMillis;
            replacements = from.replacements;
            entitlements = from.entitlements;
        }

        /** Sets {@link StoredTenant#id}: 0 before the tenant is stored. Default: 0. */
        public Builder id(TenantId value) {
            id = value;
            return this;
        }

        /** Sets {@link StoredTenant#uuid}: the identity, which never changes. */
        public Builder uuid(UUID value) {
            uuid = value;
            return this;
        }

        /**
         * Sets {@link StoredTenant#name}: the present name of its database; a deleted tenant keeps its last name,
         * which another may have by now.
         */
        public Builder name(String value) {
            name = value;
            return this;
        }

        /** Sets {@link StoredTenant#state}: where the tenant is in its life cycle. Default: DRAFT. */
        public Builder state(TenantState value) {
            state = value;
            return this;
        }

        /** Sets {@link StoredTenant#planId}: its plan; null: outside any plan. Default: null. */
        public Builder planId(@Nullable PlanId value) {
            planId = value;
            return this;
        }

        /** Sets {@link StoredTenant#customerId}: its customer; null: outside any plan. Default: null. */
        public Builder customerId(@Nullable CustomerId value) {
            customerId = value;
            return this;
        }

        /**
         * Sets {@link StoredTenant#ownerId}: the account that it was created for; null: outside any plan. Default:
         * null.
         */
        public Builder ownerId(@Nullable UserId value) {
            ownerId = value;
            return this;
        }

        /** Sets {@link StoredTenant#serverId}: the database server that stores it. */
        public Builder serverId(ServerId value) {
            serverId = value;
            return this;
        }

        /** Sets {@link StoredTenant#trial}: whether it counts as a trial. Default: false. */
        public Builder trial(boolean value) {
            trial = value;
            return this;
        }

        /** Sets {@link StoredTenant#expiresAt}: when it expires; null: never. Default: null. */
        public Builder expiresAt(@Nullable Instant value) {
            expiresAt = value;
            return this;
        }

        /** Sets {@link StoredTenant#maxUsers}: regular users; 0: no limit. Default: 0. */
        public Builder maxUsers(int value) {
            maxUsers = value;
            return this;
        }

        /**
         * Sets {@link StoredTenant#usersCount}: regular users at the last sync; before that, the users that are known.
         * Default: 0.
         */
        public Builder usersCount(int value) {
            usersCount = value;
            return this;
        }

        /** Sets {@link StoredTenant#storageLimitMb}: megabytes of database and files; 0: no limit. Default: 0. */
        public Builder storageLimitMb(int value) {
            storageLimitMb = value;
            return this;
        }

        /**
         * Sets {@link StoredTenant#databaseSizeBytes}: bytes at the last sync; before that 0, or the size of the
         * database that it was copied from. Default: 0.
         */
        public Builder databaseSizeBytes(long value) {
            databaseSizeBytes = value;
            return this;
        }

        /**
         * Sets {@link StoredTenant#fileSizeBytes}: bytes of files at the last sync, as the tenant's application
         * reported them. Default: 0.
         */
        public Builder fileSizeBytes(long value) {
            fileSizeBytes = value;
            return this;
        }

        /**
         * Sets {@link StoredTenant#blockOnExpiration}: whether it is suspended after it expired and its grace period
         * passed. Default: false.
         */
        public Builder blockOnExpiration(boolean value) {
            blockOnExpiration = value;
            return this;
        }

        /**
         * Sets {@link StoredTenant#blockOnStorageExceed}: whether it is suspended while it exceeds its storage limit.
         * Default: false.
         */
        public Builder blockOnStorageExceed(boolean value) {
            blockOnStorageExceed = value;
            return this;
        }

        /** Sets {@link StoredTenant#lang}: the language, such as {@code en_US}. Default: {@code en_US}. */
        public Builder lang(String value) {
            lang = value;
            return this;
        }

        /** Sets {@link StoredTenant#tz}: an IANA time zone, such as {@code UTC}. Default: UTC. */
        public Builder tz(String value) {
            tz = value;
            return this;
        }

        /**
         * Sets {@link StoredTenant#createdAt}: when the record was created; set by the control plane. Default:
         * 1970-01-01T00:00:00Z.
         */
        public Builder createdAt(Instant value) {
            createdAt = value;
            return this;
        }

        /** Sets {@link StoredTenant#deletedAt}: when it was deleted; null: not deleted. Default: null. */
        public Builder deletedAt(@Nullable Instant value) {
            deletedAt = value;
            return this;
        }

        /**
         * Sets {@link StoredTenant#suspendedFor}: why it is suspended: {@code manual}, {@code expired}, {@code
         * storage}, {@code unpaid}; empty if it is not. Default: none.
         */
        public Builder suspendedFor(List<String> value) {
            suspendedFor = value;
            return this;
        }

        /**
         * Sets {@link StoredTenant#notifiedFor}: the expiry that the owner was notified of in advance; null: none.
         * Default: null.
         */
        public Builder notifiedFor(@Nullable Instant value) {
            notifiedFor = value;
            return this;
        }

        /**
         * Sets {@link StoredTenant#nextCheckAt}: when the maintenance must check it next; null: never. Default: null.
         */
        public Builder nextCheckAt(@Nullable Instant value) {
            nextCheckAt = value;
            return this;
        }

        /** Sets {@link StoredTenant#syncedAt}: when users and sizes were last read; null: not yet. Default: null. */
        public Builder syncedAt(@Nullable Instant value) {
            syncedAt = value;
            return this;
        }

        /** Sets {@link StoredTenant#planVersion}. Default: 0. */
        public Builder planVersion(int value) {
            planVersion = value;
            return this;
        }

        /** Sets {@link StoredTenant#tags}. Default: none. */
        public Builder tags(List<String> value) {
            tags = value;
            return this;
        }

        /**
         * Sets {@link StoredTenant#retainedUntil}: when the database of a soft-deleted tenant is removed; null: not
         * soft-deleted. Default: null.
         */
        public Builder retainedUntil(@Nullable Instant value) {
            retainedUntil = value;
            return this;
        }

        /**
         * Sets {@link StoredTenant#nextSyncAt}: when the maintenance reads users and sizes next; null: never. Default:
         * null.
         */
        public Builder nextSyncAt(@Nullable Instant value) {
            nextSyncAt = value;
            return this;
        }

        /**
         * Sets {@link StoredTenant#schemaVersion}: the version of the tenant schema; null: none, or unknown.
         * Default: null.
         */
        public Builder schemaVersion(@Nullable String value) {
            schemaVersion = value;
            return this;
        }

        /**
         * Sets {@link StoredTenant#nextBackupAt}: when the maintenance backs it up next. Default:
         * 1970-01-01T00:00:00Z, which is at once.
         */
        public Builder nextBackupAt(Instant value) {
            nextBackupAt = value;
            return this;
        }

        /**
         * Sets {@link StoredTenant#addonVersions}: the installed add-ons with their versions; null: not known yet.
         * Default: null.
         */
        public Builder addonVersions(@Nullable String value) {
            addonVersions = value;
            return this;
        }

        /**
         * Sets {@link StoredTenant#maintenanceWindow}: when campaigns may change it, in its time zone; null: when its
         * plan says. Default: null.
         */
        public Builder maintenanceWindow(@Nullable MaintenanceWindow value) {
            maintenanceWindow = value;
            return this;
        }

        /**
         * Sets {@link StoredTenant#attributes}. Default: none.
         */
        public Builder attributes(Map<String, String> value) {
            attributes = value;
            return this;
        }

        /**
         * Sets {@link StoredTenant#previewOf}: the tenant that it is a preview copy of; null: it is no preview copy.
         * Default: null.
         */
        public Builder previewOf(@Nullable TenantId value) {
            previewOf = value;
            return this;
        }

        /**
         * Sets {@link StoredTenant#backupSizeBytes}: bytes of its backups in the store when the last one was made or
         * deleted. Default: 0.
         */
        public Builder backupSizeBytes(long value) {
            backupSizeBytes = value;
            return this;
        }

        /**
         * Sets {@link StoredTenant#activeMillis}: how long the sessions in its database had been active when its load
         * was last read; null: not read yet, or not since a swap. Default: null.
         */
        public Builder activeMillis(@Nullable Long value) {
            activeMillis = value;
            return this;
        }

        /** Sets {@link StoredTenant#activeReadAt}: when that was read, or the time of the swap. Default: null. */
        public Builder activeReadAt(@Nullable Instant value) {
            activeReadAt = value;
            return this;
        }

        /**
         * Sets {@link StoredTenant#dailyActiveMillis}: for how many milliseconds its sessions are active in a day;
         * null: not known yet. Default: null.
         */
        public Builder dailyActiveMillis(@Nullable Long value) {
            dailyActiveMillis = value;
            return this;
        }

        /** Sets {@link StoredTenant#replacements}: how often its database was replaced by another one. Default: 0. */
        public Builder replacements(long value) {
            replacements = value;
            return this;
        }

        /** Sets {@link StoredTenant#entitlements}: those of its version of its plan. Default: none. */
        public Builder entitlements(Map<String, Entitlement> value) {
            entitlements = value;
            return this;
        }

        /** Creates the record. */
        public StoredTenant build() {
            return new StoredTenant(
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
                    notifiedFor,
                    nextCheckAt,
                    syncedAt,
                    planVersion,
                    tags,
                    retainedUntil,
                    nextSyncAt,
                    schemaVersion,
                    addonVersions,
                    maintenanceWindow,
                    attributes,
                    nextBackupAt,
                    previewOf,
                    backupSizeBytes,
                    activeMillis,
                    activeReadAt,
                    dailyActiveMillis,
                    replacements,
                    false,
                    entitlements);
        }
    }
}
