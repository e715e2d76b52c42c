// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.RecordField;
import dev.allotment.UserId;
import java.time.Instant;

/**
 * The row of a secret that sets a new password once.
 *
 * @param id 0 before it is stored
 * @param hash SHA-256 of the secret in hexadecimal, unique
 * @param userId the account
 * @param expiresAt when it expires
 */
public record PasswordReset(long id, String hash, UserId userId, Instant expiresAt) {
    /** The field {@code id}, for filters and sort keys. */
    public static final RecordField<PasswordReset, Long> ID = RecordField.of("id");

    /** The field {@code hash}, for filters and sort keys. */
    public static final RecordField<PasswordReset, String> HASH = RecordField.of("hash");

    /** The field {@code userId}, for filters and sort keys. */
    public static final RecordField<PasswordReset, UserId> USER_ID = RecordField.of("userId");

    /** The field {@code expiresAt}, for filters and sort keys. */
    public static final RecordField<PasswordReset, Instant> EXPIRES_AT = RecordField.of("expiresAt");
}
