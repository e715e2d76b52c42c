// SPDX-License-Identifier: Apache-2.0
package dev.allotment.access;

import dev.allotment.Internal;
import dev.allotment.RecordField;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An API key without its secret. Programs use a key instead of a password. It has the rights of its user, within a
 * scope.
 *
 * <p>Immutable. The {@link RecordField} constants name the fields for filters and sort keys.
 *
 * @param id the number
 * @param name what its user calls it
 * @param scope what a caller with it may do
 * @param userId the id of the account or, in a tenant database, of the member
 * @param createdAt when it was created
 * @param expiresAt when it expires; null: never
 * @param lastUsedAt when it was last used, to the minute; null: never
 */
public record ApiKey(
        ApiKeyId id,
        String name,
        ApiKeyScope scope,
        long userId,
        Instant createdAt,
        @Nullable Instant expiresAt,
        @Nullable Instant lastUsedAt) {
    public static final RecordField<ApiKey, ApiKeyId> ID = RecordField.of("id");
    public static final RecordField<ApiKey, String> NAME = RecordField.of("name");
    public static final RecordField<ApiKey, ApiKeyScope> SCOPE = RecordField.of("scope");
    public static final RecordField<ApiKey, Long> USER_ID = RecordField.of("userId");
    public static final RecordField<ApiKey, Instant> CREATED_AT = RecordField.of("createdAt");
    public static final RecordField<ApiKey, Instant> EXPIRES_AT = RecordField.of("expiresAt");
    public static final RecordField<ApiKey, Instant> LAST_USED_AT = RecordField.of("lastUsedAt");

    /** Creates a record from all its components. Only the control plane creates one. */
    @Internal
    public ApiKey {}
}
