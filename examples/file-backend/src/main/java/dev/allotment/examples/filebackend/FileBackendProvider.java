// SPDX-License-Identifier: Apache-2.0
package dev.allotment.examples.filebackend;

import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.BackendProvider;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Finds the backend: {@code file}. Its only setting is {@code path}, the folder that holds everything; it is made where
 * it is not there.
 */
public final class FileBackendProvider implements BackendProvider {
    static final String NAME = "file";

    /** For ServiceLoader, which finds this class in META-INF/services. */
    public FileBackendProvider() {}

    @Override
    public String name() {
        return NAME;
    }

    /** Reads every setting before {@link Settings#check}, so that all problems are told at once. */
    @Override
    public Backend open(Settings settings) {
        String expected = "a folder that can be written to";
        Path folder = Path.of(settings.required("path", expected));
        if (Files.exists(folder) && !Files.isDirectory(folder)) {
            settings.problem("path", folder.toString(), expected, null);
        }
        settings.check("the file backend");
        return new FileBackend(FileStorage.open(folder));
    }
}
