// SPDX-License-Identifier: Apache-2.0
package dev.allotment.examples.filebackend;

import dev.allotment.spi.backend.Catalog;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import java.io.IOException;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The catalog, in one file. */
final class FileCatalog implements Catalog {
    private static final UUID NOBODY = new UUID(0, 0);

    private final FileStorage storage;

    FileCatalog(FileStorage storage) {
        this.storage = storage;
    }

    /** Creates the file if it does not exist. There is nothing to alter: reading the file checks its format. */
    @Override
    public void migrate() {
        storage.exclusively(Set.of(storage.catalog()), () -> {
            Snapshot stored = read();
            if (stored == null) {
                Snapshot empty = Snapshot.empty(NOBODY, RecordTypes.catalog());
                storage.write(storage.catalog(), empty.text());
            }
            return true;
        });
    }

    @Override
    public <T extends @Nullable Object> T transact(Function<? super Transaction, ? extends T> work) {
        return storage.exclusively(Set.of(storage.catalog()), () -> {
            Snapshot stored = read();
            if (stored == null) {
                throw FileProblems.schema("The catalog does not exist yet; migrate creates it.");
            }
            return FileTransaction.run(storage, storage.catalog(), stored, work);
        });
    }

    private @Nullable Snapshot read() throws IOException {
        String text = storage.read(storage.catalog());
        return text == null ? null : Snapshot.parse(text, "The catalog", RecordTypes.catalog());
    }
}
