// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.RecordField;
import dev.allotment.UserId;
import java.time.Instant;

/**
 * Lets whoever got the secret set a new password, once.
 *
 * @param hash SHA-256 of the secret in hexadecimal, unique
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
