// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.export;

import static dev.allotment.core.internal.export.ExportArchive.row;

import dev.allotment.AddonStatus;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.SaasException;
import dev.allotment.core.internal.file.ApplicationFiles;
import dev.allotment.core.internal.file.ApplicationFiles.NamedFile;
import dev.allotment.spi.backend.DatabaseExport;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;

/** Writes the database of a tenant into a folder. Writes nothing before it has records. Not thread-safe. */
final class TenantExport implements DatabaseExport {
    private static final String README = """
            This is an export of the database of a tenant, for its customer.

            manifest.json    what was exported, when, and how many records it has
            members.csv      the users of the database, without their passwords
            groups.csv       the groups of users
            memberships.csv  which user is in which group
            addons.csv       the installed add-ons
            parameters.csv   the parameters of the database, without those that are hidden from its users
            database/        the database itself; its README.txt says how to load it
            files.csv        the size and the SHA-256 of each file
            %s
            Not included: %spasswords, API keys, sessions, and the limits that the provider has set.

            CSV files are in UTF-8, separated by commas, and start with the names of the columns. A spreadsheet may take
            a value that starts with =, +, - or @ for a formula: import all columns as text.
            """;

    private static final String WITHOUT_FILES = README.formatted(
            "\nEverything has the state of one moment.",
            "files that the application stores outside of its database,\n");
    private static final String WITH_FILES = README.formatted("""
            files/           the files that the application stores outside of its database

            Everything else has the state of one moment. The files were read after that moment.""", "");

    private final ExportArchive.Folder folder;
    private final ApplicationFiles applicationFiles;

    TenantExport(ExportArchive.Folder folder, ApplicationFiles applicationFiles) {
        this.folder = folder;
        this.applicationFiles = applicationFiles;
    }

    @Override
    public void records(Transaction records) {
        folder.text("README.txt", applicationFiles.exist() ? WITH_FILES : WITHOUT_FILES);
        table(
                records,
                RecordTypes.MEMBERS,
                "id,login,name,email,active,share,owner,lang,tz,created_at,last_login_at",
                Filter.all(),
                each -> row(
                        each.id(),
                        each.login(),
                        each.name(),
                        each.email(),
                        each.active(),
                        each.share(),
                        each.owner(),
                        each.lang(),
                        each.tz(),
                        each.createdAt(),
                        each.lastLoginAt()));
        table(
                records,
                RecordTypes.GROUPS,
                "id,xml_id,name,addon",
                Filter.all(),
                each -> row(each.id(), each.xmlId(), each.name(), each.addon()));
        table(
                records,
                RecordTypes.MEMBERSHIPS,
                "group_id,member_id",
                Filter.all(),
                each -> row(each.groupId(), each.memberId()));
        table(
                records,
                RecordTypes.ADDONS,
                "name,title,version",
                Filter.equal(AddonStatus.INSTALLED, true),
                each -> row(each.name(), each.title(), each.installedVersion()));
        table(
                records,
                RecordTypes.PARAMETERS,
                "key,value",
                Filter.equal(Parameter.HIDDEN, false),
                each -> row(each.key(), each.value()));
    }

    private <R extends Record> void table(
            Transaction records, RecordType<R> type, String columns, Filter<R> filter, Function<R, List<String>> row) {
        folder.table(type, columns, filter, query -> records.records(type).list(query), row);
    }

    @Override
    public void file(String name, InputStream content) {
        folder.copy("database/" + name, content, TenantExport::unreadable);
    }

    private static SaasException unreadable(IOException cause) {
        return SaasException.unavailable(
                ErrorCodes.BACKEND_UNAVAILABLE, "The database could not be read to its end. Try again.", cause);
    }

    /**
     * Writes the files of the application. The embedder has registered them.
     *
     * @throws SaasException {@code files.failed}, {@code files.invalid}
     */
    void files(UUID tenant) {
        int count = 0;
        try (ApplicationFiles.Listing listing = applicationFiles.list(tenant)) {
            for (NamedFile file = listing.next(); file != null; file = listing.next()) {
                count++;
                try (InputStream content = file.content()) {
                    folder.copy("files/" + file.name(), content, ApplicationFiles::failed);
                } catch (IOException e) {
                    throw ApplicationFiles.failed(e);
                }
            }
        }
        folder.count("files", count);
    }
}
