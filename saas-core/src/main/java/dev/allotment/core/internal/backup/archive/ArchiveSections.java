// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.backup.archive;

import dev.allotment.core.internal.backup.stream.DamagedContent;
import dev.allotment.core.internal.backup.stream.PieceStream;
import dev.allotment.core.internal.file.FileNames;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Reads what {@link ContentWithFiles} provides: first the database, and then each file. Does not close the stream. */
final class ArchiveSections {
    private final DataInputStream from;
    private final Part database = new Part();

    ArchiveSections(InputStream from) {
        this.from = new DataInputStream(from);
    }

    /** Receives one file after the other, and need not read it to its end. */
    interface Receiver {
        void receive(String name, InputStream content);
    }

    /** The database; it is read before the files. */
    InputStream database() {
        return database;
    }

    /**
     * Reads all files; what is left of the database is skipped.
     *
     * @return how many there are
     */
    long files(Receiver receiver) throws IOException {
        database.transferTo(OutputStream.nullOutputStream());
        String last = "";
        long count = 0;
        for (int length = from.readUnsignedShort(); length > 0; length = from.readUnsignedShort()) {
            String name = name(length);
            if (!FileNames.isValid(name) || name.compareTo(last) <= 0) {
                throw new DamagedContent("The name of a file is not valid");
            }
            Part content = new Part();
            receiver.receive(name, content);
            content.transferTo(OutputStream.nullOutputStream());
            last = name;
            count++;
        }
        return count;
    }

    private String name(int length) throws IOException {
        if (length > FileNames.MOST_BYTES) {
            throw new DamagedContent("The name of a file is too long");
        }
        byte[] bytes = new byte[length];
        from.readFully(bytes);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new DamagedContent("The name of a file is not a text");
        }
    }

    /** Ends where the part ends. */
    private final class Part extends PieceStream {
        private int left;
        private boolean ended;

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            if (left == 0 && !ended) {
                left = from.readInt();
                if (left < 0 || left > ContentWithFiles.LONGEST_PIECE) {
                    throw new DamagedContent("A piece is too long");
                }
                ended = left == 0;
            }
            if (ended) {
                return -1;
            }
            int read = from.read(target, offset, Math.min(length, left));
            if (read < 0) {
                throw new DamagedContent("The content ends too early");
            }
            left -= read;
            return read;
        }
    }
}
