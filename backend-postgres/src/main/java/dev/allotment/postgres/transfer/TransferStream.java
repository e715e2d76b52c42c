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
import org.jspecify.annotations.Nullable;

/**
 * The format of a database on its way to another server or to a backup: parts, one after the other, with a closing
 * part. Backups store it for years, so later versions of Allotment must read what this one writes. If its meaning
 * changes, {@link #FORMAT} does, and the receiver understands both.
 */
public final class TransferStream {
    static final String FORMAT = "allotment postgres database 1";

    /** The size of a part with more than one row, in bytes. The buffers of a connection have room for it. */
    static final int FULL = 1 << 16;

    private static final int MAX_TEXTS = 10_000;
    /** PostgreSQL has no longer row. */
    private static final int MAX_BYTES = 1 << 30;
    /** Bytes in front of the data of a part: its kind and its length. */
    private static final int HEAD = 5;

    /** The kinds of parts, with their texts. */
    enum Kind {
        /** The first part: format, version of the base schema. */
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

        byte[] bytes() {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream(data.length + HEAD);
            try (DataOutputStream out = new DataOutputStream(bytes)) {
                out.writeByte(kind.code);
                if (kind == Kind.DATA) {
                    out.writeInt(data.length);
                    out.write(data);
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

    private TransferStream() {}

    /**
     * Reads the first part. Returns whether it has this format, and this version of the base schema or an older one.
     *
     * @param version names the migrations of the schema, separated by spaces: an older version starts like a newer one
     */
    static boolean readHeader(DataInputStream in, String version) throws IOException {
        if (in.readByte() != Kind.HEADER.code || in.readInt() != 2 || !FORMAT.equals(shortText(in, FORMAT.length()))) {
            return false;
        }
        String found = shortText(in, version.length());
        return found != null && !found.isEmpty() && (version + " ").startsWith(found + " ");
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
        return new Part(kind, texts, Part.NONE);
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
