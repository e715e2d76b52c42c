// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.spi.backup.BackupStore;
import dev.allotment.spi.backup.StoredFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/**
 * What every store for backups has to do. A subclass provides an empty one for each test:
 *
 * <pre>{@code
 * final class MyStoreTest extends BackupStoreContract {
 *     @Override protected BackupStore open() { return new MyStore(...); }
 * }
 * }</pre>
 */
public abstract class BackupStoreContract {
    private static final int WRITERS = 4;

    /** For subclasses. */
    protected BackupStoreContract() {}

    /** Opens the store of this test. A second call opens the same store, as another node does. */
    protected abstract BackupStore open() throws Exception;

    private static InputStream text(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String read(BackupStore store, String name) throws IOException {
        try (InputStream in = store.read(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static List<String> names(BackupStore store, String prefix) throws IOException {
        return store.list(prefix).stream().map(StoredFile::name).toList();
    }

    private static InputStream failing(IOException failure) {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                throw failure;
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                throw failure;
            }
        };
    }

    @Test
    void aFileIsReadAsItWasWrittenByEveryNode() throws Exception {
        byte[] bytes = new byte[300_000];
        new Random(7).nextBytes(bytes);
        open().write("a/large.content", new ByteArrayInputStream(bytes));
        open().write("a/empty", text(""));

        try (InputStream in = open().read("a/large.content")) {
            assertThat(in.readAllBytes()).isEqualTo(bytes);
        }
        assertThat(read(open(), "a/empty")).isEmpty();
    }

    @Test
    void listsNamesInOrderWithSizesAndTimes() throws Exception {
        Instant before = Instant.now();
        BackupStore store = open();
        assertThat(store.list("")).isEmpty();
        assertThat(store.list("b/")).isEmpty();
        store.write("b/2.x", text("four"));
        store.write("b/10.x", text("1"));
        store.write("a/1.x", text("12"));
        store.write("top", text(""));
        store.write("bb/3", text(""));

        assertThat(names(open(), "")).containsExactly("a/1.x", "b/10.x", "b/2.x", "bb/3", "top");
        assertThat(names(store, "b/")).containsExactly("b/10.x", "b/2.x");
        assertThat(names(store, "b/2.")).containsExactly("b/2.x");
        assertThat(names(store, "c/")).isEmpty();
        assertThat(store.list("b/2.x")).singleElement().satisfies(file -> {
            assertThat(file.bytes()).isEqualTo(4);
            assertThat(file.writtenAt()).isBetween(before.minus(Duration.ofHours(1)), before.plus(Duration.ofHours(1)));
        });
    }

    @Test
    void neverReplacesAFile() throws Exception {
        BackupStore store = open();
        store.write("a/1", text("first"));

        assertThatThrownBy(() -> open().write("a/1", text("second"))).isInstanceOf(FileAlreadyExistsException.class);

        assertThat(read(store, "a/1")).isEqualTo("first");
        assertThat(names(store, "")).containsExactly("a/1");
    }

    @Test
    void oneOfSeveralWritersAtOnceWins() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
        try {
            List<Callable<Boolean>> writers = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                String content = "writer " + i;
                BackupStore store = open();
                writers.add(() -> {
                    try {
                        store.write("a/1", text(content));
                        return true;
                    } catch (FileAlreadyExistsException e) {
                        return false;
                    }
                });
            }
            List<Boolean> won = new ArrayList<>();
            for (Future<Boolean> each : threads.invokeAll(writers)) {
                won.add(each.get());
            }

            assertThat(Collections.frequency(won, true)).isEqualTo(1);
            assertThat(read(open(), "a/1")).isEqualTo("writer " + won.indexOf(true));
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void leavesNothingIfItsContentCannotBeRead() throws Exception {
        BackupStore store = open();
        IOException failure = new IOException("on purpose");
        byte[] some = new byte[100_000];

        assertThatThrownBy(() ->
                        store.write("a/1", new SequenceInputStream(new ByteArrayInputStream(some), failing(failure))))
                .isSameAs(failure);

        assertThat(store.list("")).isEmpty();
        assertThatThrownBy(() -> store.read("a/1")).isInstanceOf(NoSuchFileException.class);
        store.write("a/1", text("now"));
        assertThat(read(store, "a/1")).isEqualTo("now");
    }

    @Test
    void showsNothingOfAFileThatIsBeingWritten() throws Exception {
        BackupStore store = open();
        List<String> seen = new ArrayList<>();
        InputStream watching = new InputStream() {
            @Override
            public int read() throws IOException {
                seen.addAll(names(store, ""));
                assertThatThrownBy(() -> store.read("a/1")).isInstanceOf(NoSuchFileException.class);
                return -1;
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                return read();
            }
        };
        store.write("a/1", new SequenceInputStream(text("content"), watching));

        assertThat(seen).isEmpty();
        assertThat(names(store, "")).containsExactly("a/1");
    }

    @Test
    void deletesAFileAndNothingElse() throws Exception {
        BackupStore store = open();
        store.write("a/1", text("1"));
        store.write("a/11", text("11"));
        store.delete("a/1");
        store.delete("a/1");
        store.delete("b/never");

        assertThat(names(open(), "")).containsExactly("a/11");
        assertThatThrownBy(() -> store.read("a/1")).isInstanceOf(NoSuchFileException.class);
        store.delete("a/11");
        assertThat(store.list("")).isEmpty();
        store.write("a/1", text("again"));
        assertThat(read(store, "a/1")).isEqualTo("again");
    }

    @Test
    void tidyingKeepsWhatWasWritten() throws Exception {
        BackupStore store = open();
        store.tidy();
        store.write("a/1", text("1"));
        store.tidy();
        assertThat(names(store, "")).containsExactly("a/1");
    }
}
