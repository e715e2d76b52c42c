// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.transfer;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The format of a database on its way to another server or to a backup: parts, one after the other, with a closing
 * part. Backups store it for years, so later versions of Allotment must read what this one writes. If its meaning
 * changes, {@link #FORMAT} does, and the receiver understands both.
 */
public final class TransferStream {
    static final String FORMAT = "allotment postgres database 1";

    /** The format of a database with another locale, which is in the header. Otherwise like {@link #FORMAT}. */
    static final String FORMAT_WITH_LOCALE = "allotment postgres database 2";

    /** The size of a part with more than one row, in bytes. The buffers of a connection have room for it. */
    static final int FULL = 1 << 16;

    private static final int LOCALE_TEXTS = 5;
    private static final int MAX_TEXTS = 10_000;
    /** PostgreSQL has no longer row. */
    private static final int MAX_BYTES = 1 << 30;
    /** The start of the description of the options of a column. */
    private static final String COLUMN = "column ";

    private static final String PRIVATE_OPTION = "pg_attver=";

    private static final String SET = " SET (";

    /** An option of a column, with its value. */
    private static final Pattern COLUMN_OPTION = Pattern.compile("[a-z_]+='[^', ]*'");

    /** The kinds of parts, with their texts. */
    enum Kind {
        /** The first part: format, version of the base schema, and the parts of the locale if it has one. */
        HEADER('A'),
        /** Starts the rows of a table of the base schema: table, columns. */
        RECORDS('R'),
        /** The state of a sequence of the base schema: table, column, last number, whether that number was used. */
        COUNTER('C'),
        /** A statement that the tenant's role executes: what it creates, for messages; SQL. */
        STATEMENT('S'),
        /** Starts rows that the tenant's role loads: the table, for messages; SQL. */
        ROWS('T'),
        /** Rows. Has no texts, but data for COPY. */
        DATA('D'),
        /** Ends rows. */
        ROWS_END('E'),
        /** The last part. */
        END('Z');

        private final char code;

        Kind(char code) {
            this.code = code;
        }
    }

    /** A part. */
    public static final class Part {
        private static final byte[] NONE = {};

        private final Kind kind;
        private final List<String> texts;
        private final byte[] data;

        private Part(Kind kind, List<String> texts, byte[] data) {
            this.kind = kind;
            this.texts = texts;
            this.data = data;
        }

        Part(Kind kind, String... texts) {
            this(kind, List.of(texts), NONE);
        }

        static Part header(String version, @Nullable DatabaseLocale locale) {
            List<String> texts = new ArrayList<>(List.of(locale == null ? FORMAT : FORMAT_WITH_LOCALE, version));
            if (locale != null) {
                texts.addAll(locale.texts());
            }
            return new Part(Kind.HEADER, texts, NONE);
        }

        Kind kind() {
            return kind;
        }

        byte[] data() {
            return data;
        }

        static Part data(byte[] data) {
            return new Part(Kind.DATA, List.of(), data);
        }

        String text(int index) {
            return texts.get(index);
        }

        /** The part without its {@link #data}, which follows it. */
        byte[] head() {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (DataOutputStream out = new DataOutputStream(bytes)) {
                out.writeByte(kind.code);
                if (kind == Kind.DATA) {
                    out.writeInt(data.length);
                } else {
                    out.writeInt(texts.size());
                    for (String text : texts) {
                        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
                        out.writeInt(encoded.length);
                        out.write(encoded);
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return bytes.toByteArray();
        }
    }

    /**
     * The first part of a stream.
     *
     * @param locale null: that of the databases of the control plane
     */
    record Header(@Nullable DatabaseLocale locale) {}

    /** A part that has more bytes than the memory of this node allows. */
    static final class TooLarge extends IOException {
        private static final long serialVersionUID = 1L;

        TooLarge(int bytes) {
            super("A row or a definition has " + bytes + " bytes");
        }
    }

    private TransferStream() {}

    /**
     * Reads the first part. Returns null unless it has this format, and this version of the base schema or an older
     * one.
     *
     * @param version names the migrations of the schema, separated by spaces: an older version starts like a newer one
     */
    static @Nullable Header readHeader(DataInputStream in, String version) throws IOException {
        if (in.readByte() != Kind.HEADER.code) {
            return null;
        }
        int texts = in.readInt();
        String format = shortText(in, FORMAT.length());
        boolean hasLocale = FORMAT_WITH_LOCALE.equals(format);
        if (texts != (hasLocale ? 2 + LOCALE_TEXTS : 2) || !(hasLocale || FORMAT.equals(format))) {
            return null;
        }
        String found = shortText(in, version.length());
        if (found == null || found.isEmpty() || !(version + " ").startsWith(found + " ")) {
            return null;
        }
        if (!hasLocale) {
            return new Header(null);
        }
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < LOCALE_TEXTS; i++) {
            String part = shortText(in, DatabaseLocale.MOST_CHARACTERS);
            if (part == null) {
                return null;
            }
            parts.add(part);
        }
        DatabaseLocale locale = DatabaseLocale.of(parts);
        return locale == null ? null : new Header(locale);
    }

    /** Reads a text; null if it is longer than it may be. */
    private static @Nullable String shortText(DataInputStream in, int longest) throws IOException {
        int length = in.readInt();
        return length < 0 || length > longest ? null : new String(exactly(in, length), StandardCharsets.UTF_8);
    }

    /** Reads a part after the first one. */
    static Part next(DataInputStream in) throws IOException {
        Kind kind = kind((char) in.readByte());
        int size = in.readInt();
        if (kind == Kind.DATA) {
            return Part.data(exactly(in, size));
        }
        if (size < 0 || size > MAX_TEXTS) {
            throw damaged();
        }
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            texts.add(new String(exactly(in, in.readInt()), StandardCharsets.UTF_8));
        }
        if (kind == Kind.STATEMENT && texts.size() == 2 && texts.get(0).startsWith(COLUMN)) {
            texts.set(1, withoutPrivateOptions(texts.get(1)));
        }
        return new Part(kind, texts, Part.NONE);
    }

    /**
     * Removes an option of a column that PostgreSQL 17.12 stores for itself, and that older servers refuse. Senders
     * left it in until then.
     */
    private static String withoutPrivateOptions(String sql) {
        int start = sql.lastIndexOf(SET);
        if (start < 0 || !sql.endsWith(")")) {
            return sql;
        }
        List<String> options =
                List.of(sql.substring(start + SET.length(), sql.length() - 1).split(", "));
        if (!options.stream().allMatch(option -> COLUMN_OPTION.matcher(option).matches())) {
            return sql;
        }
        String left = options.stream()
                .filter(option -> !option.startsWith(PRIVATE_OPTION))
                .collect(Collectors.joining(", "));
        return sql.substring(0, start) + (left.isEmpty() ? " RESET (n_distinct)" : SET + left + ")");
    }

    private static Kind kind(char code) throws IOException {
        for (Kind kind : Kind.values()) {
            if (kind.code == code) {
                return kind;
            }
        }
        throw damaged();
    }

    private static byte[] exactly(InputStream in, int length) throws IOException {
        if (length > TransferSizes.MOST && length <= MAX_BYTES) {
            throw new TooLarge(length);
        }
        byte[] bytes = length < 0 || length > MAX_BYTES ? Part.NONE : in.readNBytes(length);
        if (bytes.length != length) {
            throw damaged();
        }
        return bytes;
    }

    private static IOException damaged() {
        return new IOException("The stream ended early or is damaged");
    }
}
