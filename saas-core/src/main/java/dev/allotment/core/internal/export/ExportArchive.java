// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.export;

import dev.allotment.AddonStatus;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.Query;
import dev.allotment.RecordField;
import dev.allotment.SaasException;
import dev.allotment.core.internal.base.Secrets;
import dev.allotment.core.internal.file.ApplicationFiles;
import dev.allotment.core.internal.file.ApplicationFiles.NamedFile;
import dev.allotment.spi.backend.DatabaseExport;
import dev.allotment.spi.backend.JsonText;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Writes an export as a ZIP archive, one file after the other. Writes nothing before it has records. Closing it
 * releases memory, but neither completes the archive nor closes the caller's stream. Not thread-safe.
 */
final class ExportArchive implements DatabaseExport, AutoCloseable {
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

    /** The list of the files in an archive is in memory until the end of the archive. */
    private static final int MOST_FILES = 250_000;

    private static final Pattern NEEDS_QUOTES = Pattern.compile("[\",\r\n]");
    private static final int PAGE = 1000;
    private static final int BUFFER = 1 << 16;

    private final OutputStream out;
    private final Zip zip;
    private final Map<String, String> manifest;
    private final String readme;
    private final StringBuilder files = new StringBuilder("name,bytes,sha256\n");

    /** @param withFiles whether {@link #files} will be called */
    ExportArchive(LongSupplier ticker, OutputStream out, Map<String, String> manifest, boolean withFiles) {
        this.out = new BufferedOutputStream(new PacedOutput(ticker, out), BUFFER);
        this.zip = new Zip(this.out);
        this.manifest = new TreeMap<>(manifest);
        this.readme = withFiles ? WITH_FILES : WITHOUT_FILES;
    }

    @Override
    public void records(Transaction records) {
        text("README.txt", readme);
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

    private static List<String> row(@Nullable Object... values) {
        List<String> row = new ArrayList<>();
        for (Object value : values) {
            row.add(value == null ? "" : value.toString());
        }
        return row;
    }

    private <R extends Record> void table(
            Transaction records, RecordType<R> type, String columns, Filter<R> filter, Function<R, List<String>> row) {
        Query<R> inOrder = Query.where(filter).orderBy(RecordField.of("id"));
        File file = new File(type.name() + ".csv");
        file.write(columns + "\n");
        int count = 0;
        List<R> page;
        do {
            page = records.records(type).list(inOrder.page(count, PAGE));
            page.forEach(each -> file.write(line(row.apply(each))));
            count += page.size();
        } while (page.size() == PAGE);
        file.close();
        manifest.put(type.name(), Integer.toString(count));
    }

    private static String line(List<String> values) {
        return values.stream().map(ExportArchive::quoted).collect(Collectors.joining(",", "", "\n"));
    }

    private static String quoted(String value) {
        return NEEDS_QUOTES.matcher(value).find() ? '"' + value.replace("\"", "\"\"") + '"' : value;
    }

    @Override
    public void file(String name, InputStream content) {
        copy("database/" + name, content, ExportArchive::unreadable);
    }

    private static SaasException unreadable(IOException cause) {
        return SaasException.unavailable(
                ErrorCodes.BACKEND_UNAVAILABLE, "The database could not be read to its end. Try again.", cause);
    }

    /**
     * Writes the files of the application.
     *
     * @throws SaasException {@code files.failed}, {@code files.invalid}
     */
    void files(ApplicationFiles of, UUID tenant) {
        int count = 0;
        try (ApplicationFiles.Listing listing = of.list(tenant)) {
            for (NamedFile file = listing.next(); file != null; file = listing.next()) {
                if (++count > MOST_FILES) {
                    throw SaasException.conflict(
                            ErrorCodes.FILES_INVALID,
                            "The application has more than " + MOST_FILES + " files of this tenant, which an export"
                                    + " cannot contain.");
                }
                try (InputStream content = file.content()) {
                    copy("files/" + file.name(), content, ApplicationFiles::failed);
                } catch (IOException e) {
                    throw ApplicationFiles.failed(e);
                }
            }
        }
        manifest.put("files", Integer.toString(count));
    }

    private void copy(String name, InputStream content, Function<IOException, SaasException> unreadable) {
        File file = new File(name);
        byte[] buffer = new byte[BUFFER];
        for (int count = read(content, buffer, unreadable); count >= 0; count = read(content, buffer, unreadable)) {
            file.write(buffer, count);
        }
        file.close();
    }

    private static int read(InputStream content, byte[] buffer, Function<IOException, SaasException> unreadable) {
        try {
            return content.read(buffer);
        } catch (IOException e) {
            throw unreadable.apply(e);
        }
    }

    /** Writes what is known at the end. */
    void finish() {
        text("manifest.json", JsonText.write(manifest) + "\n");
        text("files.csv", files.toString());
        writing(() -> {
            zip.finish();
            out.flush();
        });
    }

    @Override
    public void close() {
        zip.release();
    }

    private void text(String name, String content) {
        File file = new File(name);
        file.write(content);
        file.close();
    }

    /** The file that is being written. */
    private final class File {
        private final String name;
        private final MessageDigest digest = Secrets.sha256();
        private long size;

        File(String name) {
            this.name = name;
            writing(() -> zip.putNextEntry(new ZipEntry(name)));
        }

        void write(String text) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            write(bytes, bytes.length);
        }

        void write(byte[] bytes, int count) {
            digest.update(bytes, 0, count);
            size += count;
            writing(() -> zip.write(bytes, 0, count));
        }

        void close() {
            writing(zip::closeEntry);
            files.append(line(List.of(name, Long.toString(size), HexFormat.of().formatHex(digest.digest()))));
        }
    }

    /** Releases the native memory of its deflater without closing the stream below. */
    private static final class Zip extends ZipOutputStream {
        Zip(OutputStream out) {
            super(out, StandardCharsets.UTF_8);
            setLevel(Deflater.BEST_SPEED);
        }

        void release() {
            def.end();
        }
    }

    private interface Writing {
        void run() throws IOException;
    }

    private static void writing(Writing writing) {
        try {
            writing.run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
