// SPDX-License-Identifier: Apache-2.0
package dev.allotment.examples.filebackend;

import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.BackendProvider;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.tck.BackendContract;
import dev.allotment.tck.BackendFixture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The whole kit. All that it has to be told is how to get at a storage that nobody has used, and how to look at it. */
final class FileBackendTest extends BackendContract {
    @Override
    protected BackendFixture newFixture() throws IOException {
        return new FileFixture(Files.createTempDirectory("allotment"));
    }

    private record FileFixture(Path folder) implements BackendFixture {
        @Override
        public BackendProvider provider() {
            return new FileBackendProvider();
        }

        @Override
        public Map<String, String> settings() {
            return Map.of("path", folder.resolve("data").toString());
        }

        @Override
        public Map<String, String> wrongSettings() {
            return Map.of("path", "");
        }

        /** Only one process can open the folder, and its catalog is copied with the databases. */
        @Override
        public Set<Optionally> lacks() {
            return Set.of(Optionally.PLACE);
        }

        @Override
        public Optional<Boolean> isOpen(Backend backend, DatabaseRef database) {
            return Optional.of(((FileDatabases) backend.databases(DEFAULT_SERVER)).isOpen(database));
        }

        @Override
        public boolean putForeign(Backend backend, String name) {
            try {
                Files.writeString(folder.resolve("data/databases/" + name + ".records"), "of somebody else\n");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return true;
        }

        @Override
        public boolean damage(Backend backend, DatabaseRef database) {
            Path file = folder.resolve("data/databases/" + database.name() + ".records");
            try {
                Files.writeString(file, Files.readString(file).replace("end\n", "of no kind\n"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return true;
        }

        @Override
        public Optional<Set<String>> objects() {
            try (Stream<Path> files = Files.list(folder.resolve("data/databases"))) {
                return Optional.of(
                        files.map(file -> String.valueOf(file.getFileName())).collect(Collectors.toSet()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
