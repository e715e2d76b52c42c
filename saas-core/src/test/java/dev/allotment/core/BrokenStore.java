// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.spi.backup.BackupStore;
import dev.allotment.spi.backup.StoredFile;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** A store that fails in some way. */
public abstract class BrokenStore implements BackupStore {
    private final BackupStore store;

    public BrokenStore(BackupStore store) {
        this.store = store;
    }

    @Override
    public void write(String name, InputStream content) throws IOException {
        store.write(name, content);
    }

    @Override
    public InputStream read(String name) throws IOException {
        return store.read(name);
    }

    @Override
    public List<StoredFile> list(String prefix) throws IOException {
        return store.list(prefix);
    }

    @Override
    public void delete(String name) throws IOException {
        store.delete(name);
    }

    @Override
    public void tidy() throws IOException {
        store.tidy();
    }
}
