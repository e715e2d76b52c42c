// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.backup.archive;

import dev.allotment.SaasException;
import dev.allotment.core.internal.backup.stream.PieceStream;
import dev.allotment.core.internal.backup.stream.UnreadableFile;
import dev.allotment.core.internal.file.ApplicationFiles;
import dev.allotment.core.internal.file.ApplicationFiles.NamedFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The content of a database, and then the files of its tenant, as {@link ArchiveSections} reads them. The database and
 * each file are pieces with their length before them (4 bytes, at most {@link #LONGEST_PIECE}) and a length of zero at
 * the end. Before each file is its name in UTF-8 with its length (2 bytes); a length of zero ends the content. Does not
 * close the content of the database.
 */
final class ContentWithFiles extends PieceStream {
    static final int LONGEST_PIECE = 1 << 16;

    private final InputStream database;
    private final ApplicationFiles files;
    private final UUID tenant;
    private final ByteBuffer buffer = ByteBuffer.allocate(Integer.BYTES + LONGEST_PIECE);
    private final byte[] piece = new byte[LONGEST_PIECE];

    /** What is being read; null: the next file is due. */
    private @Nullable InputStream current;

    /** Null: the database is still being read. */
    private ApplicationFiles.@Nullable Listing listing;

    private boolean ended;
    private long count;

    ContentWithFiles(InputStream database, ApplicationFiles files, UUID tenant) {
        this.database = database;
        this.files = files;
        this.tenant = tenant;
        current = database;
        buffer.limit(0);
    }

    /** How many files it has, once it was read to its end. */
    long count() {
        return count;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (!buffer.hasRemaining()) {
            if (ended) {
                return -1;
            }
            fill();
        }
        int read = Math.min(length, buffer.remaining());
        buffer.get(target, offset, read);
        return read;
    }

    private void fill() throws IOException {
        buffer.clear();
        InputStream open = current;
        if (open == null) {
            startNext();
        } else {
            int read = open == database ? open.readNBytes(piece, 0, LONGEST_PIECE) : readFile(open);
            buffer.putInt(read).put(piece, 0, read);
            if (read == 0) {
                current = null;
                if (open != database) {
                    closeFile(open);
                }
            }
        }
        buffer.flip();
    }

    private int readFile(InputStream file) throws IOException {
        try {
            return file.readNBytes(piece, 0, LONGEST_PIECE);
        } catch (IOException | RuntimeException e) {
            throw new UnreadableFile(ApplicationFiles.failed(e));
        }
    }

    private static void closeFile(InputStream file) throws IOException {
        try {
            file.close();
        } catch (IOException | RuntimeException e) {
            throw new UnreadableFile(ApplicationFiles.failed(e));
        }
    }

    /** The files are listed when the database was read, so that they are at least as new. */
    private void startNext() throws IOException {
        try {
            ApplicationFiles.Listing known = listing;
            if (known == null) {
                known = files.list(tenant);
                listing = known;
            }
            NamedFile next = known.next();
            byte[] name = next == null ? new byte[0] : next.name().getBytes(StandardCharsets.UTF_8);
            buffer.putShort((short) name.length).put(name);
            if (next == null) {
                ended = true;
            } else {
                current = next.content();
                count++;
            }
        } catch (SaasException e) {
            throw new UnreadableFile(e);
        }
    }

    /** Closes the files, but not the database. */
    @Override
    public void close() throws IOException {
        InputStream open = current;
        if (open != null && open != database) {
            open.close();
        }
        if (listing != null) {
            listing.close();
        }
    }
}
