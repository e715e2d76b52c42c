// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.Internal;
import dev.allotment.RecordField;
import java.time.Instant;

/**
 * The row of a session.
 *
 * @param id 0 before it is stored
 * @param hash SHA-256 of the secret in hexadecimal, unique
 * @param database the UUID of the tenant; empty: the main database
 * @param userId the id of the account or member
 * @param createdAt when it was opened
 * @param usedAt when it was last used
 * @param expiresAt when it expires
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

    /** Creates a record from all its components. Only the core and {@link RecordType} do. */
    @Internal
    public StoredSession {}
}
