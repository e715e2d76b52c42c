// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck.memory;

import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.BackendProvider;
import dev.allotment.tck.BackendContract;
import dev.allotment.tck.BackendFixture;
import dev.allotment.testing.MemoryBackend;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Backends that lose or mix up something when their process is killed or their storage is opened again. */
final class StoredVariants {
    private StoredVariants() {}

    static List<Variant> all() {
        return List.of(
                killed(
                        "has a renamed database under neither name for a moment",
                        StoredMemory.Defect.RENAMES_IN_TWO_STEPS),
                killed(
                        "removes a replaced database before the other one takes its place",
                        StoredMemory.Defect.REPLACES_IN_TWO_STEPS),
                killed("gives two databases one identity for a moment", StoredMemory.Defect.EXCHANGES_IN_TWO_STEPS),
                killed(
                        "does not complete an exchange when it is opened again",
                        StoredMemory.Defect.NEVER_COMPLETES_AN_EXCHANGE),
                killed("stores the token after the change", StoredMemory.Defect.STORES_TOKENS_AFTER_CHANGES),
                killed("keeps what a killed process was making", StoredMemory.Defect.LEAVES_UNFINISHED_FILES),
                restarted("forgets its mark", StoredMemory.Defect.FORGETS_MARKS),
                restarted("has another place each time it is opened", StoredMemory.Defect.HAS_ANOTHER_PLACE_EACH_TIME),
                databases("cuts long marks off", "aMarkIsStoredAndReplaced", StoredMemory.Defect.CUTS_MARKS),
                databases(
                        "has the same place as every other storage",
                        "theCatalogHasAPlaceOfItsOwn",
                        StoredMemory.Defect.HAS_THE_SAME_PLACE_EVERYWHERE));
    }

    private static Variant killed(String what, StoredMemory.Defect defect) {
        return new Variant(
                what,
                BackendContract.Durability.class,
                "whatAKilledProcessWasChanging",
                () -> new StoredFixture(defect));
    }

    private static Variant restarted(String what, StoredMemory.Defect defect) {
        return new Variant(what, BackendContract.Durability.class, "afterClosing", () -> new StoredFixture(defect));
    }

    private static Variant databases(String what, String test, StoredMemory.Defect defect) {
        return new Variant(what, BackendContract.Databases.class, test, () -> new StoredFixture(defect));
    }

    /** Returns a fixture without defects. */
    static BackendFixture sound() {
        return new StoredFixture(StoredMemory.Defect.NONE);
    }

    private static final class StoredFixture extends MemoryFixture {
        private final Path folder;
        private final StoredMemory.Defect defect;

        StoredFixture(StoredMemory.Defect defect) {
            this.defect = defect;
            try {
                folder = Files.createTempDirectory("allotment-kit");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public BackendProvider provider() {
            return new StoredMemoryProvider();
        }

        @Override
        public Map<String, String> settings() {
            return Map.of("path", folder.toString(), "defect", defect.name());
        }

        @Override
        public Set<Optionally> lacks() {
            return Set.of();
        }

        @Override
        public Optional<Set<String>> objects() {
            Set<String> names = new TreeSet<>();
            try (Stream<Path> files = Files.list(folder)) {
                files.map(file -> String.valueOf(file.getFileName()))
                        .filter(name -> !name.equals("databases"))
                        .forEach(names::add);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return Optional.of(names);
        }

        @Override
        MemoryBackend memory(Backend backend) {
            return ((StoredMemory) backend).memory();
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
