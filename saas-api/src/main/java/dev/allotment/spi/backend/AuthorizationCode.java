// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.MemberId;
import dev.allotment.TenantId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Leads to an access token, once.
 *
 * @param hash SHA-256 of the secret in hexadecimal, unique
 */
public record AuthorizationCode(
        long id,
        String hash,
        TenantId tenantId,
        MemberId memberId,
        String redirectUri,
        @Nullable String codeChallenge,
        Instant expiresAt) {}
