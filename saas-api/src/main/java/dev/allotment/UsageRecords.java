// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.time.LocalDate;
import java.util.function.Consumer;

/**
 * What client databases used, by day, for billing. A portal user sees what counted for its customer. Written by {@link
 * Tenants#sync}, which the maintenance does several times a day, and when a database is made, deleted, or its files are reported.
 */
public interface UsageRecords extends Lookup<Long, Usage> {
    /**
     * Writes the records of some days as CSV (RFC 4180): a line of names, then a line for each record, in order of day. Sizes
     * are in bytes. Reads a page after the other, so memory does not grow with the period.
     *
     * @param from the first day, in UTC
     * @param to the last day
     * @param lines gets each line, without its end
     * @throws SaasException {@code query.invalid} where the last day is before the first, or a year has not four digits
     */
    void export(LocalDate from, LocalDate to, Consumer<String> lines);
}
