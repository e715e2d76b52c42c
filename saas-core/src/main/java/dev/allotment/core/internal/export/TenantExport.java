// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.export;

import static dev.allotment.core.internal.export.ExportArchive.row;

import dev.allotment.AddonStatus;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.SaasException;
import dev.allotment.core.internal.export.ExportArchive.Folder;
import dev.allotment.core.internal.file.ApplicationFiles;
import dev.allotment.core.internal.file.ApplicationFiles.NamedFile;
import dev.allotment.spi.backend.DatabaseExport;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import java.io.IOException;
import java.io.InputStream;
import java.util.Iterator;
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

    /**
     * A file of records.
     *
     * @param filter selects those that are written
     */
    private record Table<R extends Record>(
            RecordType<R> type, String columns, Filter<R> filter, Function<R, List<String>> row) {
        void write(Folder folder, Transaction records) {
            folder.table(type, columns, filter, query -> records.records(type).list(query), row);
        }

        /** @param records of this type */
        @SuppressWarnings("unchecked")
        void write(Folder folder, Iterator<?> records) {
            folder.table(type, columns, filter, (Iterator<R>) records, row);
        }
    }

    private static final List<Table<?>> TABLES = List.of(
            new Table<>(
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
                            each.lastLoginAt())),
            new Table<>(
                    RecordTypes.GROUPS,
                    "id,xml_id,name,addon",
                    Filter.all(),
                    each -> row(each.id(), each.xmlId(), each.name(), each.addon())),
            new Table<>(
                    RecordTypes.MEMBERSHIPS,
                    "group_id,member_id",
                    Filter.all(),
                    each -> row(each.groupId(), each.memberId())),
            new Table<>(
                    RecordTypes.ADDONS,
                    "name,title,version",
                    Filter.equal(AddonStatus.INSTALLED, true),
                    each -> row(each.name(), each.title(), each.installedVersion())),
            new Table<>(
                    RecordTypes.PARAMETERS,
                    "key,value",
                    Filter.equal(Parameter.HIDDEN, false),
                    each -> row(each.key(), each.value())));

    private final Folder folder;
    private final boolean withFiles;
    private boolean started;
    private int files;

    /** @param withFiles whether there are files of the application, which {@link #applicationFile} gets */
    TenantExport(Folder folder, boolean withFiles) {
        this.folder = folder;
        this.withFiles = withFiles;
    }

    private void start() {
        if (!started) {
            started = true;
            folder.text("README.txt", withFiles ? WITH_FILES : WITHOUT_FILES);
        }
    }

    @Override
    public void records(Transaction records) {
        start();
        TABLES.forEach(table -> table.write(folder, records));
    }

    @Override
    public <R extends Record> void records(RecordType<R> type, Iterator<R> records) {
        start();
        TABLES.stream().filter(table -> table.type().equals(type)).forEach(table -> table.write(folder, records));
    }

    @Override
    public void file(String name, InputStream content) {
        folder.copy("database/" + name, content, TenantExport::unreadable);
    }

    static SaasException unreadable(IOException cause) {
        return SaasException.unavailable(
                ErrorCodes.BACKEND_UNAVAILABLE, "The database could not be read to its end. Try again.", cause);
    }

    /** Writes the files of the application. The embedder has registered them. */
    void files(ApplicationFiles files, UUID tenant) {
        try (ApplicationFiles.Listing listing = files.list(tenant)) {
            for (NamedFile file = listing.next(); file != null; file = listing.next()) {
                try (InputStream content = file.content()) {
                    applicationFile(file.name(), content, ApplicationFiles::failed);
                } catch (IOException e) {
                    throw ApplicationFiles.failed(e);
                }
            }
        }
    }

    /**
     * Writes one file of the application.
     *
     * @param unreadable what to throw if the content cannot be read
     */
    void applicationFile(String name, InputStream content, Function<IOException, SaasException> unreadable) {
        files++;
        folder.copy("files/" + name, content, unreadable);
    }

    /** Completes the folder. */
    void finish() {
        if (withFiles) {
            folder.count("files", files);
        }
        folder.finish();
    }
}
