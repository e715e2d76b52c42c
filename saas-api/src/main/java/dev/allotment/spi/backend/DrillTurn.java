// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.RecordField;
import dev.allotment.TenantId;
import java.time.Instant;

/**
 * When the newest scheduled backup of a tenant is to be restored as a drill.
 *
 * @param id 0 before it is stored
 * @param tenantId unique
 * @param nextAt when it is due
 */
public record DrillTurn(long id, TenantId tenantId, Instant nextAt) {
    /** The field {@code id}, for filters and sort keys. */
    public static final RecordField<DrillTurn, Long> ID = RecordField.of("id");

    /** The field {@code tenantId}, for filters and sort keys. */
    public static final RecordField<DrillTurn, TenantId> TENANT_ID = RecordField.of("tenantId");

    /** The field {@code nextAt}, for filters and sort keys. */
    public static final RecordField<DrillTurn, Instant> NEXT_AT = RecordField.of("nextAt");
}
