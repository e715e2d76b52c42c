// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backup;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * Where backups are stored, such as a folder: files with names, which are written once. All nodes use the same store.
 * What it gets is encrypted and authenticated already, so it needs to keep no secret. Safe for use by several threads.
 *
 * <p>A name has one or more parts, which {@code /} separates. A part has 1 to 100 characters: {@code A} to {@code
 * Z}, {@code a} to {@code z}, digits, {@code .}, {@code _} and {@code -}. The first is none of the last three.
 *
 * <p>A store limits how long it waits for an answer, and throws if there is none. An {@code IOException} means that the
 * store is unavailable, full or broken, and that the caller may try again.
 */
public interface BackupStore {
    /**
     * Writes a file, completely or not at all: it can be read and is listed when this returns, and survives a crash of
     * the machine. If this throws, or the process dies, no other call sees anything of it.
     *
     * @param content is read to its end, in pieces, and not closed. If reading throws, this throws the same
     * @throws java.nio.file.FileAlreadyExistsException if there is a file of this name, which does not change
     */
    void write(String name, InputStream content) throws IOException;

    /**
     * Opens a file. The caller closes the stream.
     *
     * @throws java.nio.file.NoSuchFileException if there is none
     */
    InputStream read(String name) throws IOException;

    /**
     * Returns the files whose names start with this text, in the order of their names. A file that was written before
     * the call is in the list, and one that was deleted before is not.
     *
     * @param prefix empty: all files
     */
    List<StoredFile> list(String prefix) throws IOException;

    /** Deletes a file. Does nothing if there is none. */
    void delete(String name) throws IOException;

    /**
     * Removes what processes left behind that died while they wrote, if it is older than a day. The maintenance of
     * each node calls this about once a day. Default: does nothing.
     */
    default void tidy() throws IOException {}
}
