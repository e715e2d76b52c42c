// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.Internal;
import dev.allotment.RecordField;
import java.time.Instant;

/**
 * Up to which day all tenants have a record of their usage. There is one, once a node has looked.
 *
 * @param id 0 before it is stored
 * @param name always the same, so that there is one
 * @param day the start of the last day, in UTC, for which all tenants were looked at
 * @param tenantId the last tenant that was looked at for the day after it; 0: none
 */
public record UsagePosition(long id, String name, Instant day, long tenantId) {
    /** The field {@code id}, for filters and sort keys. */
    public static final RecordField<UsagePosition, Long> ID = RecordField.of("id");

    /** The field {@code name}, for filters and sort keys. */
    public static final RecordField<UsagePosition, String> NAME = RecordField.of("name");

    /** The field {@code day}, for filters and sort keys. */
    public static final RecordField<UsagePosition, Instant> DAY = RecordField.of("day");

    /** The field {@code tenantId}, for filters and sort keys. */
    public static final RecordField<UsagePosition, Long> TENANT_ID = RecordField.of("tenantId");

    /** Creates a record from all its components. Only the core and {@link RecordType} do. */
    @Internal
    public UsagePosition {}
}
