// SPDX-License-Identifier: Apache-2.0
package dev.allotment.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Large files, in parts of the usual size. */
final class LargeContentTest {
    private static final int WRITERS = 3;
    private static final int MORE_THAN_A_SOCKET_BUFFERS = 16 << 20;

    private final String bucket = S3Server.newBucket();

    private static byte[] content(int seed) {
        byte[] bytes = new byte[(int) (3 * Part.FIRST_BYTES) + 12_345];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    @Test
    void oneOfSeveralWritersOfALargeFileWins() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
        try (S3BackupStore store = S3Server.store(bucket).build()) {
            List<Callable<Boolean>> writers = new ArrayList<>();
            for (int seed = 0; seed < WRITERS; seed++) {
                byte[] bytes = content(seed);
                writers.add(() -> writes(store, bytes));
            }
            List<Boolean> won = new ArrayList<>();
            for (Future<Boolean> each : threads.invokeAll(writers)) {
                won.add(each.get());
            }

            assertThat(Collections.frequency(won, true)).isEqualTo(1);
            try (InputStream in = store.read("a/1")) {
                assertThat(in.readAllBytes()).isEqualTo(content(won.indexOf(true)));
            }
            assertThat(S3Server.uploads(bucket)).isEmpty();
        } finally {
            threads.shutdownNow();
        }
    }

    private static boolean writes(S3BackupStore store, byte[] bytes) throws IOException {
        try {
            store.write("a/1", new ByteArrayInputStream(bytes));
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        }
    }

    @Test
    void givesUpAServerThatTakesNoBytes() {
        CountDownLatch end = new CountDownLatch(1);
        try (BrokenServer server = BrokenServerTest.server(request -> BrokenServerTest.await(end));
                S3BackupStore store = server.store(Duration.ofSeconds(1), 2 * MORE_THAN_A_SOCKET_BUFFERS)) {
            long start = System.nanoTime();
            assertThatThrownBy(() -> store.write("a/1", new ByteArrayInputStream(new byte[MORE_THAN_A_SOCKET_BUFFERS])))
                    .isInstanceOf(IOException.class);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
            assertThat(server.requests()).contains("PUT /bucket/a/1");
        } finally {
            end.countDown();
        }
    }
}
