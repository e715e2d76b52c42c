// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.Filter;
import dev.allotment.RecordField;

/**
 * How many rows a table of an application may have.
 *
 * @param table in the schema that add-ons' scripts make tables in; the core has validated it, a backend quotes it
 * @param rows which of them count: comparisons of columns with texts, whole numbers, booleans and null, without {@link
 *     Filter.Like}. A boolean false fits a column that is null, too, and one of another type only then
 * @param max of them, not negative
 * @param model for messages, such as {@code sale.order}
 * @param domain for messages, as it was given
 */
public record RowQuota(String table, Filter<? super RowQuota.Row> rows, int max, String model, String domain) {
    /** A row of a table of the tenant's application. Filters on it name the table's columns with {@link RecordField#named}. */
    public interface Row {}
}
