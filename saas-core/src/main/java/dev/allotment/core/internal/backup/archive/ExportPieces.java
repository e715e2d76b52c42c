// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.backup.archive;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.core.internal.backup.stream.DamagedContent;
import dev.allotment.core.internal.backup.stream.StoredBytes;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.spi.backup.StoredFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.SecureRandom;
import java.util.UUID;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Exports in the store of the backups, encrypted with the keys of the backups. An export is stored in pieces, each a
 * file: its size need not be known before, and a reader can start anywhere without reading what is before. Thread-safe.
 */
public final class ExportPieces {
    /** The size of each piece but the last one. A writer has one in memory. */
    public static final int BYTES = 4 << 20;

    private final CoreContext context;
    private final BackupFiles files;
    private final BackupKeys keys;
    private final SecureRandom random;

    ExportPieces(CoreContext context, BackupFiles files, BackupKeys keys, SecureRandom random) {
        this.context = context;
        this.files = files;
        this.keys = keys;
        this.random = random;
    }

    private static ContentCipher cipher(DataKey key, StoredExport export, int number) {
        return new ContentCipher(
                key,
                "piece " + number + " of run " + export.run() + " of export " + export.id() + " of tenant "
                        + export.tenant());
    }

    /**
     * Returns a stream that stores an export. Closing it stores the rest: until then, the export is not complete.
     *
     * @param stored called after each piece, with the number of bytes so far
     */
    public OutputStream writer(StoredExport export, LongConsumer stored) {
        return new Writer(export, stored);
    }

    private final class Writer extends OutputStream {
        private final StoredExport export;
        private final LongConsumer stored;
        private final DataKey key;
        private final byte[] piece = new byte[BYTES];
        private int count;
        private int number;

        Writer(StoredExport export, LongConsumer stored) {
            this.export = export;
            this.stored = stored;
            this.key = keys.get(export.tenant());
        }

        @Override
        public void write(int next) {
            write(new byte[] {(byte) next}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            int done = 0;
            while (done < length) {
                int size = Math.min(length - done, BYTES - count);
                System.arraycopy(bytes, offset + done, piece, count, size);
                count += size;
                done += size;
                if (count == BYTES) {
                    store();
                }
            }
        }

        private void store() {
            InputStream plain = new ByteArrayInputStream(piece, 0, count);
            StoredBytes bytes =
                    StoredBytes.outgoing(cipher(key, export, number).encrypted(plain, random), context::tick);
            if (!files.write(ExportName.of(export).piece(number), bytes)) {
                throw BackupFiles.failed(new IOException("Two runs of an operation have the same number"));
            }
            stored.accept((long) number * BYTES + count);
            number++;
            count = 0;
        }

        @Override
        public void close() {
            if (count > 0) {
                store();
            }
        }
    }

    /**
     * Writes a part of an export.
     *
     * @param size the size of the export
     * @param from the first byte
     * @param end the byte after the last one, at most the size
     * @throws SaasException {@code backup.damaged}, {@code backup.store-failed}
     */
    public void read(StoredExport export, long size, long from, long end, OutputStream out) throws IOException {
        DataKey key = keys.get(export.tenant());
        for (long at = from; at < end; ) {
            int number = Math.toIntExact(at / BYTES);
            long start = (long) number * BYTES;
            long until = Math.min(end, start + BYTES);
            String name = ExportName.of(export).piece(number);
            try (InputStream stored = files.find(name).orElseThrow(() -> damaged(export))) {
                InputStream plain = reading(
                        export,
                        () -> cipher(key, export, number).decrypted(StoredBytes.incoming(stored, context::tick)));
                copy(export, plain, at - start, until - start, out);
                if (until == Math.min(size, start + BYTES) && reading(export, plain::read) >= 0) {
                    throw damaged(export);
                }
            }
            at = until;
        }
    }

    /** Has little in memory while a slow reader takes it. */
    private static void copy(StoredExport export, InputStream plain, long from, long end, OutputStream out)
            throws IOException {
        byte[] buffer = new byte[ContentCipher.PIECE_BYTES];
        for (long at = 0; at < end; ) {
            int most = (int) Math.min(buffer.length, (at < from ? from : end) - at);
            int read = reading(export, () -> plain.read(buffer, 0, most));
            if (read < 0) {
                throw damaged(export);
            }
            if (at >= from) {
                out.write(buffer, 0, read);
            }
            at += read;
        }
    }

    private interface Reading<T> {
        T run() throws IOException;
    }

    /** The store's failures, as opposed to those of the reader. */
    private static <T> T reading(StoredExport export, Reading<T> reading) {
        try {
            return reading.run();
        } catch (DamagedContent e) {
            throw damaged(export);
        } catch (IOException e) {
            throw BackupFiles.failed(e);
        }
    }

    private static SaasException damaged(StoredExport export) {
        return SaasException.conflict(
                ErrorCodes.BACKUP_DAMAGED,
                "A part of export " + export.id() + " is missing in the store, or was changed since it was written."
                        + " Prepare another export.");
    }

    /**
     * Deletes everything of an export, of all runs. Does nothing if there is nothing.
     *
     * @param before called before each file is deleted
     */
    public void delete(StoredExport export, Runnable before) {
        delete(ExportName.of(export).allRuns(), file -> true, before);
    }

    /** Deletes what one run has stored. */
    public void deleteRun(StoredExport export) {
        delete(ExportName.of(export).prefix(), file -> true, () -> {});
    }

    /**
     * Deletes all exports of a tenant but one, and what other runs have left of that one.
     *
     * @param kept null: none
     * @param before called after the files were listed, and before each one is deleted
     */
    public void deleteOthers(UUID tenant, @Nullable StoredExport kept, Runnable before) {
        String own = kept == null ? null : ExportName.of(kept).prefix();
        delete(ExportName.all(tenant), file -> own == null || !file.startsWith(own), before);
    }

    private void delete(String prefix, Predicate<String> which, Runnable before) {
        files.list(prefix).stream().map(StoredFile::name).filter(which).forEach(file -> {
            before.run();
            files.delete(file);
        });
    }
}
