// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2.files;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The files of a backend, on a disk or in memory. Names are relative, separated by slashes, and consist of parts that
 * are safe in any file system (see {@link H2Names}). The effect of a method survives the end of the process and, on a
 * disk, a power failure. Thread-safe.
 *
 * <p>Methods throw {@code backend.unavailable} if the disk fails.
 */
public interface H2Storage extends AutoCloseable {
    /** The location of this storage. No other open storage in this process has the same one. */
    String location();

    /** Identifies the storage, so that a copy elsewhere has another identity; null if that is unknown. */
    @Nullable
    String identity();

    /** The name that H2 uses for the database whose file is this name with {@link DatabaseFiles#DATA} appended. */
    String databaseName(String file);

    /** Whether a file or folder exists. */
    boolean exists(String name);

    /** The names in a folder; empty if the folder does not exist. */
    List<String> children(String folder);

    /** Creates a folder and its parents. Does nothing if the folder exists. */
    void createFolder(String folder);

    /** Creates an empty file. Does nothing if the file exists. */
    void createFile(String file);

    /** Writes a file atomically, replacing an existing one. Only its owner can read it. */
    void write(String file, byte[] content);

    /** Reads an existing file. */
    byte[] read(String file);

    /** Opens an existing file. The caller closes the stream. */
    InputStream input(String file);

    /**
     * Writes a file from a stream, replacing an existing one.
     *
     * @throws IOException if the stream fails
     */
    void write(String file, InputStream content) throws IOException;

    /** Copies a file to a name that is not used yet. */
    void copy(String file, String copy);

    /** Replaces a file by another one atomically. The other one no longer exists under its old name. */
    void replace(String file, String by);

    /** Renames a folder atomically. Returns false, and does nothing, if the new name is taken. */
    boolean moveFolder(String folder, String name);

    /** Deletes a file, or a folder with its content. Does nothing if it does not exist. */
    void delete(String name);

    /** The size of an existing file in bytes. */
    long size(String file);

    /** Whether files can be written at present. */
    boolean isUsable();

    @Override
    void close();

    /** The error for a failure of the file system. */
    static SaasException failed(Exception cause) {
        return SaasException.unavailable(
                ErrorCodes.BACKEND_UNAVAILABLE,
                "The storage of the H2 backend could not be read or written. Check the free space and the owner of its folder.",
                cause);
    }
}
