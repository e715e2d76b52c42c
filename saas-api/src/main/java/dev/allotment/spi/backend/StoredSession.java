// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.RecordField;
import java.time.Instant;

/**
 * A session of a signed-in user.
 *
 * @param hash SHA-256 of the secret in hexadecimal, unique
 * @param database the UUID of the tenant, or empty for the main database
 */
public record StoredSession(
        long id, String hash, String database, long userId, Instant createdAt, Instant usedAt, Instant expiresAt) {
    /** The field {@code id}, for filters and sort keys. */
    public static final RecordField<StoredSession, Long> ID = RecordField.of("id");

    /** The field {@code hash}, for filters and sort keys. */
    public static final RecordField<StoredSession, String> HASH = RecordField.of("hash");

    /** The field {@code database}, for filters and sort keys. */
    public static final RecordField<StoredSession, String> DATABASE = RecordField.of("database");

    /** The field {@code userId}, for filters and sort keys. */
    public static final RecordField<StoredSession, Long> USER_ID = RecordField.of("userId");

    /** The field {@code createdAt}, for filters and sort keys. */
    public static final RecordField<StoredSession, Instant> CREATED_AT = RecordField.of("createdAt");

    /** The field {@code usedAt}, for filters and sort keys. */
    public static final RecordField<StoredSession, Instant> USED_AT = RecordField.of("usedAt");

    /** The field {@code expiresAt}, for filters and sort keys. */
    public static final RecordField<StoredSession, Instant> EXPIRES_AT = RecordField.of("expiresAt");
}
