// SPDX-License-Identifier: Apache-2.0
package dev.allotment.examples.filebackend;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.allotment.Health;
import java.io.FileOutputStream;
import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The folder. Every change of it is one step that the file system takes as a whole: a new text is written beside the
 * old one, forced to the disk, and moved over it. A process that is killed at any moment leaves the old file or the new
 * one, and at worst a file beside it that nobody reads.
 */
final class FileStorage {
    private static final String SUFFIX = ".records";

    /** What is done with files. */
    interface Action<T extends @Nullable Object> {
        T run() throws IOException;
    }

    private final Path catalog;
    private final Path databases;
    private final FileChannel folderLock;
    /** One for each file; never removed, since somebody may wait for it. Fair, so that everybody gets a turn. */
    private final Map<Path, ReentrantLock> locks = new ConcurrentHashMap<>();

    private FileStorage(Path folder, FileChannel folderLock) {
        this.catalog = folder.resolve("catalog" + SUFFIX);
        this.databases = folder.resolve("databases");
        this.folderLock = folderLock;
    }

    /** Locks the folder. The lock ends with the channel, and so with the process, however that ends. */
    static FileStorage open(Path folder) {
        try {
            Files.createDirectories(folder.resolve("databases"));
            FileChannel lock =
                    FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (!locked(lock)) {
                lock.close();
                throw FileProblems.inUse();
            }
            return new FileStorage(folder, lock);
        } catch (IOException e) {
            throw FileProblems.unavailable(e);
        }
    }

    private static boolean locked(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            // The folder is open in this very process.
            return false;
        }
    }

    Path catalog() {
        return catalog;
    }

    /** The name is encoded, so that no name leads out of the folder. */
    Path database(String name) {
        return databases.resolve(URLEncoder.encode(name, UTF_8) + SUFFIX);
    }

    /** The files of all databases, by name. */
    Map<String, Path> databases() throws IOException {
        Map<String, Path> byName = new TreeMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(databases, "*" + SUFFIX)) {
            for (Path file : files) {
                String name = String.valueOf(file.getFileName());
                byName.put(URLDecoder.decode(name.substring(0, name.length() - SUFFIX.length()), UTF_8), file);
            }
        }
        return byName;
    }

    /** Does something while nobody else works on these files; locked in order, so that no two wait for each other. */
    <T extends @Nullable Object> T exclusively(Set<Path> files, Action<T> action) {
        Deque<ReentrantLock> held = new ArrayDeque<>();
        try {
            for (Path file : new TreeSet<>(files)) {
                ReentrantLock lock = locks.computeIfAbsent(file, any -> new ReentrantLock(true));
                if (lock.isHeldByCurrentThread()) {
                    throw FileProblems.misused("A transaction was begun inside another one of the same place.");
                }
                lock.lock();
                held.push(lock);
            }
            checkOpen();
            return action.run();
        } catch (IOException e) {
            throw FileProblems.unavailable(e);
        } finally {
            held.forEach(ReentrantLock::unlock);
        }
    }

    /** Null where there is no such file. */
    @Nullable
    String read(Path file) throws IOException {
        try {
            // Not readString, which refuses what is no UTF-8: such a file is not ours, and is told apart by its first
            // line.
            return new String(Files.readAllBytes(file), UTF_8);
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /**
     * Replaces the file, or makes it. Synchronized, as all changes are, so that the folder is not given up meanwhile.
     */
    synchronized void write(Path file, String text) throws IOException {
        checkOpen();
        Path unfinished = file.resolveSibling(file.getFileName() + ".unfinished");
        try (FileOutputStream out = new FileOutputStream(unfinished.toFile())) {
            out.write(text.getBytes(UTF_8));
            out.getFD().sync();
        }
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
        syncFolderOf(file);
    }

    synchronized void rename(Path file, Path newFile) throws IOException {
        checkOpen();
        Files.move(file, newFile, StandardCopyOption.ATOMIC_MOVE);
        syncFolderOf(newFile);
    }

    synchronized void delete(Path file) throws IOException {
        checkOpen();
        Files.delete(file);
        syncFolderOf(file);
    }

    /**
     * A file is safe once its folder is. An interrupted thread cannot force a folder, so it is interrupted afterwards.
     */
    private static void syncFolderOf(Path file) throws IOException {
        boolean interrupted = Thread.interrupted();
        try (FileChannel folder = FileChannel.open(file.resolveSibling("."), StandardOpenOption.READ)) {
            folder.force(true);
        } catch (ClosedByInterruptException e) {
            interrupted = Thread.interrupted();
            syncFolderOf(file);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    Health health() {
        if (!folderLock.isOpen()) {
            return Health.down("The file backend has been closed.");
        }
        return Files.isWritable(databases)
                ? Health.healthy()
                : Health.down("The folder of the file backend cannot be written to.");
    }

    /** A transaction that is still at work finds out when it wants to store something. */
    synchronized void close() {
        try {
            folderLock.close();
        } catch (IOException e) {
            throw FileProblems.unavailable(e);
        }
    }

    private void checkOpen() {
        if (!folderLock.isOpen()) {
            throw FileProblems.closed();
        }
    }
}
