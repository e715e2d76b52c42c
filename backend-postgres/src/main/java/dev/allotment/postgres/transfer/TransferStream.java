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

/** What a database that goes to another server looks like on the way: parts, one after the other, the last one of which says so. */
public final class TransferStream {
    static final String FORMAT = "allotment postgres database 1";

    private static final int MOST_TEXTS = 10_000;
    private static final int HEAD = 5;

    /** What a part is. The texts that it has follow each. */
    enum Kind {
        /** The first one: format, version of the base schema. */
        HEADER('A'),
        /** Rows of a table of the base schema follow: table, columns. */
        RECORDS('R'),
        /** How far a table of the base schema has counted: table, column, last number, whether that was given. */
        COUNTER('C'),
        /** For the tenant's role to execute: what it makes, for messages; SQL. */
        STATEMENT('S'),
        /** Rows follow, for the tenant's role to load: what they are rows of; SQL. */
        ROWS('T'),
        /** Rows; instead of texts, what COPY takes. */
        DATA('D'),
        /** No more rows. */
        ROWS_END('E'),
        /** The last one. */
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

    /** Whether a stream begins as content does; throws where it ends before that is known. */
    static boolean begins(DataInputStream in, String version) throws IOException {
        if (in.readByte() != Kind.HEADER.code || in.readInt() != 2) {
            return false;
        }
        for (String expected : List.of(FORMAT, version)) {
            byte[] bytes = expected.getBytes(StandardCharsets.UTF_8);
            if (in.readInt() != bytes.length
                    || !new String(exactly(in, bytes.length), StandardCharsets.UTF_8).equals(expected)) {
                return false;
            }
        }
        return true;
    }

    /** The next part after the first one. */
    static Part next(DataInputStream in) throws IOException {
        Kind kind = kind((char) in.readByte());
        int size = in.readInt();
        if (kind == Kind.DATA) {
            return Part.data(exactly(in, size));
        }
        if (size < 0 || size > MOST_TEXTS) {
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
        byte[] bytes = length < 0 ? Part.NONE : in.readNBytes(length);
        if (bytes.length != length) {
            throw damaged();
        }
        return bytes;
    }

    private static IOException damaged() {
        return new IOException("The content is cut off or damaged");
    }
}
