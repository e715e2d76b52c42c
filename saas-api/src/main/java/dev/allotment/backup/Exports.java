// SPDX-License-Identifier: Apache-2.0
package dev.allotment.backup;

import static dev.allotment.AllowedFor.Keys.PROVIDED_SESSION;
import static dev.allotment.AllowedFor.Keys.TENANTS;
import static dev.allotment.Permission.EXPORT;
import static dev.allotment.Permission.OWN;

import dev.allotment.AllowedFor;
import dev.allotment.AsyncOperations;
import dev.allotment.CustomerId;
import dev.allotment.Needs;
import dev.allotment.NeedsProof;
import dev.allotment.SaasBuilder;
import dev.allotment.SaasException;
import dev.allotment.TenantId;
import java.io.OutputStream;
import java.util.Optional;

/**
 * Exports of tenants and customers, for the customers: to read their data elsewhere, or to run the application on their
 * own computers. An export is not a backup: it has a standard format and no secrets, and the control plane does not
 * restore it.
 */
public interface Exports {
    /**
     * Writes an export of an open or suspended tenant as a ZIP archive: everything of its application, members, groups,
     * installed add-ons and visible parameters, without secrets. A {@code README.txt} in the archive describes it. All
     * of it has the state of one moment, except for the files of the application ({@link SaasBuilder#tenantFiles}),
     * which are read after that moment.
     *
     * <p>The archive is written while the database is read, by this thread, in pieces of bounded size. The application
     * continues, except for sessions that its backend ends at the start. An administrator may export all tenants, and
     * another account those that it owns. To other callers, the tenant appears not to exist. A node makes two exports
     * at once, but only one of a tenant and one for an account.
     *
     * <p>The section Exports for customers of docs/customer-data.md says what is in the archive, what waits for an
     * export, and what the audit log gets.
     *
     * @param out is not closed. Nothing was written if this throws one of the errors below, except for {@code
     *     backend.unavailable}, {@code database.not-transferable}, {@code files.failed}, {@code files.invalid}, and
     *     {@code tenant.busy} if the tenant was restored in place or deleted while the files of its application were
     *     read. An archive that is cut off is not valid
     * @throws SaasException {@code record.missing}, {@code tenant.state}, {@code tenant.busy}, {@code export.busy}
     *     (the last two are retryable), {@code database.not-transferable}, {@code backend.unsupported}, {@code
     *     backend.unavailable}, {@code files.failed}, {@code files.invalid}
     * @throws java.io.UncheckedIOException if the archive cannot be written, or if the writes have taken more than a
     *     minute and a second for each 128 KiB. This is checked when a write of at most 4 KiB returns: a stream whose
     *     writes block without end has to end them itself
     */
    @AllowedFor(TENANTS)
    @NeedsProof
    @Needs(EXPORT)
    void write(TenantId tenant, OutputStream out);

    /**
     * Writes an export of a backup of an open, suspended or soft-deleted tenant, as {@link #write} makes it of the
     * database: what the tenant had at that time, without secrets. The backup is read from the store, and no database
     * is created. The rights and the places for exports are those of {@link #write}. The tenant may change meanwhile.
     *
     * @param out is not closed. Nothing was written if this throws {@code record.missing}, {@code tenant.state}, {@code
     *     export.busy}, {@code backup.newer} or {@code backend.unsupported}. An archive that is cut off is not valid
     * @throws SaasException {@code record.missing}, {@code tenant.state}, {@code export.busy} (retryable), {@code
     *     backup.no-store}, {@code backup.key-missing}, {@code backup.key-wrong}, {@code backup.damaged}, {@code
     *     backup.newer}, {@code backup.store-failed}, {@code database.not-transferable}, {@code backend.unsupported},
     *     {@code backend.unavailable}, {@code files.invalid}
     * @throws java.io.UncheckedIOException as {@link #write}
     */
    @AllowedFor(TENANTS)
    @NeedsProof
    @Needs(EXPORT)
    void writeBackup(TenantId tenant, BackupId backup, OutputStream out);

    /**
     * Writes everything that the control plane knows of a customer as a ZIP archive, without secrets: its records as
     * CSV, and an export of each open or suspended tenant, as {@link #write} makes it, in a folder. A {@code
     * README.txt} in the archive describes it.
     *
     * <p>An administrator may export all customers. Another account may export the customer that it acts for: the
     * archive contains this account, and the folders and events of the tenants that it owns. For it, other customers do
     * not exist ({@code record.missing}).
     *
     * <p>An archive is complete, or it is cut off and not valid. It takes one of the places for exports, as {@link
     * #write} does. The section Everything about a customer of docs/customer-data.md says what is in the archive, and
     * what the audit log gets.
     *
     * @param out as for {@link #write}, except that any error may cut off the archive after it has started
     * @throws SaasException as {@link #write}
     * @throws java.io.UncheckedIOException as {@link #write}, for the archive as a whole
     */
    @AllowedFor(PROVIDED_SESSION)
    @NeedsProof
    @Needs(OWN)
    void writeCustomer(CustomerId customer, OutputStream out);

    /**
     * Returns a stream that encrypts an export with a passphrase, for the other methods of this interface. The customer
     * decrypts it with {@code openssl}, as the section With a passphrase of docs/customer-data.md describes. It keeps
     * an export secret. It does not prove who made the export.
     *
     * <p>Close the stream when the export is complete. This writes the end of it, and does not close {@code out}. If an
     * export fails before its first byte, nothing is written, also not by closing the stream. If it fails later, the
     * archive is not valid, whether the stream is closed or not. The first write takes some tenths of a second.
     *
     * @param passphrase 12 characters to 500 bytes in UTF-8, without control characters; stored nowhere
     * @throws SaasException {@code export.passphrase-invalid}
     */
    @AllowedFor(TENANTS)
    @Needs({})
    OutputStream encrypted(OutputStream out, String passphrase);

    /**
     * Returns the export of a tenant that {@link AsyncOperations#prepareExport} has made last; empty if there is none,
     * or if it has expired.
     *
     * @throws SaasException {@code record.missing}
     */
    @AllowedFor(TENANTS)
    @Needs(EXPORT)
    Optional<PreparedExport> prepared(TenantId tenant);

    /**
     * Writes a part of a prepared export, or all of it, any number of times. The part is read from the store while it
     * is written, and no database is used, so the reader may be slow. Rights are those of {@link #prepared}. The
     * section Prepared exports of docs/customer-data.md has the slowest pace, how many are sent at once, and what the
     * audit log gets.
     *
     * @param offset the number of the first byte, from 0
     * @param length how many bytes; fewer are written if the export ends before
     * @param out is not closed
     * @throws SaasException {@code record.missing}, also if the export has expired or another one has replaced it;
     *     {@code query.invalid} for a part that does not start within the export; {@code backup.damaged} if the store
     *     has not all of it, also after the first bytes; {@code backup.store-failed}; {@code export.busy}
     * @throws java.io.UncheckedIOException if it cannot be written, or is read too slowly
     */
    @AllowedFor(TENANTS)
    @Needs(EXPORT)
    void download(ExportId export, long offset, long length, OutputStream out);
}
