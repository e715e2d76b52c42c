// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.export;

import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.RecordField;
import dev.allotment.SaasException;
import dev.allotment.core.internal.base.Secrets;
import dev.allotment.spi.backend.JsonText;
import dev.allotment.spi.backend.RecordType;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Writes an export as a ZIP archive, one file after the other. Writes nothing before its first file. Closing it
 * releases memory, but neither completes the archive nor closes the caller's stream. Not thread-safe.
 */
final class ExportArchive implements AutoCloseable {
    private static final Pattern NEEDS_QUOTES = Pattern.compile("[\",\r\n]");
    private static final int PAGE = 1000;
    private static final int BUFFER = 1 << 16;
    private static final int MIN_BYTES_PER_SECOND = 128 * 1024;
    /** The list of the files in an archive is in memory until the end of the archive. */
    private static final int MOST_FILES = 250_000;

    private static final int MOST_CHARACTERS = 10_000_000;

    private final OutputStream out;
    private final Zip zip;
    private int listed;
    private long characters;

    /**
     * An archive that cuts off a reader that is too slow. Until everything is read, the database keeps the state of one
     * moment, and changes of its configuration wait.
     */
    ExportArchive(LongSupplier ticker, OutputStream out) {
        this(new PacedOutput(ticker, MIN_BYTES_PER_SECOND, out));
    }

    /** An archive whose reader is bounded otherwise. */
    ExportArchive(OutputStream out) {
        this.out = new BufferedOutputStream(out, BUFFER);
        this.zip = new Zip(this.out);
    }

    /** Starts the folder that has everything. */
    Folder root(Map<String, String> manifest) {
        return new Folder("", null, manifest);
    }

    /** Completes the archive. */
    void finish() {
        writing(() -> {
            zip.finish();
            out.flush();
        });
    }

    @Override
    public void close() {
        zip.release();
    }

    static List<String> row(@Nullable Object... values) {
        List<String> row = new ArrayList<>();
        for (Object value : values) {
            row.add(value == null ? "" : value.toString());
        }
        return row;
    }

    private static String line(List<String> values) {
        return values.stream().map(ExportArchive::quoted).collect(Collectors.joining(",", "", "\n"));
    }

    private static String quoted(String value) {
        return NEEDS_QUOTES.matcher(value).find() ? '"' + value.replace("\"", "\"\"") + '"' : value;
    }

    private static int read(InputStream content, byte[] buffer, Function<IOException, SaasException> unreadable) {
        try {
            return content.read(buffer);
        } catch (IOException e) {
            throw unreadable.apply(e);
        }
    }

    private void requireRoom() {
        if (listed > MOST_FILES || characters > MOST_CHARACTERS) {
            throw SaasException.conflict(
                    ErrorCodes.FILES_INVALID,
                    "The application has too many files, or files with too long names: an export has at most "
                            + MOST_FILES + " files, and their names have at most " + MOST_CHARACTERS
                            + " characters together.");
        }
    }

    /** A folder of the archive, with a manifest and a list of its files. */
    final class Folder {
        private final String path;
        private final @Nullable Folder parent;
        private final Map<String, String> manifest;
        private final StringBuilder files = new StringBuilder("name,bytes,sha256\n");

        private Folder(String path, @Nullable Folder parent, Map<String, String> manifest) {
            this.path = path;
            this.parent = parent;
            this.manifest = new TreeMap<>(manifest);
        }

        /** Starts a folder below this one, whose files this one lists, too. */
        Folder folder(String name, Map<String, String> content) {
            return new Folder(path + name + "/", this, content);
        }

        void text(String name, String content) {
            File file = new File(this, name);
            file.write(content);
            file.close();
        }

        /** @param unreadable what to throw if the content cannot be read */
        void copy(String name, InputStream content, Function<IOException, SaasException> unreadable) {
            File file = new File(this, name);
            byte[] buffer = new byte[BUFFER];
            for (int count = read(content, buffer, unreadable); count >= 0; count = read(content, buffer, unreadable)) {
                file.write(buffer, count);
            }
            file.close();
        }

        /**
         * Writes records as CSV, in the order of their ids. The manifest gets their number.
         *
         * @param read reads one page of them
         */
        <R extends Record> void table(
                RecordType<R> type,
                String columns,
                Filter<? super R> filter,
                Function<Query<R>, List<R>> read,
                Function<R, List<String>> row) {
            RecordField<R, Long> id = RecordField.of("id");
            Table<R> table = new Table<>(this, type, columns, row);
            long last = 0;
            List<R> page;
            do {
                Filter<R> rest = Filter.and(filter, Filter.compare(id, Filter.Operator.GREATER, last));
                page = read.apply(Query.where(rest).orderBy(id).page(0, PAGE));
                for (R each : page) {
                    table.write(each);
                    last = type.id(each);
                }
            } while (page.size() == PAGE);
            table.close();
        }

        /** Writes those records that a filter selects as CSV, in their order. The manifest gets their number. */
        <R extends Record> void table(
                RecordType<R> type,
                String columns,
                Filter<? super R> filter,
                Iterator<R> records,
                Function<R, List<String>> row) {
            Table<R> table = new Table<>(this, type, columns, row);
            while (records.hasNext()) {
                R each = records.next();
                if (type.matches(each, filter)) {
                    table.write(each);
                }
            }
            table.close();
        }

        /** Notes in the manifest how many there are. */
        void count(String what, int number) {
            manifest.put(what, Integer.toString(number));
        }

        /** Writes what is known at the end. */
        void finish() {
            text("manifest.json", JsonText.write(manifest) + "\n");
            text("files.csv", files.toString());
        }

        private void list(String name, String size, String digest) {
            files.append(line(List.of(name.substring(path.length()), size, digest)));
            if (parent != null) {
                parent.list(name, size, digest);
            } else {
                listed++;
                characters += name.length();
                requireRoom();
            }
        }
    }

    /** The file of records that is being written. */
    private final class Table<R extends Record> {
        private final Folder folder;
        private final RecordType<R> type;
        private final Function<R, List<String>> row;
        private final File file;
        private int count;

        Table(Folder folder, RecordType<R> type, String columns, Function<R, List<String>> row) {
            this.folder = folder;
            this.type = type;
            this.row = row;
            this.file = new File(folder, type.name() + ".csv");
            file.write(columns + "\n");
        }

        void write(R each) {
            file.write(line(row.apply(each)));
            count++;
        }

        void close() {
            file.close();
            folder.count(type.name(), count);
        }
    }

    /** The file that is being written. */
    private final class File {
        private final Folder folder;
        private final String name;
        private final MessageDigest digest = Secrets.sha256();
        private long size;

        File(Folder folder, String name) {
            this.folder = folder;
            this.name = folder.path + name;
            writing(() -> zip.putNextEntry(new ZipEntry(this.name)));
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
            folder.list(name, Long.toString(size), HexFormat.of().formatHex(digest.digest()));
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
