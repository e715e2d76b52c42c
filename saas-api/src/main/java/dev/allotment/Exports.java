// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import static dev.allotment.AllowedFor.Keys.TENANTS;

import java.io.OutputStream;
import java.util.Optional;

/**
 * Exports of tenants and customers, for the customers: to read their data elsewhere, or to run the application on their
 * own computers. An export is not a backup: it has a standard format and no secrets, and the control plane does not
 * restore it.
 */
public interface Exports {
    /**
     * Writes an export of an open or suspended tenant as a ZIP archive: members, groups, installed add-ons and visible
     * parameters as CSV, everything of its application that is in the database, in files that the tools of its database
     * system load, and the files of its application, if the embedder has registered them ({@link
     * SaasBuilder#tenantFiles}). All of it has the state of one moment, except for the files of the application, which
     * are read after that moment. Passwords, API keys, hidden parameters and other tenants are not in it. A {@code
     * README.txt} in the archive describes the rest.
     *
     * <p>An administrator may export all tenants, and another account those that it owns. To other callers, the tenant
     * appears not to exist. The audit log has an entry before the first byte is written. The archive is written while
     * the database is read, by this thread, in pieces of bounded size. The application continues, except for sessions
     * that its backend ends at the start. Changes of the definitions of its tables may wait until the end. So may
     * changes inside the database by the control plane, such as a configuration change: they fail with {@code
     * backend.unavailable} after some seconds. A node makes two exports at once, but only one of a tenant and one for
     * an account.
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
    void write(TenantId tenant, OutputStream out);

    /**
     * Writes an export of a backup of an open, suspended or soft-deleted tenant, as {@link #write} makes it of the
     * database: what the tenant had at that time, without secrets. The backup is read from the store, and no database
     * is created. The files of the application are those in the backup. Members, groups and others are in no
     * particular order.
     *
     * <p>An administrator may export all backups, and another account those of tenants that it owns. The audit log has
     * an entry before the first byte is written. It takes one of the places for exports. The tenant may change
     * meanwhile.
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
    void writeBackup(TenantId tenant, BackupId backup, OutputStream out);

    /**
     * Writes everything that the control plane knows of a customer as a ZIP archive: the customer, its accounts, the
     * names of their API keys, its tenants with their hosts and usage, operations and the audit log as CSV, and an
     * export of each open or suspended tenant, as {@link #write} makes it, in a folder. Soft-deleted tenants are
     * listed, but have no folder. Secrets are not in it, and neither are names and addresses of people who act for
     * others. A {@code README.txt} in the archive describes the rest.
     *
     * <p>An administrator may export all customers. Another account may export the customer that it acts for: the
     * archive contains this account, and the folders and events of the tenants that it owns. For it, other customers do
     * not exist ({@code record.missing}). The embedder's attributes are in it if the actor may see them. The audit log
     * has an entry before the first byte is written, and one for each tenant before it is read.
     *
     * <p>An archive is complete, or it is cut off and not valid. All tenants are looked up on their servers first. If
     * one cannot be read later, the export ends. It takes one of the places for exports, as {@link #write} does.
     *
     * @param out as for {@link #write}, except that any error may cut off the archive after it has started
     * @throws SaasException as {@link #write}
     * @throws java.io.UncheckedIOException as {@link #write}, for the archive as a whole
     */
    void writeCustomer(CustomerId customer, OutputStream out);

    /**
     * Returns a stream that encrypts an export with a passphrase, for the other methods of this interface. The format
     * is that of {@code openssl enc -aes-256-cbc -pbkdf2 -iter 600000 -md sha256}, so the customer needs nothing of
     * Allotment to decrypt it. It keeps an export secret. It does not prove who made the export: a change is found only
     * by the checksums in the archive.
     *
     * <p>Close the stream when the export is complete. This writes the end of it, and does not close {@code out}. If an
     * export fails before its first byte, nothing is written, also not by closing the stream. If it fails later, the
     * archive is not valid, whether the stream is closed or not. The first write takes some tenths of a second.
     *
     * @param passphrase 12 characters to 500 bytes in UTF-8, without control characters; stored nowhere
     * @throws SaasException {@code export.passphrase-invalid}
     */
    @AllowedFor(TENANTS)
    OutputStream encrypted(OutputStream out, String passphrase);

    /**
     * Returns the export of a tenant that {@link AsyncOperations#prepareExport} has made last; empty if there is none,
     * or if it has expired.
     *
     * @throws SaasException {@code record.missing}
     */
    @AllowedFor(TENANTS)
    Optional<PreparedExport> prepared(TenantId tenant);

    /**
     * Writes a part of a prepared export, or all of it, any number of times. The part is read from the store while it
     * is written, and no database is used, so the reader may be slow: it needs 8 KiB a second on average, after a
     * minute. A node sends 20 at once, and two to an account. The audit log has an entry for each part that starts with
     * the first byte, and for other parts one in an hour for each account and address. Rights are those of {@link
     * #prepared}.
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
    void download(ExportId export, long offset, long length, OutputStream out);
}
