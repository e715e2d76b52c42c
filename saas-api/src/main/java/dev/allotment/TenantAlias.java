// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.time.Instant;

/**
 * An additional host of a tenant, such as a domain of the customer. It stays if the tenant is renamed, and is removed
 * with the tenant.
 *
 * @param id 0 before it is stored
 * @param host unique, in lower case, without a port
 * @param tenantId the tenant
 * @param verifiedAt when it was verified that the customer may use it
 * @param addedBy the login of the account that added it; {@code host} for the embedding program itself
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
