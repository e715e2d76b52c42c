// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

/**
 * The maximum number of records of a model in a tenant database. The database itself enforces it.
 *
 * <p>Immutable. The {@link RecordField} constants name the fields for filters and sort keys.
 *
 * @param id 0 before it is stored
 * @param model such as {@code sale.order}
 * @param domain which records count, in Odoo's domain language; {@code []}: all
 * @param maxRecords the maximum
 */
public record RecordQuota(long id, String model, String domain, int maxRecords) {
    public static final RecordField<RecordQuota, Long> ID = RecordField.of("id");
    public static final RecordField<RecordQuota, String> MODEL = RecordField.of("model");
    public static final RecordField<RecordQuota, String> DOMAIN = RecordField.of("domain");
    public static final RecordField<RecordQuota, Integer> MAX_RECORDS = RecordField.of("maxRecords");
}
