// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * The files of a backend, on a disk or in memory. Names are relative, with slashes, made of parts that are safe in any file
 * system (see {@link H2Names}). What a method has done survives the end of the process and, on a disk, of the machine. Thread-safe.
 *
 * <p>Methods throw {@code backend.unavailable} where the disk fails.
 */
interface H2Storage extends AutoCloseable {
    /** Where it is; no other storage that is open in this process is there. */
    String location();

    /** How H2 names a database whose file is this one with {@link DatabaseFiles#DATA} appended. */
    String databaseName(String file);

    boolean exists(String name);

    /** The names in a folder; none where it is not there. */
    List<String> children(String folder);

    /** Makes a folder, and those that it lies in. One that is there is no error. */
    void createFolder(String folder);

    /** Makes an empty file. One that is there is no error. */
    void createFile(String file);

    /** Makes a file with this content, or replaces one, in one step; for the eyes of its owner only. */
    void write(String file, byte[] content);

    /** The content of a file that is there. */
    byte[] read(String file);

    /** The content of a file that is there, to be closed. */
    InputStream input(String file);

    /** Makes a file, or replaces one, of what is read to its end; throws what the reading throws. */
    void write(String file, InputStream content) throws IOException;

    /** Makes a copy of a file under a name where none is. */
    void copy(String file, String copy);

    /** Replaces a file by another one, in one step. */
    void replace(String file, String by);

    /** Gives a folder another name, in one step. False: there is something of that name. */
    boolean moveFolder(String folder, String name);

    /** Removes a file, or a folder and what is in it. One that is not there is no error. */
    void delete(String name);

    long size(String file);

    /** Whether files can be written now. */
    boolean isUsable();

    @Override
    void close();

    /** The error for a failure of the file system. */
    static SaasException failed(Exception cause) {
        return SaasException.unavailable(
                ErrorCodes.BACKEND_UNAVAILABLE,
                "The storage of the H2 backend could not be read or written. Is the disk full, or the folder not ours?",
                cause);
    }
}
