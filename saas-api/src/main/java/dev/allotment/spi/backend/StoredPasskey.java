// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.Internal;
import dev.allotment.RecordField;
import dev.allotment.UserId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The row of a passkey of an account.
 *
 * @param id 0 before it is stored
 * @param userId the account
 * @param credential the id that its authenticator chose, in base64url, unique
 * @param publicKey a COSE key in base64url
 * @param counter of its uses, as last seen; 0 if its authenticator does not count
 * @param name what its user calls it
 * @param transports how browsers reach its authenticator, such as {@code internal} and {@code hybrid}
 * @param backupEligible whether it may be copied to other devices of its user
 * @param backedUp whether it was, as last seen
 * @param createdAt when it was added
 * @param lastUsedAt when its user last signed in with it; null: never
 */
public record StoredPasskey(
        long id,
        UserId userId,
        String credential,
        String publicKey,
        long counter,
        String name,
        List<String> transports,
        boolean backupEligible,
        boolean backedUp,
        Instant createdAt,
        @Nullable Instant lastUsedAt) {
    /** The field {@code id}, for filters and sort keys. */
    public static final RecordField<StoredPasskey, Long> ID = RecordField.of("id");

    /** The field {@code userId}, for filters and sort keys. */
    public static final RecordField<StoredPasskey, UserId> USER_ID = RecordField.of("userId");

    /** The field {@code credential}, for filters and sort keys. */
    public static final RecordField<StoredPasskey, String> CREDENTIAL = RecordField.of("credential");

    /** The field {@code publicKey}, for filters and sort keys. */
    public static final RecordField<StoredPasskey, String> PUBLIC_KEY = RecordField.of("publicKey");

    /** The field {@code counter}, for filters and sort keys. */
    public static final RecordField<StoredPasskey, Long> COUNTER = RecordField.of("counter");

    /** The field {@code name}, for filters and sort keys. */
    public static final RecordField<StoredPasskey, String> NAME = RecordField.of("name");

    /** The field {@code backupEligible}, for filters and sort keys. */
    public static final RecordField<StoredPasskey, Boolean> BACKUP_ELIGIBLE = RecordField.of("backupEligible");

    /** The field {@code backedUp}, for filters and sort keys. */
    public static final RecordField<StoredPasskey, Boolean> BACKED_UP = RecordField.of("backedUp");

    /** The field {@code createdAt}, for filters and sort keys. */
    public static final RecordField<StoredPasskey, Instant> CREATED_AT = RecordField.of("createdAt");

    /** The field {@code lastUsedAt}, for filters and sort keys. */
    public static final RecordField<StoredPasskey, Instant> LAST_USED_AT = RecordField.of("lastUsedAt");

    /** Creates a record from all its components. Only the core and {@link RecordType} do. */
    @Internal
    public StoredPasskey {
        transports = List.copyOf(transports);
    }

    /** Returns the same passkey with another name. */
    public StoredPasskey withName(String other) {
        return new StoredPasskey(
                id,
                userId,
                credential,
                publicKey,
                counter,
                other,
                transports,
                backupEligible,
                backedUp,
                createdAt,
                lastUsedAt);
    }

    /** Returns the same passkey after its user has signed in with it. */
    public StoredPasskey usedAt(Instant time, long newCounter, boolean nowBackedUp) {
        return new StoredPasskey(
                id,
                userId,
                credential,
                publicKey,
                newCounter,
                name,
                transports,
                backupEligible,
                nowBackedUp,
                createdAt,
                time);
    }
}
