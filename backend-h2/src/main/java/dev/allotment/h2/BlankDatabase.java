// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2;

import dev.allotment.h2.engine.H2Engine;
import dev.allotment.h2.files.DatabaseFiles;
import dev.allotment.h2.files.H2Storage;
import dev.allotment.jdbc.Migrator;

/**
 * The database that every new tenant database is a copy of. It is created when it is first needed, because copying a
 * file is faster than creating a schema. Thread-safe.
 */
final class BlankDatabase {
    private final H2Storage storage;
    private final H2Engine engine;
    private final Migrator migrator;
    private final DatabaseFiles files;

    BlankDatabase(H2Storage storage, H2Engine engine, Migrator migrator) {
        this.storage = storage;
        this.engine = engine;
        this.migrator = migrator;
        files = new DatabaseFiles(storage, "blank", "blank");
    }

    /** Deletes the one of an earlier process, which may be incomplete, or have an older schema. */
    void delete() {
        storage.delete(files.folder());
    }

    /** The name of its data file. */
    synchronized String data() {
        if (!files.exist()) {
            boolean done = false;
            try {
                storage.createFolder(files.folder());
                engine.create(files, migrator);
                done = true;
            } finally {
                if (!done) {
                    delete();
                }
            }
        }
        return files.data();
    }
}
