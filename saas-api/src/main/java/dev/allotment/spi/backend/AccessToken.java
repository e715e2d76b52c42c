// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.RecordField;
import dev.allotment.TenantId;
import dev.allotment.access.MemberId;
import java.time.Instant;

/**
 * The row of a sign-in link.
 *
 * @param id 0 before it is stored
 * @param hash SHA-256 of the secret in hexadecimal, unique
 * @param tenantId the tenant
 * @param memberId the member that it signs in
 * @param expiresAt when it expires
 */
public record AccessToken(long id, String hash, TenantId tenantId, MemberId memberId, Instant expiresAt) {
    /** The field {@code id}, for filters and sort keys. */
    public static final RecordField<AccessToken, Long> ID = RecordField.of("id");

    /** The field {@code hash}, for filters and sort keys. */
    public static final RecordField<AccessToken, String> HASH = RecordField.of("hash");

    /** The field {@code tenantId}, for filters and sort keys. */
    public static final RecordField<AccessToken, TenantId> TENANT_ID = RecordField.of("tenantId");

    /** The field {@code memberId}, for filters and sort keys. */
    public static final RecordField<AccessToken, MemberId> MEMBER_ID = RecordField.of("memberId");

    /** The field {@code expiresAt}, for filters and sort keys. */
    public static final RecordField<AccessToken, Instant> EXPIRES_AT = RecordField.of("expiresAt");
}
