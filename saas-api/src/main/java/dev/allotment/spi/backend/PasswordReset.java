// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.UserId;
import java.time.Instant;

/**
 * Lets whoever got the secret set a new password, once.
 *
 * @param hash SHA-256 of the secret in hexadecimal, unique
 */
public record PasswordReset(long id, String hash, UserId userId, Instant expiresAt) {}
