// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.time.Instant;

/**
 * A host of a tenant in a domain of the customer, in addition to its own host. It stays if the tenant is renamed, and
 * is removed with the tenant.
 *
 * <p>Immutable. The {@link RecordField} constants name the fields for filters and sort keys.
 *
 * @param id 0 before it is stored
 * @param host unique, in lower case, without a port
 * @param tenantId the tenant
 * @param verifiedAt when it was verified that the customer may use it
 * @param addedBy the login of the account that added it; {@code host} for the embedding program itself
 */
public record CustomDomain(long id, String host, TenantId tenantId, Instant verifiedAt, String addedBy) {
    public static final RecordField<CustomDomain, Long> ID = RecordField.of("id");
    public static final RecordField<CustomDomain, String> HOST = RecordField.of("host");
    public static final RecordField<CustomDomain, TenantId> TENANT_ID = RecordField.of("tenantId");
    public static final RecordField<CustomDomain, Instant> VERIFIED_AT = RecordField.of("verifiedAt");
    public static final RecordField<CustomDomain, String> ADDED_BY = RecordField.of("addedBy");
}
