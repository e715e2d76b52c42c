// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.MemberId;
import dev.allotment.TenantId;
import java.time.Instant;

/**
 * A way into a client database, good once.
 *
 * @param hash SHA-256 of the secret in hexadecimal, unique
 */
public record AccessToken(long id, String hash, TenantId tenantId, MemberId memberId, Instant expiresAt) {}
