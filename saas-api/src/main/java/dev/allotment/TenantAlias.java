// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.time.Instant;

/**
 * A host under which a client database is reached besides its own: a domain of its customer, as a rule. It stays when the
 * database is renamed, and goes with it.
 *
 * @param host unique, in lower case, without a port
 * @param verifiedAt when it was proven that the customer may have it
 * @param addedBy the login of whoever added it; {@code host} for the host itself
 */
public record TenantAlias(long id, String host, TenantId tenantId, Instant verifiedAt, String addedBy) {
    /** The field {@code id}, for filters and sort keys. */
    public static final RecordField<TenantAlias, Long> ID = RecordField.of("id");

    /** The field {@code host}, for filters and sort keys. */
    public static final RecordField<TenantAlias, String> HOST = RecordField.of("host");

    /** The field {@code tenantId}, for filters and sort keys. */
    public static final RecordField<TenantAlias, TenantId> TENANT_ID = RecordField.of("tenantId");

    /** The field {@code verifiedAt}, for filters and sort keys. */
    public static final RecordField<TenantAlias, Instant> VERIFIED_AT = RecordField.of("verifiedAt");

    /** The field {@code addedBy}, for filters and sort keys. */
    public static final RecordField<TenantAlias, String> ADDED_BY = RecordField.of("addedBy");
}
