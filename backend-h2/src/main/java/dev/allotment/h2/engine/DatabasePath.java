// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2.engine;

import dev.allotment.h2.files.DatabaseFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import org.h2.store.fs.FilePath;
import org.h2.store.fs.FilePathWrapper;
import org.jspecify.annotations.Nullable;

/**
 * The layer under H2's files that makes them part of an {@link Opening}. Names are like {@code
 * allotment:7:file:/data/x}.
 * H2 creates the instances.
 */
public final class DatabasePath extends FilePathWrapper {
    private static final String SCHEME = "allotment";

    /** The scheme of files on the disk. */
    private static final String FILE = "file:";

    /** Creates the prototype, from which H2 makes the paths. */
    public DatabasePath() {}

    static void register() {
        FilePath.register(new DatabasePath());
    }

    /** The name in H2 of a database in an opening. */
    static String name(Opening opening) {
        return prefix(opening.number()) + withScheme(opening.file());
    }

    /** The name that H2 uses for the file of a database, which is the same for every path to it. */
    static String fileName(String databaseName, int number) {
        FilePath real =
                FilePath.get(withScheme(databaseName) + DatabaseFiles.DATA).toRealPath();
        return prefix(number) + withScheme(real.name);
    }

    private static String prefix(int number) {
        return SCHEME + ':' + number + ':';
    }

    /** H2 leaves out the scheme of a file on the disk. */
    private static String withScheme(String name) {
        // One character is a drive.
        return name.indexOf(':') < 2 ? FILE + name : name;
    }

    @Override
    public String getScheme() {
        return SCHEME;
    }

    @Override
    public @Nullable FilePathWrapper wrap(@Nullable FilePath base) {
        return base == null ? null : getPath(getPrefix() + withScheme(base.name));
    }

    @Override
    protected String getPrefix() {
        return name.substring(0, inner(name));
    }

    @Override
    protected FilePath unwrap(String path) {
        return FilePath.get(path.substring(inner(path)));
    }

    private static int inner(String path) {
        return path.indexOf(':', SCHEME.length() + 1) + 1;
    }

    @Override
    public FileChannel open(String mode) throws IOException {
        if (!name.endsWith(DatabaseFiles.DATA)) {
            // A temporary file, whose failure is the failure of one statement.
            return super.open(mode);
        }
        return DatabaseFile.open(Opening.of(name), getBase(), mode);
    }
}
