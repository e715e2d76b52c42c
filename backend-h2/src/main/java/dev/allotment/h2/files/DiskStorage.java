// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2.files;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Files in a folder of the file system, which is locked for this process. */
public final class DiskStorage implements H2Storage {
    private static final String LOCK = "lock";
    private static final String UNFINISHED = ".new";
    private static final int BUFFER_BYTES = 1 << 16;

    /**
     * The folders that this process has open. It must not open their lock files a second time: on POSIX systems,
     * closing a file releases every lock that the process has on it.
     */
    private static final Set<Path> OPEN = ConcurrentHashMap.newKeySet();

    private final Path root;
    private final @Nullable FileChannel lock;
    private final AtomicBoolean open = new AtomicBoolean(true);

    private DiskStorage(Path root, @Nullable FileChannel lock) {
        this.root = root;
        this.lock = lock;
    }

    /**
     * Locks a folder. Creates it if it does not exist.
     *
     * @throws SaasException {@code backend.in-use} if this or another process has it open
     */
    public static DiskStorage open(Path folder) {
        Path root;
        try {
            root = Files.createDirectories(folder).toRealPath();
        } catch (IOException e) {
            throw H2Storage.failed(e);
        }
        return open(root, () -> lock(root.resolve(LOCK), StandardOpenOption.CREATE));
    }

    /**
     * Opens a folder to read it. Nothing in it is changed. It is locked if it has a lock file that can be written, as a
     * folder that another process has open does.
     *
     * @throws SaasException {@code backend.in-use} if this or another process has it open; {@code backend.unavailable}
     *     if it does not exist
     */
    public static DiskStorage openToRead(Path folder) {
        Path root;
        try {
            root = folder.toRealPath();
        } catch (IOException e) {
            throw H2Storage.failed(e);
        }
        Path file = root.resolve(LOCK);
        return open(root, () -> Files.isWritable(file) ? lock(file) : null);
    }

    private static DiskStorage open(Path root, Supplier<@Nullable FileChannel> locking) {
        if (!OPEN.add(root)) {
            throw inUse();
        }
        boolean done = false;
        try {
            DiskStorage storage = new DiskStorage(root, locking.get());
            done = true;
            return storage;
        } finally {
            if (!done) {
                OPEN.remove(root);
            }
        }
    }

    /** The number of the folder in its file system, which a copy does not have. Its device may change at a restart. */
    @Override
    public @Nullable String identity() {
        if (!root.getFileSystem().supportedFileAttributeViews().contains("unix")) {
            return null;
        }
        try {
            return "folder " + Files.getAttribute(root, "unix:ino");
        } catch (IOException e) {
            return null;
        }
    }

    /** Locks a file until the channel is closed or the process ends, even if it is killed. */
    private static FileChannel lock(Path file, OpenOption... more) {
        Set<OpenOption> options = new HashSet<>(List.of(more));
        options.add(StandardOpenOption.WRITE);
        try {
            FileChannel channel = FileChannel.open(file, options);
            if (isLocked(channel)) {
                return channel;
            }
            channel.close();
        } catch (IOException e) {
            throw H2Storage.failed(e);
        }
        throw inUse();
    }

