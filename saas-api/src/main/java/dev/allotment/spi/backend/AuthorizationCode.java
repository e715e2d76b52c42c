// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.Internal;
import dev.allotment.RecordField;
import dev.allotment.TenantId;
import dev.allotment.access.MemberId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The row of an authorization code, which is exchanged for a sign-in link.
 *
 * @param id 0 before it is stored
 * @param hash SHA-256 of the secret in hexadecimal, unique
 * @param tenantId the tenant
 * @param memberId the member that it signs in
 * @param redirectUri the URI that the code was requested with
 * @param codeChallenge see {@link dev.allotment.access.AuthorizationRequest#codeChallenge}; null: none
 * @param expiresAt when it expires
 */
public record AuthorizationCode(
        long id,
        String hash,
        TenantId tenantId,
        MemberId memberId,
        String redirectUri,
        @Nullable String codeChallenge,
        Instant expiresAt) {
    /** The field {@code id}, for filters and sort keys. */
    public static final RecordField<AuthorizationCode, Long> ID = RecordField.of("id");

    /** The field {@code hash}, for filters and sort keys. */
    public static final RecordField<AuthorizationCode, String> HASH = RecordField.of("hash");

    /** The field {@code tenantId}, for filters and sort keys. */
    public static final RecordField<AuthorizationCode, TenantId> TENANT_ID = RecordField.of("tenantId");

    /** The field {@code memberId}, for filters and sort keys. */
    public static final RecordField<AuthorizationCode, MemberId> MEMBER_ID = RecordField.of("memberId");

    /** The field {@code redirectUri}, for filters and sort keys. */
    public static final RecordField<AuthorizationCode, String> REDIRECT_URI = RecordField.of("redirectUri");

    /** The field {@code codeChallenge}, for filters and sort keys. */
    public static final RecordField<AuthorizationCode, String> CODE_CHALLENGE = RecordField.of("codeChallenge");

    /** The field {@code expiresAt}, for filters and sort keys. */
    public static final RecordField<AuthorizationCode, Instant> EXPIRES_AT = RecordField.of("expiresAt");

    /** Creates a record from all its components. Only the core and {@link RecordType} do. */
    @Internal
    public AuthorizationCode {}
}
