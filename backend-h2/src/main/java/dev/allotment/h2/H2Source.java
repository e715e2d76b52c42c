// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2;

import dev.allotment.ErrorCodes;
import dev.allotment.Health;
import dev.allotment.SaasException;
import dev.allotment.h2.files.DatabaseDirectory;
import dev.allotment.h2.files.DatabaseFiles;
import dev.allotment.h2.files.DiskStorage;
import dev.allotment.h2.files.H2Storage;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.DatabaseSource;
import dev.allotment.spi.backend.TransferFormat;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A folder of this backend that is a copy from the past, and that no process has open. Its files are read unchanged,
 * so the databases keep the administrator's password of this folder until another server receives them. Thread-safe.
 */
final class H2Source implements DatabaseSource {
    private final H2Storage storage;
    private final DatabaseDirectory directory;

    private H2Source(H2Storage storage) {
        this.storage = storage;
        directory = new DatabaseDirectory(storage);
    }

    static H2Source open(H2Settings settings) {
        Path folder = settings.folder();
        if (folder == null) {
            throw SaasException.unsupported(
                    ErrorCodes.BACKEND_UNSUPPORTED,
                    "A source on H2 is a copy of a folder, and this server is in memory. Set the folder of the copy.");
        }
        return new H2Source(DiskStorage.openToRead(folder));
    }

    @Override
    public Health health() {
        return storage.exists(H2Backend.KEY)
                ? Health.healthy()
                : Health.down("The folder has no databases of the H2 backend: the file \"key\" is missing. Check the"
                        + " path.");
    }

    @Override
    public TransferFormat transferFormat() {
        return H2Backend.transferFormat();
    }

    @Override
    public @Nullable DatabaseRef find(UUID uuid) {
        return directory.find(uuid);
    }

    @Override
    public void send(DatabaseRef database, Consumer<? super InputStream> receiver) {
        DatabaseFiles files = directory.get(database);
        String password = new String(storage.read(H2Backend.KEY), StandardCharsets.US_ASCII);
        String file = files.recoveredData();
        try (InputStream data = storage.input(file)) {
            receiver.accept(H2Transfer.of(password, storage.size(file), data));
        } catch (IOException e) {
            throw H2Storage.failed(e);
        }
    }

    @Override
    public void close() {
        storage.close();
    }
}
