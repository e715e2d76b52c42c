// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.concurrent.CountDownLatch;
import org.h2.store.fs.FilePath;
import org.h2.store.fs.FilePathWrapper;
import org.h2.store.fs.disk.FilePathDisk;
import org.jspecify.annotations.Nullable;

/**
 * The file system of H2's files, which refuses writes on demand as a full disk does, and can hold a thread that reads.
 * Process-wide.
 */
public final class FullDisk extends FilePathWrapper {
    private static volatile boolean full;
    private static volatile @Nullable Pause pause;

    /** A thread waits before it reads, from when it starts to read until it may continue. */
    record Pause(Thread reader, CountDownLatch reads, CountDownLatch mayRead) {}

    /** Replaces the file system that the backend uses. */
    static void install() {
        FilePath.register(new FullDisk());
    }

    static void uninstall() {
        full = false;
        pause = null;
        FilePath.register(new FilePathDisk());
    }

    static void fill(boolean now) {
        full = now;
    }

    /** Makes a thread wait before it reads from a file for the next time. */
    static Pause pauseReadsOf(Thread reader) {
        Pause started = new Pause(reader, new CountDownLatch(1), new CountDownLatch(1));
        pause = started;
        return started;
    }

    private static void awaitReads() {
        Pause present = pause;
        if (present != null && present.reader() == Thread.currentThread()) {
            present.reads().countDown();
            try {
                present.mayRead().await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Override
    public String getScheme() {
        return "file";
    }

    @Override
    public FileChannel open(String mode) throws IOException {
        return new Channel(getBase().open(mode));
    }

    private static final class Channel extends FileChannel {
        private final FileChannel file;

        Channel(FileChannel file) {
            this.file = file;
        }

        private void checkRoom() throws IOException {
            if (full) {
                throw new IOException("No space left on device");
            }
        }

        @Override
        public int write(ByteBuffer source) throws IOException {
            checkRoom();
            return file.write(source);
        }

        @Override
        public int write(ByteBuffer source, long position) throws IOException {
            checkRoom();
            return file.write(source, position);
        }

        @Override
        public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
            checkRoom();
            return file.write(sources, offset, length);
        }

        @Override
        public int read(ByteBuffer target) throws IOException {
            return file.read(target);
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            awaitReads();
            return file.read(target, position);
        }

        @Override
        public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
            return file.read(targets, offset, length);
        }

        @Override
        public long position() throws IOException {
            return file.position();
        }

        @Override
        public FileChannel position(long position) throws IOException {
            file.position(position);
            return this;
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public FileChannel truncate(long size) throws IOException {
            file.truncate(size);
            return this;
        }

        @Override
        public void force(boolean metadata) throws IOException {
            file.force(metadata);
        }

        @Override
        public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
            return file.transferTo(position, count, target);
        }

        @Override
        public long transferFrom(ReadableByteChannel source, long position, long count) throws IOException {
            checkRoom();
            return file.transferFrom(source, position, count);
        }

        @Override
        public MappedByteBuffer map(MapMode mode, long position, long size) throws IOException {
            return file.map(mode, position, size);
        }

        @Override
        public FileLock lock(long position, long size, boolean shared) throws IOException {
            return file.lock(position, size, shared);
        }

        @Override
        public FileLock tryLock(long position, long size, boolean shared) throws IOException {
            return file.tryLock(position, size, shared);
        }

        @Override
        protected void implCloseChannel() throws IOException {
            file.close();
        }
    }
}
