// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.Internal;
import dev.allotment.RecordField;
import dev.allotment.access.ApiKeyId;
import dev.allotment.access.ApiKeyScope;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The row of an API key of an account (in the catalog) or of a member (in a tenant database).
 *
 * @param id 0 before it is stored
 * @param prefix the first eight digits of the secret, to find the row; not unique
 * @param hash SHA-256 of the secret in hexadecimal, unique
 * @param database where it counts: the UUID of the tenant; empty: the main database. A row in a copy of a database
 *     does not count. After a swap, the UUID, a slash and the login of its user mean that it waits until the tenant has
 *     a database of which that user is a member.
 * @param userId the id of the account or member
 * @param name what its user calls it
 * @param scope what a caller with it may do
 * @param createdAt when it was created
 * @param expiresAt when it expires; null: never; for a revoked key, when it was revoked
 * @param lastUsedAt when it was last used; null: never
 */
public record StoredApiKey(
        ApiKeyId id,
        String prefix,
        String hash,
        String database,
        long userId,
        String name,
        ApiKeyScope scope,
        Instant createdAt,
        @Nullable Instant expiresAt,
        @Nullable Instant lastUsedAt) {
    /** The field {@code id}, for filters and sort keys. */
    public static final RecordField<StoredApiKey, ApiKeyId> ID = RecordField.of("id");

    /** The field {@code prefix}, for filters and sort keys. */
    public static final RecordField<StoredApiKey, String> PREFIX = RecordField.of("prefix");

    /** The field {@code hash}, for filters and sort keys. */
    public static final RecordField<StoredApiKey, String> HASH = RecordField.of("hash");

    /** The field {@code database}, for filters and sort keys. */
    public static final RecordField<StoredApiKey, String> DATABASE = RecordField.of("database");

    /** The field {@code userId}, for filters and sort keys. */
    public static final RecordField<StoredApiKey, Long> USER_ID = RecordField.of("userId");

    /** The field {@code name}, for filters and sort keys. */
    public static final RecordField<StoredApiKey, String> NAME = RecordField.of("name");

    /** The field {@code scope}, for filters and sort keys. */
    public static final RecordField<StoredApiKey, ApiKeyScope> SCOPE = RecordField.of("scope");

    /** The field {@code createdAt}, for filters and sort keys. */
    public static final RecordField<StoredApiKey, Instant> CREATED_AT = RecordField.of("createdAt");

    /** The field {@code expiresAt}, for filters and sort keys. */
    public static final RecordField<StoredApiKey, Instant> EXPIRES_AT = RecordField.of("expiresAt");

    /** The field {@code lastUsedAt}, for filters and sort keys. */
    public static final RecordField<StoredApiKey, Instant> LAST_USED_AT = RecordField.of("lastUsedAt");

    /** The scope of a revoked key, which allows nothing. */
    public static final ApiKeyScope REVOKED = new ApiKeyScope("revoked");

    /** Creates a record from all its components. Only the core and {@link RecordType} do. */
    @Internal
    public StoredApiKey {}

    /** Returns the row with another id. */
    public StoredApiKey withId(ApiKeyId value) {
        return new StoredApiKey(value, prefix, hash, database, userId, name, scope, createdAt, expiresAt, lastUsedAt);
    }

    /** Returns the row for another database. */
    public StoredApiKey withDatabase(String value) {
        return new StoredApiKey(id, prefix, hash, value, userId, name, scope, createdAt, expiresAt, lastUsedAt);
    }

    /** Returns the row with another expiry. */
    public StoredApiKey withExpiresAt(@Nullable Instant value) {
        return new StoredApiKey(id, prefix, hash, database, userId, name, scope, createdAt, value, lastUsedAt);
    }

    /** Returns the row as a revoked one. It has no scope, so it never counts again, even if the clock is set back. */
    public StoredApiKey revoked(Instant now) {
        return new StoredApiKey(id, prefix, hash, database, userId, name, REVOKED, createdAt, now, lastUsedAt);
    }

    /** Returns the row with another last use. */
    public StoredApiKey withLastUsedAt(Instant value) {
        return new StoredApiKey(id, prefix, hash, database, userId, name, scope, createdAt, expiresAt, value);
    }
}
