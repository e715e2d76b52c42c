// SPDX-License-Identifier: Apache-2.0
package dev.allotment.testing;

import dev.allotment.spi.backup.BackupStore;
import dev.allotment.spi.backup.StoredFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/** A store for backups in memory, for tests. Its files can be changed behind the back of the control plane. */
public final class MemoryBackupStore implements BackupStore {
    private final Clock clock;
    private final NavigableMap<String, File> files = new TreeMap<>();

    private static final class File {
        private final byte[] bytes;
        private final Instant writtenAt;

        File(byte[] bytes, Instant writtenAt) {
            this.bytes = bytes;
            this.writtenAt = writtenAt;
        }
    }

    /**
     * Returns an empty store.
     *
     * @param clock says when a file was written
     */
    public MemoryBackupStore(Clock clock) {
        this.clock = clock;
    }

    @Override
    public void write(String name, InputStream content) throws IOException {
        byte[] bytes = content.readAllBytes();
        synchronized (this) {
            if (files.putIfAbsent(name, new File(bytes, clock.instant())) != null) {
                throw new FileAlreadyExistsException(name);
            }
        }
    }

    @Override
    public synchronized InputStream read(String name) throws IOException {
        File file = files.get(name);
        if (file == null) {
            throw new NoSuchFileException(name);
        }
        return new ByteArrayInputStream(file.bytes);
    }

    @Override
    public synchronized List<StoredFile> list(String prefix) {
        return files.tailMap(prefix, true).entrySet().stream()
                .takeWhile(each -> each.getKey().startsWith(prefix))
                .map(each -> new StoredFile(each.getKey(), each.getValue().bytes.length, each.getValue().writtenAt))
                .toList();
    }

    @Override
    public synchronized void delete(String name) {
        files.remove(name);
    }

    /** Returns a copy of the content of a file. */
    public synchronized byte[] get(String name) {
        File file = files.get(name);
        if (file == null) {
            throw new IllegalArgumentException("There is no file " + name);
        }
        return file.bytes.clone();
    }

    /** Replaces a file, or adds one, as only an attacker or a broken disk would. */
    public synchronized void replace(String name, byte[] bytes) {
        files.put(name, new File(bytes.clone(), clock.instant()));
    }
}
