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
 * The folder. Every change is atomic: a new file is written next to the old file, forced to the disk, and moved over
 * the old file. A process that is killed at any moment leaves the old file or the new file, and at worst a third file
 * that is never read.
 */
final class FileStorage {
    private static final String SUFFIX = ".records";

    /** Work on files. */
    interface Action<T extends @Nullable Object> {
        T run() throws IOException;
    }

    /** The folders that this process has open. */
    private static final Set<Path> OPEN_HERE = ConcurrentHashMap.newKeySet();

    private final Path folder;
    private final Path catalog;
    private final Path databases;
    private final FileChannel folderLock;
    /** A lock for each file. Never removed, since threads may wait for it. Fair, so that each thread gets its turn. */
    private final Map<Path, ReentrantLock> locks = new ConcurrentHashMap<>();

    private FileStorage(Path folder, FileChannel folderLock) {
        this.folder = folder;
        this.catalog = folder.resolve("catalog" + SUFFIX);
        this.databases = folder.resolve("databases");
        this.folderLock = folderLock;
    }

    /**
     * Locks the folder. The lock is released when the channel is closed, and so also if the process is killed.
     *
     * <p>A second opening in this process is refused before it touches the file of the lock: on POSIX systems, a
     * process that closes any channel on a file loses all its locks on that file.
     */
    static FileStorage open(Path folder) {
        try {
            Files.createDirectories(folder.resolve("databases"));
            Path real = folder.toRealPath();
            FileChannel lock = OPEN_HERE.add(real) ? lock(real) : null;
            if (lock == null) {
                throw FileProblems.inUse();
            }
            return new FileStorage(real, lock);
        } catch (IOException e) {
            throw FileProblems.unavailable(e);
        }
    }

    /** Returns the channel that has the lock; null if another process has it. */
    private static @Nullable FileChannel lock(Path folder) throws IOException {
        FileChannel channel = null;
        boolean locked = false;
        try {
            channel = FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            locked = channel.tryLock() != null;
            return locked ? channel : null;
        } finally {
            if (!locked) {
                OPEN_HERE.remove(folder);
                if (channel != null) {
                    channel.close();
                }
            }
        }
    }

    Path catalog() {
        return catalog;
    }

    /** Encodes the name, so that every file is in the folder. */
    Path database(String name) {
        return databases.resolve(URLEncoder.encode(name, UTF_8) + SUFFIX);
    }

    /** Returns the files of all databases by name. */
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

    /** Runs work with these files locked. Locks them in order, to avoid deadlocks. */
    <T extends @Nullable Object> T exclusively(Set<Path> files, Action<T> action) {
        Deque<ReentrantLock> held = new ArrayDeque<>();
        try {
            for (Path file : new TreeSet<>(files)) {
                ReentrantLock lock = locks.computeIfAbsent(file, any -> new ReentrantLock(true));
                if (lock.isHeldByCurrentThread()) {
                    throw FileProblems.misused(
                            "A transaction was started inside another transaction on the same file.");
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

    /** Returns null if the file does not exist. */
    @Nullable
    String read(Path file) throws IOException {
        try {
            // Not readString, which refuses text that is not UTF-8: such a file of others is recognized by its first
            // line.
            return new String(Files.readAllBytes(file), UTF_8);
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /**
     * Replaces or creates the file. Synchronized like all changes, so that the folder is not closed meanwhile.
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
     * Forces the folder to the disk, without which a new file is not safe. An interrupted thread cannot do that, so the
     * interrupt is set again afterwards.
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

    /** Closes the folder. A transaction that still runs fails when it stores its changes. */
    synchronized void close() {
        try {
            if (folderLock.isOpen()) {
                folderLock.close();
                OPEN_HERE.remove(folder);
            }
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
