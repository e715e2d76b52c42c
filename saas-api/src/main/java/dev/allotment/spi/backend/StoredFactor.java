// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.Internal;
import dev.allotment.RecordField;
import dev.allotment.UserId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The row of the second factor of an account.
 *
 * @param id 0 before it is stored
 * @param userId the account, unique
 * @param sealed the encrypted secret
 * @param lastStep the time step of the last code that was accepted; codes of it and of earlier ones are refused
 * @param recoveryCodes SHA-256 of the recovery codes that are left, in hexadecimal
 * @param confirmedAt when it was set up; null: the user has not confirmed it, so it does not count
 * @param expiresAt when it expires unless it is confirmed; null: it is confirmed
 */
public record StoredFactor(
        long id,
        UserId userId,
        String sealed,
        long lastStep,
        List<String> recoveryCodes,
        @Nullable Instant confirmedAt,
        @Nullable Instant expiresAt) {
    /** The field {@code id}, for filters and sort keys. */
    public static final RecordField<StoredFactor, Long> ID = RecordField.of("id");

    /** The field {@code userId}, for filters and sort keys. */
    public static final RecordField<StoredFactor, UserId> USER_ID = RecordField.of("userId");

    /** The field {@code sealed}, for filters and sort keys. */
    public static final RecordField<StoredFactor, String> SEALED = RecordField.of("sealed");

    /** The field {@code lastStep}, for filters and sort keys. */
    public static final RecordField<StoredFactor, Long> LAST_STEP = RecordField.of("lastStep");

    /** The field {@code confirmedAt}, for filters and sort keys. */
    public static final RecordField<StoredFactor, Instant> CONFIRMED_AT = RecordField.of("confirmedAt");

    /** The field {@code expiresAt}, for filters and sort keys. */
    public static final RecordField<StoredFactor, Instant> EXPIRES_AT = RecordField.of("expiresAt");

    /** Creates a record from all its components. Only the core and {@link RecordType} do. */
    @Internal
    public StoredFactor {
        recoveryCodes = List.copyOf(recoveryCodes);
    }

    /** Returns the same factor after a code of a time step was accepted. */
    public StoredFactor withLastStep(long step) {
        return new StoredFactor(id, userId, sealed, step, recoveryCodes, confirmedAt, expiresAt);
    }

    /** Returns the same factor with other recovery codes. */
    public StoredFactor withRecoveryCodes(List<String> hashes) {
        return new StoredFactor(id, userId, sealed, lastStep, hashes, confirmedAt, expiresAt);
    }
}
