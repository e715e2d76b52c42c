// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.Filter;
import dev.allotment.RecordField;

/**
 * The maximum number of rows in a table of a tenant's application.
 *
 * @param table in the schema where add-on scripts create tables; the core has validated it, and a backend quotes it
 * @param rows which rows count: comparisons of columns with text, whole numbers, booleans and null, without {@link
 *     Filter.Like}. A boolean false also matches a column that is null, and a column of another type only then
 * @param max the maximum, not negative
 * @param model for messages, such as {@code sale.order}
 * @param domain for messages, as it was given
 */
public record RowQuota(String table, Filter<? super RowQuota.Row> rows, int max, String model, String domain) {
    /**
     * A row of a table of the tenant's application. Filters on it name the table's columns with {@link
     * RecordField#named}.
     */
    public interface Row {}
}
