// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.backup.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.spi.backup.BackupStore;
import dev.allotment.tck.BackupStoreContract;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FolderBackupStoreTest extends BackupStoreContract {
    @TempDir
    private Path folder;

    @BeforeEach
    void createFolder() throws IOException {
        Files.createDirectory(folder.resolve("backups"));
    }

    @Override
    protected BackupStore open() {
        return new FolderBackupStore(folder.resolve("backups"));
    }

    private static InputStream some() {
        return new ByteArrayInputStream(new byte[] {1, 2, 3});
    }

    private List<String> entries() throws IOException {
        try (Stream<Path> walk = Files.walk(folder.resolve("backups"))) {
            return walk.map(each -> folder.resolve("backups").relativize(each).toString())
                    .filter(each -> !each.isEmpty())
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "..", "../a", "a/../../b", "/etc/passwd", "a//b", "a/", ".hidden", "a/.b", "a b", "a\\b"})
    void refusesNamesThatCouldLeaveTheFolder(String name) {
        assertThatThrownBy(() -> open().write(name, some())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> open().read(name)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> open().delete(name)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aFolderThatIsNotMountedIsNoEmptyStore() throws IOException {
        BackupStore store = open();
        store.write("a/1", some());
        Path mounted = folder.resolve("backups");
        Files.move(mounted, folder.resolve("elsewhere"));
        List<ThrowableAssert.ThrowingCallable> all = List.of(
                () -> store.write("a/1", some()),
                () -> store.write("b", some()),
                () -> store.read("a/1"),
                () -> store.list(""),
                () -> store.list("a/"),
                () -> store.delete("a/1"),
                store::tidy);
        assertThat(all).allSatisfy(each -> assertThatThrownBy(each).isExactlyInstanceOf(IOException.class));
        assertThat(mounted).doesNotExist();
        Files.move(folder.resolve("elsewhere"), mounted);
        assertThat(store.list("")).hasSize(1);
    }

    @Test
    void leavesNoFileAndNoFolderBehind() throws IOException {
        BackupStore store = open();
        store.write("a/1", some());
        assertThat(entries()).containsExactly("a", "a/1");
        store.delete("a/1");
        assertThat(entries()).isEmpty();
    }

    @Test
    void toleratesThatTheFolderOfAFileIsRemovedMeanwhile() throws Exception {
        BackupStore store = open();
        Path file = folder.resolve("backups/a/1");
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            for (int round = 0; round < 15; round++) {
                AtomicBoolean written = new AtomicBoolean();
                Future<?> deletion = threads.submit(() -> {
                    while (!Files.exists(file)) {
                        Thread.onSpinWait();
                    }
                    store.delete("a/1");
                    return null;
                });
                Future<?> listing = threads.submit(() -> {
                    while (!written.get()) {
                        store.list("a/");
                    }
                    return null;
                });
                try {
                    store.write("a/1", some());
                } finally {
                    written.set(true);
                }
                deletion.get(10, TimeUnit.SECONDS);
                listing.get(10, TimeUnit.SECONDS);
                assertThat(entries()).isEmpty();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void ignoresWhatAKilledProcessLeftAndRemovesItAfterADay() throws IOException {
        BackupStore store = open();
        store.write("a/1", some());
        Path young = Files.writeString(folder.resolve("backups/.unfinished-1"), "half");
        Path old = Files.writeString(folder.resolve("backups/.unfinished-2"), "half");
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofDays(2))));

        assertThat(store.list("")).extracting(file -> file.name()).containsExactly("a/1");
        store.tidy();
        assertThat(young).exists();
        assertThat(old).doesNotExist();
    }

    @Test
    void refusesWhatIsNoRegularFileInsteadOfWaitingForIt() throws Exception {
        Path pipe = folder.resolve("backups").resolve("key.json");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        Files.createDirectory(folder.resolve("backups").resolve("a-folder"));
        BackupStore store = open();

        assertThat(store.list("")).isEmpty();
        ExecutorService reader = Executors.newSingleThreadExecutor();
        try {
            Future<?> read = reader.submit(() -> store.read("key.json"));
            assertThatThrownBy(() -> read.get(20, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(IOException.class)
                    .hasRootCauseMessage("Not a regular file in the store for backups: key.json");
            assertThatThrownBy(() -> store.read("a-folder")).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> store.write("key.json", some())).isInstanceOf(IOException.class);
        } finally {
            // Ends a reader that waits.
            Files.deleteIfExists(pipe);
            reader.shutdownNow();
        }
    }
}
