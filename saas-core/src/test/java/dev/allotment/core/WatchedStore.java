// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.spi.backup.BackupStore;
import dev.allotment.spi.backup.StoredFile;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.function.Consumer;

/** The store of the backups, which reports its steps as {@link WatchedBackend} does. */
record WatchedStore(BackupStore store, Consumer<String> steps) implements BackupStore {
    @Override
    public void write(String name, InputStream content) throws IOException {
        steps.accept("before write");
        store.write(name, content);
        steps.accept("after write");
    }

    @Override
    public InputStream read(String name) throws IOException {
        steps.accept("before read");
        return store.read(name);
    }

    @Override
    public List<StoredFile> list(String prefix) throws IOException {
        steps.accept("before list of files");
        return store.list(prefix);
    }

    @Override
    public void delete(String name) throws IOException {
        steps.accept("before delete");
        store.delete(name);
        steps.accept("after delete");
    }
}
