// SPDX-License-Identifier: Apache-2.0
package dev.allotment.examples.filebackend;

import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.BackendProvider;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The provider of the backend {@code file}. Its only setting is {@code path}, the folder that stores everything. The
 * folder is created if it does not exist.
 */
public final class FileBackendProvider implements BackendProvider {
    static final String NAME = "file";

    /** Called by ServiceLoader, which finds this class in META-INF/services. */
    public FileBackendProvider() {}

    @Override
    public int spiVersion() {
        return SPI_VERSION;
    }

    @Override
    public String name() {
        return NAME;
    }

    /** Reads every setting before {@link Settings#check}, so that all problems are reported at once. */
    @Override
    public Backend open(Settings settings) {
        String expected = "a writable folder";
        Path folder = Path.of(settings.required("path", expected));
        if (Files.exists(folder) && !Files.isDirectory(folder)) {
            settings.problem("path", folder.toString(), expected, null);
        }
        settings.check("the file backend");
        return new FileBackend(FileStorage.open(folder));
    }
}
