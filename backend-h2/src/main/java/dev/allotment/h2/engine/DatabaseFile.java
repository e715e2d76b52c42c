// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2.engine;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import org.h2.store.fs.FileBase;
import org.h2.store.fs.FilePath;
import org.jspecify.annotations.Nullable;

/**
 * The open file of a database. Java closes a file that an interrupted thread uses; then this opens it again, with its
 * lock. Once H2 has closed it, it stays closed, also for threads that still use it. Its {@link Opening} learns when the
 * disk fails.
 */
final class DatabaseFile extends FileBase {
    /** How often in a row an operation finds the file closed by another thread that was interrupted. */
    private static final int ATTEMPTS = 20;

    private final Opening opening;
    private final FilePath path;
    private final String mode;
    private volatile FileChannel channel;
    private @Nullable Lock lock;

    private DatabaseFile(Opening opening, FilePath path, String mode) throws IOException {
        this.opening = opening;
        this.path = path;
        this.mode = mode;
        channel = path.open(mode);
    }

    static DatabaseFile open(Opening opening, FilePath path, String mode) throws IOException {
        DatabaseFile file = new DatabaseFile(opening, path, mode);
        boolean added = false;
        try {
            opening.add(file);
            added = true;
            return file;
        } finally {
            if (!added) {
                file.closeQuietly();
            }
        }
    }

    @FunctionalInterface
    private interface Operation<T> {
        T on(FileChannel channel) throws IOException;
    }

    private <T> T run(Operation<T> operation) throws IOException {
        for (int attempt = 1; ; attempt++) {
            FileChannel present = channel;
            try {
                return operation.on(present);
            } catch (ClosedChannelException e) {
                if (attempt == ATTEMPTS) {
                    throw failed(e);
                }
                reopen(present);
            } catch (IOException e) {
                throw failed(e);
            }
        }
    }

    private IOException failed(IOException e) {
        opening.diskFailed();
        return e;
    }

    /** Opens the file again if no other thread has done so. The caller's thread is not interrupted any more. */
    private synchronized void reopen(FileChannel before) throws IOException {
        if (!isOpen()) {
            throw new ClosedChannelException();
        }
        if (channel != before) {
            return;
        }
        // Otherwise Java would close the file again. The transaction restores the interrupt.
        Thread.interrupted();
        try {
            channel = path.open(mode);
            if (lock != null) {
                lock.renew(channel);
            }
        } catch (IOException e) {
            throw failed(e);
        }
    }

    @Override
    protected synchronized void implCloseChannel() throws IOException {
        opening.remove(this);
        channel.close();
    }

    /** Closes the file. Never fails. */
    void closeQuietly() {
        try {
            close();
        } catch (IOException e) {
            System.getLogger("dev.allotment.h2")
                    .log(Level.DEBUG, "The file of a database could not be closed: operation=close", e);
        }
    }

    @Override
    public long position() throws IOException {
        return run(FileChannel::position);
    }

    @Override
    public FileChannel position(long position) throws IOException {
        run(file -> file.position(position));
        return this;
    }

    @Override
    public long size() throws IOException {
        return run(FileChannel::size);
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        long position = position();
        int read = read(target, position);
        if (read > 0) {
            position(position + read);
        }
        return read;
    }

    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized") // the channel does it without the position
    public int read(ByteBuffer target, long position) throws IOException {
        return run(file -> file.read(target, position));
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        long position = position();
        int written = write(source, position);
        position(position + written);
        return written;
    }

    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized") // the channel does it without the position
    public int write(ByteBuffer source, long position) throws IOException {
        return run(file -> {
            opening.checkDisk();
            return file.write(source, position);
        });
    }

    @Override
    public FileChannel truncate(long size) throws IOException {
        run(file -> {
            opening.checkDisk();
            return file.truncate(size);
        });
        return this;
    }

    @Override
    public void force(boolean metadata) throws IOException {
        run(file -> {
            opening.checkDisk();
            file.force(metadata);
            return this;
        });
    }

    @Override
    public synchronized @Nullable FileLock tryLock(long position, long size, boolean shared) throws IOException {
        FileLock base = channel.tryLock(position, size, shared);
        lock = base == null ? null : new Lock(base);
        return lock;
    }

    @Override
    public String toString() {
        return path.toString();
    }

    /** The lock of this file, also after it was opened again. */
    private final class Lock extends FileLock {
        private FileLock base;

        Lock(FileLock base) {
            super(DatabaseFile.this, base.position(), base.size(), base.isShared());
            this.base = base;
        }

        private void renew(FileChannel reopened) throws IOException {
            FileLock renewed = reopened.tryLock(position(), size(), isShared());
            if (renewed == null) {
                throw new IOException("The lock of the file was lost");
            }
            base = renewed;
        }

        @Override
        public boolean isValid() {
            return base.isValid();
        }

        /** Never fails, because H2 would not close the file then. Closing the file releases the lock, too. */
        @Override
        public void release() {
            synchronized (DatabaseFile.this) {
                lock = null;
                try {
                    base.release();
                } catch (IOException e) {
                    System.getLogger("dev.allotment.h2")
                            .log(Level.DEBUG, "The lock of a database was released before: operation=close", e);
                }
            }
        }
    }
}
