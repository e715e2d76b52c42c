// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.CustomerId;
import dev.allotment.Internal;
import dev.allotment.RecordField;
import dev.allotment.identity.IdentityProviderId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

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
 * @param clientAddress from where a session at the main database was opened; null: not known
 * @param browser in which a user signed in at the main database, in a few words; null: the session was opened otherwise
 * @param provenAt when its user proved last who it is; null: never
 * @param customerId the customer that a session at the main database acts for; null: that of the account
 * @param providerId the identity provider of that customer, if it has opened the session, which is limited to the
 *     customer then; null: the session was opened otherwise
 */
public record StoredSession(
        long id,
        String hash,
        String database,
        long userId,
        Instant createdAt,
        Instant usedAt,
        Instant expiresAt,
        @Nullable String clientAddress,
        @Nullable String browser,
        @Nullable Instant provenAt,
        @Nullable CustomerId customerId,
        @Nullable IdentityProviderId providerId) {
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

    /** The field {@code clientAddress}, for filters and sort keys. */
    public static final RecordField<StoredSession, String> CLIENT_ADDRESS = RecordField.of("clientAddress");

    /** The field {@code browser}, for filters and sort keys. */
    public static final RecordField<StoredSession, String> BROWSER = RecordField.of("browser");

    /** The field {@code provenAt}, for filters and sort keys. */
    public static final RecordField<StoredSession, Instant> PROVEN_AT = RecordField.of("provenAt");

    /** The field {@code customerId}, for filters and sort keys. */
    public static final RecordField<StoredSession, CustomerId> CUSTOMER_ID = RecordField.of("customerId");

    /** The field {@code providerId}, for filters and sort keys. */
    public static final RecordField<StoredSession, IdentityProviderId> PROVIDER_ID = RecordField.of("providerId");

    /** Creates a record from all its components. Only the core and {@link RecordType} do. */
    @Internal
    public StoredSession {}

    /** Returns the same session after it was used. */
    public StoredSession withUsedAt(Instant now) {
        return new StoredSession(
                id,
                hash,
                database,
                userId,
                createdAt,
                now,
                expiresAt,
                clientAddress,
                browser,
                provenAt,
                customerId,
                providerId);
    }

    /** Returns the same session after its user has proven who it is. */
    public StoredSession withProvenAt(Instant now) {
        return new StoredSession(
                id,
                hash,
                database,
                userId,
                createdAt,
                usedAt,
                expiresAt,
                clientAddress,
                browser,
                now,
                customerId,
                providerId);
    }

    /** Returns the same session for another customer. */
    public StoredSession withCustomerId(CustomerId customer) {
        return new StoredSession(
                id,
                hash,
                database,
                userId,
                createdAt,
                usedAt,
                expiresAt,
                clientAddress,
                browser,
                provenAt,
                customer,
                providerId);
    }
}