    private static boolean isLocked(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    private static SaasException inUse() {
        return SaasException.unavailable(
                ErrorCodes.BACKEND_IN_USE,
                "The folder of the H2 backend is already open, in this or another process. Close it there first, or use"
                        + " a backend that processes can share.",
                null);
    }

    @Override
    public String location() {
        return root.toString();
    }

    @Override
    public String databaseName(String file) {
        return path(file).toString();
    }

    @Override
    public boolean exists(String name) {
        return Files.exists(path(name));
    }

    @Override
    public List<String> children(String folder) {
        try (Stream<Path> children = Files.list(path(folder))) {
            return children.map(each -> each.getFileName().toString()).toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw H2Storage.failed(e);
        }
    }

    @Override
    public void createFolder(String folder) {
        act(() -> Files.createDirectories(path(folder)));
        syncParent(folder);
    }

    @Override
    public void createFile(String file) {
        act(() -> {
            try {
                Files.createFile(path(file));
            } catch (FileAlreadyExistsException e) {
                // The file exists, which is the desired result.
            }
        });
        syncParent(file);
    }

    @Override
    public void write(String file, byte[] content) {
        String unfinished = file + UNFINISHED;
        act(() -> {
            Files.deleteIfExists(path(unfinished));
            Files.createFile(path(unfinished), ownerOnly());
            try (FileChannel channel = FileChannel.open(path(unfinished), StandardOpenOption.WRITE)) {
                ByteBuffer remaining = ByteBuffer.wrap(content);
                while (remaining.hasRemaining()) {
                    channel.write(remaining);
                }
                channel.force(true);
            }
        });
        replace(file, unfinished);
    }

    private FileAttribute<?>[] ownerOnly() {
        return root.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }

    @Override
    public byte[] read(String file) {
        try {
            return Files.readAllBytes(path(file));
        } catch (IOException e) {
            throw H2Storage.failed(e);
        }
    }

    @Override
    public InputStream input(String file) {
        try {
            return Files.newInputStream(path(file));
        } catch (IOException e) {
            throw H2Storage.failed(e);
        }
    }

    @Override
    public void write(String file, InputStream content) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        try (FileChannel channel = create(file)) {
            for (int read = content.read(buffer); read >= 0; read = content.read(buffer)) {
                ByteBuffer remaining = ByteBuffer.wrap(buffer, 0, read);
                act(() -> {
                    while (remaining.hasRemaining()) {
                        channel.write(remaining);
                    }
                });
            }
            act(() -> channel.force(true));
        }
        syncParent(file);
    }

    private FileChannel create(String file) {
        try {
            return FileChannel.open(
                    path(file),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw H2Storage.failed(e);
        }
    }

    @Override
    public void copy(String file, String copy) {
        act(() -> {
            Files.copy(path(file), path(copy), StandardCopyOption.REPLACE_EXISTING);
            try (FileChannel channel = FileChannel.open(path(copy), StandardOpenOption.WRITE)) {
                channel.force(true);
            }
        });
        syncParent(copy);
    }

    @Override
    public void replace(String file, String by) {
        act(() -> Files.move(path(by), path(file), StandardCopyOption.ATOMIC_MOVE));
        syncParent(file);
    }

    @Override
    public boolean moveFolder(String folder, String name) {
        try {
            Files.move(path(folder), path(name), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            if (exists(folder) && exists(name)) {
                return false;
            }
            throw H2Storage.failed(e);
        }
        syncParent(name);
        return true;
    }

    @Override
    public void delete(String name) {
        act(() -> deleteTree(path(name)));
        syncParent(name);
    }

    private static void deleteTree(Path path) throws IOException {
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            try (Stream<Path> children = Files.list(path)) {
                for (Path child : children.toList()) {
                    deleteTree(child);
                }
            }
        }
        Files.deleteIfExists(path);
    }

    @Override
    public long size(String file) {
        try {
            return Files.size(path(file));
        } catch (IOException e) {
            throw H2Storage.failed(e);
        }
    }

    @Override
    public boolean isUsable() {
        return Files.isWritable(root);
    }

    @Override
    public void close() {
        if (open.compareAndSet(true, false)) {
            if (lock != null) {
                act(lock::close);
            }
            OPEN.remove(root);
        }
    }

    private Path path(String name) {
        return root.resolve(name);
    }

    /**
     * Forces a folder to the disk, because a file name is only as durable as its folder. Not every operating system
     * can open a folder as a file. On those that cannot, this does nothing.
     */
    private void syncParent(String name) {
        try (FileChannel channel = FileChannel.open(path(name).resolveSibling("."), StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            System.getLogger("dev.allotment.h2")
                    .log(Level.DEBUG, "A folder could not be forced to the disk: operation=sync file=" + name, e);
        }
    }

    @FunctionalInterface
    private interface Action {
        void run() throws IOException;
    }

    private static void act(Action action) {
        try {
            action.run();
        } catch (IOException e) {
            throw H2Storage.failed(e);
        }
    }
}
