// SPDX-License-Identifier: Apache-2.0
package dev.allotment.hook;

import java.io.IOException;
import java.io.InputStream;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The files of the embedder's application that belong to tenants, such as attachments in a folder or a bucket.
 *
 * <p>The embedder registers one at the builder, on every node. With it, backups and exports contain the files of their
 * tenant, restores and copies bring them along, and a tenant that is deleted for good loses them. Renaming a tenant,
 * moving it to another database server, suspending it, and deleting it with a retention do not touch its files.
 *
 * <p>Files belong to a UUID. That is the {@linkplain dev.allotment.Tenant#uuid() UUID of a tenant}, or one that the
 * control plane has chosen for files that may become those of a tenant. Except in {@link #replace}, a UUID without
 * files is treated as an unknown one.
 *
 * <p>The files are read after the state of the database that they belong to. So the files that the database names are
 * there, if the application stores a file before the transaction that names it is committed, and deletes it only a
 * while after the transaction that removes its name: at least as long as a backup, an export or a copy takes. There may
 * be files that the database does not name.
 *
 * <p>A name is 1 to 1,024 bytes in UTF-8: parts separated by slashes, none of them empty, {@code .} or {@code ..},
 * without backslashes and control characters, and not starting with a letter and a colon. If another name is listed,
 * the backup, export or copy fails with {@code files.invalid}.
 *
 * <p>The control plane may be killed during any call, and repeats it. So it must be possible to call each method again
 * after it has finished or has stopped halfway. Implementations must be safe for use by several threads. If they throw,
 * the operation fails with {@code files.failed}, and is undone or tried again.
 */
public interface TenantFiles {
    /**
     * Returns the names of all files of a UUID, each once, in the order of {@link String#compareTo}. The caller closes
     * the stream, and reads it slowly, as it reads the files. Files that come or go meanwhile may be left out.
     */
    Stream<String> list(UUID tenant) throws IOException;

    /**
     * Opens a file for reading. The caller closes it.
     *
     * @throws java.nio.file.NoSuchFileException if the file was deleted since it was listed; it is left out
     */
    InputStream open(UUID tenant, String name) throws IOException;

    /**
     * Makes an empty place for files of a UUID. Files that it has are deleted. {@link #replace} must find the place,
     * even if nothing is written to it.
     */
    void create(UUID tenant) throws IOException;

    /**
     * Writes a file, and replaces one of the same name. All or nothing: if reading the content throws, there is no such
     * file. Throws if there is no place for files of this UUID, so that a process that had stalled creates none.
     *
     * @param content read during the call, in pieces; not closed
     */
    void write(UUID tenant, String name, InputStream content) throws IOException;

    /**
     * Gives the place of one UUID, which {@link #create} or the application has made, to another UUID, whose own files
     * are deleted. The tenant is closed to its application meanwhile. If the first UUID has no place, an earlier call
     * has done this, and nothing changes.
     *
     * @param by has no files and no place afterwards
     */
    void replace(UUID tenant, UUID by) throws IOException;

    /** Deletes the files and the place of a UUID. Does nothing if there are none. */
    void delete(UUID tenant) throws IOException;
}
