// SPDX-License-Identifier: Apache-2.0
package dev.allotment.examples.filebackend;

import dev.allotment.Health;
import dev.allotment.fleet.Server;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.Capability;
import dev.allotment.spi.backend.Catalog;
import dev.allotment.spi.backend.Databases;
import java.util.Set;

/** One folder: a file for the catalog, and a file for each database. */
final class FileBackend implements Backend {
    private final FileStorage storage;
    private final Catalog catalog;
    private final Databases databases;

    FileBackend(FileStorage storage) {
        this.storage = storage;
        this.catalog = new FileCatalog(storage);
        this.databases = new FileDatabases(storage);
    }

    @Override
    public String dialect() {
        return FileBackendProvider.NAME;
    }

    @Override
    public Catalog catalog() {
        return catalog;
    }

    /** Only the default server exists, because there is only one folder. */
    @Override
    public Databases databases(Server server) {
        if (!server.name().equals(Server.DEFAULT_NAME)) {
            throw FileProblems.unsupported(
                    "The file backend has no server " + server.name() + "; it has only " + Server.DEFAULT_NAME + ".");
        }
        return databases;
    }

    @Override
    public Health health() {
        return storage.health();
    }

    /**
     * Neither SHARED (one process locks the folder), nor SCRIPTS (files run none), nor LOGINS (files have no users).
     */
    @Override
    public Set<Capability> capabilities() {
        return Set.of(Capability.DURABLE);
    }

    @Override
    public void close() {
        storage.close();
    }
}
