// SPDX-License-Identifier: Apache-2.0
package dev.allotment.examples.filebackend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.Parameter;
import dev.allotment.Query;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The kit can end a backend only as far as the process of the tests allows. Here the process is another one, and is
 * killed.
 */
@Timeout(120)
final class FileBackendKilledProcessTest {
    private static final int ROUNDS = 5;

    @TempDir
    Path folder;

    @Test
    void whatItSaidIsStoredIsThereAndNothingIsHalfThere() throws Exception {
        long said = 0;
        for (int round = 1; round <= ROUNDS; round++) {
            said = killWhileWriting(said + 10L * round);

            List<String> keys = storedKeys();
            assertThat(keys).hasSizeGreaterThanOrEqualTo((int) said * 2).hasSizeLessThanOrEqualTo((int) said * 2 + 2);
            for (int i = 0; i < keys.size(); i++) {
                assertThat(keys.get(i)).isEqualTo((i % 2 == 0 ? "first of " : "second of ") + (i / 2 + 1));
            }
            said = keys.size() / 2;
        }
    }

    /** Kills it as soon as it says that a certain transaction is stored; gives the last one of which it said so. */
    private long killWhileWriting(long until) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Writer.class.getName(),
                        folder.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader out = process.inputReader(UTF_8)) {
            long said = 0;
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                said = Long.parseLong(line);
                if (said == until) {
                    // Not process.destroyForcibly(), which would also close what is being read here.
                    process.toHandle().destroyForcibly();
                }
            }
            process.waitFor();
            return said;
        }
    }

    private List<String> storedKeys() {
        try (Backend backend = open(folder)) {
            return backend.catalog()
                    .transact(tx -> tx.records(RecordTypes.PARAMETERS).list(Query.all()).stream()
                            .map(Parameter::key)
                            .toList());
        }
    }

    private static Backend open(Path folder) {
        return new FileBackendProvider().open(Settings.of(Map.of("path", folder.toString())));
    }

    /** The process that is killed: stores pairs, one transaction each, and says of each pair that it is stored. */
    static final class Writer {
        private Writer() {}

        public static void main(String[] arguments) {
            try (Backend backend = open(Path.of(arguments[0]))) {
                backend.catalog().migrate();
                while (true) {
                    long pair = backend.catalog().<Long>transact(tx -> {
                        Records<Parameter> records = tx.records(RecordTypes.PARAMETERS);
                        long next = tx.next(RecordTypes.TENANT_NUMBER);
                        records.insert(new Parameter(0, "first of " + next, "", false));
                        records.insert(new Parameter(0, "second of " + next, "", false));
                        return next;
                    });
                    System.out.println(pair);
                }
            }
        }
    }
}
