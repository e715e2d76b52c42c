// SPDX-License-Identifier: Apache-2.0
package dev.allotment.testing;

import dev.allotment.spi.backup.BackupStore;
import dev.allotment.spi.backup.StoredFile;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** See {@link InterruptibleBackend#store}. */
final class InterruptibleStore implements BackupStore {
    private final BackupStore store;
    private final Lifeline lifeline;

    InterruptibleStore(BackupStore store, Lifeline lifeline) {
        this.store = store;
        this.lifeline = lifeline;
    }

    @Override
    public void write(String name, InputStream content) throws IOException {
        lifeline.pass();
        store.write(name, new FilterInputStream(content) {
            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                int read = super.read(target, offset, length);
                lifeline.pass();
                return read;
            }
        });
        lifeline.pass();
    }

    @Override
    public InputStream read(String name) throws IOException {
        lifeline.pass();
        return store.read(name);
    }

    @Override
    public List<StoredFile> list(String prefix) throws IOException {
        lifeline.pass();
        return store.list(prefix);
    }

    @Override
    public void delete(String name) throws IOException {
        lifeline.pass();
        store.delete(name);
        lifeline.pass();
    }

    @Override
    public void tidy() throws IOException {
        lifeline.pass();
        store.tidy();
        lifeline.pass();
    }
}
