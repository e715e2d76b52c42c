// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import static dev.allotment.AllowedFor.Keys.READ_ONLY;
import static dev.allotment.AllowedFor.Keys.TENANTS;
import static dev.allotment.Permission.MANAGE_BILLING;
import static dev.allotment.Permission.VIEW_BILLING;

import java.time.LocalDate;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * The usage of tenants by day, for billing. A portal user sees that of its customer.
 *
 * <p>Usage is recorded by {@link Tenants#sync}, which the maintenance calls several times a day, and when a tenant is
 * created or deleted, its files are reported, or a backup of it is made or deleted. The maintenance closes a day two
 * hours after its end. A tenant without a record of it gets one then, with the numbers that are known.
 */
@AllowedFor({READ_ONLY, TENANTS})
@Needs(VIEW_BILLING)
public interface UsageRecords extends Lookup<Long, Usage> {
    /**
     * Returns the total usage of all tenants on a day. The database adds it up.
     *
     * @param day in UTC
     */
    @AllowedFor({READ_ONLY, TENANTS})
    @Needs(VIEW_BILLING)
    Total total(LocalDate day);

    /**
     * The usage of several tenants.
     *
     * @param tenants how many tenants have a record
     * @param users regular users
     * @param databaseSizeBytes bytes of the databases
     * @param fileSizeBytes bytes of files
     * @param backupSizeBytes bytes of the backups in the store
     */
    record Total(long tenants, long users, long databaseSizeBytes, long fileSizeBytes, long backupSizeBytes) {}

    /**
     * Writes the usage of some days as CSV (RFC 4180): a header line, then a line for each record, in the order of
     * days. Sizes are in bytes. Reads page by page, so memory use does not grow with the period.
     *
     * @param from the first day, in UTC
     * @param to the last day
     * @param lines receives each line, without its line break
     * @throws SaasException {@code query.invalid} if the last day is before the first one, or a year does not have
     *     four digits
     */
    @AllowedFor({READ_ONLY, TENANTS})
    @Needs(VIEW_BILLING)
    void export(LocalDate from, LocalDate to, Consumer<String> lines);

    /**
     * Corrects the values of a day that was closed. The maintenance closes it again, which gives the next revision if a
     * {@linkplain UsageMetrics metric} has changed. Requires an administrator.
     *
     * @param id the number of the record
     * @param change receives the record as stored and returns it as wanted; only users, sizes and {@link Usage#records}
     *     may differ, other changes are ignored; may be called more than once
     * @param reason for people, in the audit log; not blank, at most 256 characters
     * @throws SaasException {@code record.missing}, {@code usage.invalid}, {@code usage.day-open}, {@code
     *     access.not-allowed}
     */
    @Needs(MANAGE_BILLING)
    Usage correct(Long id, UnaryOperator<Usage> change, String reason);
}
