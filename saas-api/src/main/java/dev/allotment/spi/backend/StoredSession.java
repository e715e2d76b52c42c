// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import java.time.Instant;

/**
 * A session of a signed-in user.
 *
 * @param hash SHA-256 of the secret in hexadecimal, unique
 * @param database the UUID of the tenant, or empty for the main database
 */
public record StoredSession(
        long id, String hash, String database, long userId, Instant createdAt, Instant usedAt, Instant expiresAt) {}
