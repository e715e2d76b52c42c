// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

/**
 * The maximum number of records of a model in a tenant database. The database itself enforces it.
 *
 * @param id 0 before it is stored
 * @param model such as {@code sale.order}
 * @param domain which records count, in Odoo's domain language; {@code []}: all
 * @param maxRecords the maximum
 */
public record RecordQuota(long id, String model, String domain, int maxRecords) {
    /** The field {@code id}, for filters and sort keys. */
    public static final RecordField<RecordQuota, Long> ID = RecordField.of("id");

    /** The field {@code model}, for filters and sort keys. */
    public static final RecordField<RecordQuota, String> MODEL = RecordField.of("model");

    /** The field {@code domain}, for filters and sort keys. */
    public static final RecordField<RecordQuota, String> DOMAIN = RecordField.of("domain");

    /** The field {@code maxRecords}, for filters and sort keys. */
    public static final RecordField<RecordQuota, Integer> MAX_RECORDS = RecordField.of("maxRecords");
}
