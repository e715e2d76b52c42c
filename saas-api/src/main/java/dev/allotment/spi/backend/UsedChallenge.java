// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.Internal;
import dev.allotment.RecordField;
import java.time.Instant;

/**
 * The row of a challenge that a passkey has answered, so that it is not accepted again.
 *
 * @param id 0 before it is stored
 * @param hash SHA-256 of the challenge in hexadecimal, unique
 * @param expiresAt when it would not be accepted anyway
 */
public record UsedChallenge(long id, String hash, Instant expiresAt) {
    /** The field {@code id}, for filters and sort keys. */
    public static final RecordField<UsedChallenge, Long> ID = RecordField.of("id");

    /** The field {@code hash}, for filters and sort keys. */
    public static final RecordField<UsedChallenge, String> HASH = RecordField.of("hash");

    /** The field {@code expiresAt}, for filters and sort keys. */
    public static final RecordField<UsedChallenge, Instant> EXPIRES_AT = RecordField.of("expiresAt");

    /** Creates a record from all its components. Only the core and {@link RecordType} do. */
    @Internal
    public UsedChallenge {}
}
