// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.backup.archive;

import dev.allotment.spi.backup.BackupStore;
import dev.allotment.spi.backup.StoredFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Stores backups in a folder, such as one that all nodes mount. A file is written under a temporary name, forced to the
 * disk, and then linked to its name, which fails if there is one. The folder is never created: while it is not mounted,
 * everything fails, so that no caller takes it for an empty store. Thread-safe.
 */
public final class FolderBackupStore implements BackupStore {
    private static final Pattern NAME =
            Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}(?:/[A-Za-z0-9][A-Za-z0-9._-]{0,99})*");
    private static final String UNFINISHED = ".unfinished-";
    private static final Duration ABANDONED_AFTER = Duration.ofDays(1);
    private static final int BUFFER = 1 << 16;
    /** How often the folder of a file may be removed, because it is empty, while the file is written. */
    private static final int MAX_RACES = 10;

    private final Path folder;

    public FolderBackupStore(Path folder) {
        this.folder = folder.toAbsolutePath();
    }

    private Path path(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("Not a name of a file in a store for backups: " + name);
        }
        return folder.resolve(name);
    }

    /** The exception is no {@link NoSuchFileException}, which would mean that the store has no such file. */
    private void requireFolder() throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new IOException("The folder of the backups is missing, or is not mounted: " + folder);
        }
    }

    @Override
    public void write(String name, InputStream content) throws IOException {
        Path target = path(name);
        requireFolder();
        if (Files.exists(target)) {
            throw new FileAlreadyExistsException(name);
        }
        Path unfinished = unfinished();
        try {
            try (FileChannel file = FileChannel.open(unfinished, StandardOpenOption.WRITE)) {
                byte[] buffer = new byte[BUFFER];
                var out = Channels.newOutputStream(file);
                for (int read = content.read(buffer); read >= 0; read = content.read(buffer)) {
                    out.write(buffer, 0, read);
                }
                file.force(true);
            }
            publish(unfinished, target);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    private static Path parent(Path file) {
        return Objects.requireNonNull(file.getParent());
    }

    /** A new, empty file that only the user of this process can read. */
    private Path unfinished() throws IOException {
        return Files.createTempFile(folder, UNFINISHED, "");
    }

    private void publish(Path unfinished, Path target) throws IOException {
        Path parent = parent(target);
        for (int attempt = 1; ; attempt++) {
            try {
                create(parent);
                link(unfinished, target);
                break;
            } catch (NoSuchFileException e) {
                if (attempt == MAX_RACES) {
                    throw e;
                }
            }
        }
        try {
            force(parent);
            force(folder);
        } catch (NoSuchFileException e) {
            // Another writer has deleted the file already, and its folder with it.
            requireFolder();
        }
    }

    /** Creates the folders of a file, but not the one of the store. */
    private void create(Path directory) throws IOException {
        if (directory.equals(folder)) {
            requireFolder();
        } else if (!Files.isDirectory(directory)) {
            create(parent(directory));
            try {
                Files.createDirectory(directory);
            } catch (FileAlreadyExistsException e) {
                // Another writer has created it.
            }
        }
    }

    /** A link never replaces a file. Some file systems have none; there, only the names keep writers apart. */
    private static void link(Path unfinished, Path target) throws IOException {
        try {
            Files.createLink(target, unfinished);
        } catch (FileAlreadyExistsException | NoSuchFileException e) {
            throw e;
        } catch (UnsupportedOperationException | FileSystemException e) {
            if (Files.exists(target)) {
                throw new FileAlreadyExistsException(target.getFileName().toString());
            }
            Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    /** Forces the entries of a folder to the disk, where that is possible. */
    private static void force(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (NoSuchFileException e) {
            throw e;
        } catch (FileSystemException e) {
            // Windows cannot open a folder, and needs no force.
            if (!System.getProperty("os.name", "").startsWith("Windows")) {
                throw e;
            }
        }
    }

    @Override
    public InputStream read(String name) throws IOException {
        Path path = path(name);
        try {
            // Opening a pipe or a device could wait for ever.
            if (!Files.readAttributes(path, BasicFileAttributes.class).isRegularFile()) {
                throw new IOException("Not a regular file in the store for backups: " + name);
            }
            return Files.newInputStream(path);
        } catch (NoSuchFileException e) {
            requireFolder();
            throw e;
        }
    }

    @Override
    public List<StoredFile> list(String prefix) throws IOException {
        int slash = prefix.lastIndexOf('/');
        Path start = slash < 0 ? folder : path(prefix.substring(0, slash));
        List<StoredFile> found = new ArrayList<>();
        if (!Files.isDirectory(start)) {
            requireFolder();
            return found;
        }
        // A folder can have ten thousand files, so the file system is asked about those only that may match.
        try (DirectoryStream<Path> entries =
                Files.newDirectoryStream(start, entry -> name(entry).startsWith(prefix))) {
            for (Path entry : entries) {
                walk(found, entry);
            }
        } catch (NoSuchFileException e) {
            // Another writer has removed the folder meanwhile.
            return list(prefix);
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        } catch (UncheckedIOException e) {
            if (!(e.getCause() instanceof NoSuchFileException)) {
                throw e.getCause();
            }
            return list(prefix);
        }
        requireFolder();
        found.sort(Comparator.comparing(StoredFile::name));
        return found;
    }

    private String name(Path path) {
        return folder.relativize(path).toString().replace('\\', '/');
    }

    private void walk(List<StoredFile> found, Path entry) throws IOException {
        try (Stream<Path> walk = Files.walk(entry)) {
            for (Path path : (Iterable<Path>) walk::iterator) {
                String name = name(path);
                if (NAME.matcher(name).matches()) {
                    add(found, name, path);
                }
            }
        }
    }

    private static void add(List<StoredFile> found, String name, Path path) throws IOException {
        try {
            if (Files.isRegularFile(path)) {
                found.add(new StoredFile(
                        name, Files.size(path), Files.getLastModifiedTime(path).toInstant()));
            }
        } catch (NoSuchFileException e) {
            // It was deleted meanwhile.
        }
    }

    @Override
    public void delete(String name) throws IOException {
        Path path = path(name);
        if (!Files.deleteIfExists(path)) {
            requireFolder();
            return;
        }
        Path parent = parent(path);
        try {
            force(parent);
            if (!parent.equals(folder)) {
                Files.deleteIfExists(parent);
            }
        } catch (DirectoryNotEmptyException | NoSuchFileException e) {
            // It has other files, or another thread has removed it.
        }
    }

    @Override
    public void tidy() throws IOException {
        requireFolder();
        Instant before = now().minus(ABANDONED_AFTER);
        try (Stream<Path> entries = Files.list(folder)) {
            for (Path path : (Iterable<Path>) entries::iterator) {
                if (path.getFileName().toString().startsWith(UNFINISHED)
                        && Files.getLastModifiedTime(path).toInstant().isBefore(before)) {
                    Files.deleteIfExists(path);
                }
            }
        }
    }

    /** The time by the clock of the file system, which may be on another machine. */
    private Instant now() throws IOException {
        Path file = unfinished();
        try {
            return Files.getLastModifiedTime(file).toInstant();
        } finally {
            Files.delete(file);
        }
    }
}
