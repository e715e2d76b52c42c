// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A client database and everything that is known of it outside of it.
 *
 * @param uuid for life; {@code client_id} on the wire
 * @param name the name of its database now; kept in a tombstone, when another may have it
 * @param planId null for a database outside any plan
 * @param customerId null for a database outside any plan
 * @param ownerId the account that it was made for; null for a database outside any plan
 * @param expiresAt null: does not expire
 * @param suspendedFor why it is suspended: {@code manual}, {@code expired}, {@code storage}; suspended while not empty
 * @param notifiedFor the expiry that its owner was told of in advance
 * @param nextCheckAt when the maintenance has to look at it; null: never
 * @param syncedAt when users and sizes were read last; null: never yet, which is soon done
 * @param maxUsers regular users; 0: no limit
 * @param usersCount regular users at the last sync; before the first one, those that are known
 * @param storageLimitMb megabytes of database and files; 0: no limit
 * @param databaseSizeBytes bytes at the last sync; before the first one 0, or the size of what it was copied from
 * @param fileSizeBytes bytes at the last sync
 * @param planVersion the {@link PlanVersion} that it was bought with, until it is moved; 0 for a database outside any plan
 * @param tags as {@link Plan#tags}, which it got when it was made
 * @param retainedUntil when the database of a deleted one is removed; null: it is not deleted, or gone
 * @param nextSyncAt when the maintenance reads users and sizes next; null: never
 * @param storageExceeded whether it holds more than its limit, as of the last sync; follows from the others, whatever is given
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
        @Nullable Instant notifiedFor,
        @Nullable Instant nextCheckAt,
        @Nullable Instant syncedAt,
        int planVersion,
        List<String> tags,
        @Nullable Instant retainedUntil,
        @Nullable Instant nextSyncAt,
        boolean storageExceeded) {
    /** The field {@code id}, for filters and sort keys. */
    public static final RecordField<Tenant, TenantId> ID = RecordField.of("id");

    /** The field {@code uuid}, for filters and sort keys. */
    public static final RecordField<Tenant, UUID> UUID = RecordField.of("uuid");

    /** The field {@code name}, for filters and sort keys. */
    public static final RecordField<Tenant, String> NAME = RecordField.of("name");

    /** The field {@code state}, for filters and sort keys. */
    public static final RecordField<Tenant, TenantState> STATE = RecordField.of("state");

    /** The field {@code planId}, for filters and sort keys. */
    public static final RecordField<Tenant, PlanId> PLAN_ID = RecordField.of("planId");

    /** The field {@code customerId}, for filters and sort keys. */
    public static final RecordField<Tenant, CustomerId> CUSTOMER_ID = RecordField.of("customerId");

    /** The field {@code ownerId}, for filters and sort keys. */
    public static final RecordField<Tenant, UserId> OWNER_ID = RecordField.of("ownerId");

    /** The field {@code serverId}, for filters and sort keys. */
    public static final RecordField<Tenant, ServerId> SERVER_ID = RecordField.of("serverId");

    /** The field {@code trial}, for filters and sort keys. */
    public static final RecordField<Tenant, Boolean> TRIAL = RecordField.of("trial");

    /** The field {@code expiresAt}, for filters and sort keys. */
    public static final RecordField<Tenant, Instant> EXPIRES_AT = RecordField.of("expiresAt");

    /** The field {@code maxUsers}, for filters and sort keys. */
    public static final RecordField<Tenant, Integer> MAX_USERS = RecordField.of("maxUsers");

    /** The field {@code usersCount}, for filters and sort keys. */
    public static final RecordField<Tenant, Integer> USERS_COUNT = RecordField.of("usersCount");

    /** The field {@code storageLimitMb}, for filters and sort keys. */
    public static final RecordField<Tenant, Integer> STORAGE_LIMIT_MB = RecordField.of("storageLimitMb");

    /** The field {@code databaseSizeBytes}, for filters and sort keys. */
    public static final RecordField<Tenant, Long> DATABASE_SIZE_BYTES = RecordField.of("databaseSizeBytes");

    /** The field {@code fileSizeBytes}, for filters and sort keys. */
    public static final RecordField<Tenant, Long> FILE_SIZE_BYTES = RecordField.of("fileSizeBytes");

    /** The field {@code blockOnExpiration}, for filters and sort keys. */
    public static final RecordField<Tenant, Boolean> BLOCK_ON_EXPIRATION = RecordField.of("blockOnExpiration");

    /** The field {@code blockOnStorageExceed}, for filters and sort keys. */
    public static final RecordField<Tenant, Boolean> BLOCK_ON_STORAGE_EXCEED = RecordField.of("blockOnStorageExceed");

    /** The field {@code lang}, for filters and sort keys. */
    public static final RecordField<Tenant, String> LANG = RecordField.of("lang");

    /** The field {@code tz}, for filters and sort keys. */
    public static final RecordField<Tenant, String> TZ = RecordField.of("tz");

    /** The field {@code createdAt}, for filters and sort keys. */
    public static final RecordField<Tenant, Instant> CREATED_AT = RecordField.of("createdAt");

    /** The field {@code deletedAt}, for filters and sort keys. */
    public static final RecordField<Tenant, Instant> DELETED_AT = RecordField.of("deletedAt");

    /** The field {@code notifiedFor}, for filters and sort keys. */
    public static final RecordField<Tenant, Instant> NOTIFIED_FOR = RecordField.of("notifiedFor");

    /** The field {@code nextCheckAt}, for filters and sort keys. */
    public static final RecordField<Tenant, Instant> NEXT_CHECK_AT = RecordField.of("nextCheckAt");

    /** The field {@code syncedAt}, for filters and sort keys. */
    public static final RecordField<Tenant, Instant> SYNCED_AT = RecordField.of("syncedAt");

    /** The field {@code planVersion}, for filters and sort keys. */
    public static final RecordField<Tenant, Integer> PLAN_VERSION = RecordField.of("planVersion");

    /** The field {@code retainedUntil}, for filters and sort keys. */
    public static final RecordField<Tenant, Instant> RETAINED_UNTIL = RecordField.of("retainedUntil");

    /** The field {@code nextSyncAt}, for filters and sort keys. */
    public static final RecordField<Tenant, Instant> NEXT_SYNC_AT = RecordField.of("nextSyncAt");

    /** The field {@code storageExceeded}, for filters and sort keys. */
    public static final RecordField<Tenant, Boolean> STORAGE_EXCEEDED = RecordField.of("storageExceeded");


    public Tenant {
        suspendedFor = List.copyOf(suspendedFor);
        tags = List.copyOf(tags);
        storageExceeded = storageLimitMb > 0 && databaseSizeBytes + fileSizeBytes > storageLimitMb * 1024L * 1024L;
    }

    /** Starts from the defaults named at each part of {@link Tenant}. */
    public static Builder builder(UUID uuid, String name, ServerId serverId) {
        return new Builder(uuid, name, serverId);
    }

    /** A builder that starts from this one. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Whether its time is over at this instant; it may be open all the same, where its plan does not block. */
    public boolean expired(Instant now) {
        return expiresAt != null && !now.isBefore(expiresAt);
    }

    /** Collects the parts; not safe for use by several threads. */
    public static final class Builder {
        private TenantId id = new TenantId(0);
        private UUID uuid;
        private String name;
        private TenantState state = TenantState.DRAFT;
        private @Nullable PlanId planId;
        private @Nullable CustomerId customerId;
        private @Nullable UserId ownerId;
        private ServerId serverId;
        private boolean trial = false;
        private @Nullable Instant expiresAt;
        private int maxUsers = 0;
        private int usersCount = 0;
        private int storageLimitMb = 0;
        private long databaseSizeBytes = 0;
        private long fileSizeBytes = 0;
        private boolean blockOnExpiration = false;
        private boolean blockOnStorageExceed = false;
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
            notifiedFor = from.notifiedFor;
            nextCheckAt = from.nextCheckAt;
            syncedAt = from.syncedAt;
            planVersion = from.planVersion;
            tags = from.tags;
            retainedUntil = from.retainedUntil;
            nextSyncAt = from.nextSyncAt;
        }

        public Builder id(TenantId value) {
            id = value;
            return this;
        }

        public Builder uuid(UUID value) {
            uuid = value;
            return this;
        }

        public Builder name(String value) {
            name = value;
            return this;
        }

        public Builder state(TenantState value) {
            state = value;
            return this;
        }

        public Builder planId(@Nullable PlanId value) {
            planId = value;
            return this;
        }

        public Builder customerId(@Nullable CustomerId value) {
            customerId = value;
            return this;
        }

        public Builder ownerId(@Nullable UserId value) {
            ownerId = value;
            return this;
        }

        public Builder serverId(ServerId value) {
            serverId = value;
            return this;
        }

        public Builder trial(boolean value) {
            trial = value;
            return this;
        }

        public Builder expiresAt(@Nullable Instant value) {
            expiresAt = value;
            return this;
        }

        public Builder maxUsers(int value) {
            maxUsers = value;
            return this;
        }

        public Builder usersCount(int value) {
            usersCount = value;
            return this;
        }

        public Builder storageLimitMb(int value) {
            storageLimitMb = value;
            return this;
        }

        public Builder databaseSizeBytes(long value) {
            databaseSizeBytes = value;
            return this;
        }

        public Builder fileSizeBytes(long value) {
            fileSizeBytes = value;
            return this;
        }

        public Builder blockOnExpiration(boolean value) {
            blockOnExpiration = value;
            return this;
        }

        public Builder blockOnStorageExceed(boolean value) {
            blockOnStorageExceed = value;
            return this;
        }

        public Builder lang(String value) {
            lang = value;
            return this;
        }

        public Builder tz(String value) {
            tz = value;
            return this;
        }

        public Builder createdAt(Instant value) {
            createdAt = value;
            return this;
        }

        public Builder deletedAt(@Nullable Instant value) {
            deletedAt = value;
            return this;
        }

        public Builder suspendedFor(List<String> value) {
            suspendedFor = value;
            return this;
        }

        public Builder notifiedFor(@Nullable Instant value) {
            notifiedFor = value;
            return this;
        }

        public Builder nextCheckAt(@Nullable Instant value) {
            nextCheckAt = value;
            return this;
        }

        public Builder syncedAt(@Nullable Instant value) {
            syncedAt = value;
            return this;
        }

        public Builder planVersion(int value) {
            planVersion = value;
            return this;
        }

        public Builder tags(List<String> value) {
            tags = value;
            return this;
        }

        public Builder retainedUntil(@Nullable Instant value) {
            retainedUntil = value;
            return this;
        }

        public Builder nextSyncAt(@Nullable Instant value) {
            nextSyncAt = value;
            return this;
        }

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
                    notifiedFor,
                    nextCheckAt,
                    syncedAt,
                    planVersion,
                    tags,
                    retainedUntil,
                    nextSyncAt,
                    false);
        }
    }
}
