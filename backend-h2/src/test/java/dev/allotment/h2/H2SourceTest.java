// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.ErrorCodes;
import dev.allotment.Parameter;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.DatabaseSource;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.tck.BackendFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder that was copied while its process was stopped is read, and nothing in it changes. */
final class H2SourceTest {
    private static final DatabaseRef SHOP = new DatabaseRef("shop.example", new UUID(6, 1));
    private static final DatabaseRef COPY = new DatabaseRef("copy.example", new UUID(6, 2));

    @TempDir
    private Path folder;

    private Backend open(Path data) {
        return new H2BackendProvider().open(settings(data));
    }

    private static Settings settings(Path data) {
        return Settings.of(Map.of("path", data.toString()));
    }

    private static DatabaseSource source(Path data) {
        return new H2BackendProvider().openSource(settings(data), new UUID(0, 0));
    }

    @Test
    void isReadWithoutAnyChange() throws IOException {
        Path past = folder.resolve("past");
        try (Backend backend = open(past)) {
            Databases databases = backend.databases(BackendFixture.DEFAULT_SERVER);
            databases.create(SHOP);
            databases.open(SHOP);
            databases.transact(
                    SHOP, tx -> tx.records(RecordTypes.PARAMETERS).insert(new Parameter(0, "key", "of then", false)));
            assertRefused(ErrorCodes.BACKEND_IN_USE, () -> source(past));
        }
        // As a process leaves it that is killed during a change: what was before it counts.
        Path data = past.resolve("databases/db-shop.example/" + SHOP.uuid() + ".mv.db");
        Files.copy(data, data.resolveSibling(SHOP.uuid() + ".before"));
        Files.write(data, new byte[10]);
        Map<String, Integer> files = files(past);
        try (Backend present = open(folder.resolve("present"));
                DatabaseSource source = source(past)) {
            Databases databases = present.databases(BackendFixture.DEFAULT_SERVER);
            assertThat(source.health().up()).isTrue();
            assertThat(source.find(COPY.uuid())).isNull();
            assertThat(source.find(SHOP.uuid())).isEqualTo(SHOP);
            assertRefused(ErrorCodes.DATABASE_UNKNOWN, () -> source.send(COPY, content -> {}));

            source.send(SHOP, content -> databases.transfer().receive(COPY, content));

            List<Parameter> received = databases.transact(
                    COPY, tx -> tx.records(RecordTypes.PARAMETERS).list(Query.all()));
            assertThat(received).extracting(Parameter::value).containsExactly("of then");
        }
        assertThat(files(past)).isEqualTo(files);
    }

    @Test
    void isAFolderThatExists() {
        Path missing = folder.resolve("missing");
        assertRefused(ErrorCodes.BACKEND_UNAVAILABLE, () -> source(missing));
        assertThat(missing).doesNotExist();
        assertRefused(
                ErrorCodes.BACKEND_UNSUPPORTED,
                () -> new H2BackendProvider().openSource(Settings.of(Map.of("memory", "true")), new UUID(0, 0)));
        try (DatabaseSource empty = source(folder)) {
            assertThat(empty.health().up()).isFalse();
            assertThat(empty.find(SHOP.uuid())).isNull();
        }
    }

    private static void assertRefused(String code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        SaasException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    private static Map<String, Integer> files(Path folder) throws IOException {
        Map<String, Integer> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.toList()) {
                files.put(each.toString(), Files.isDirectory(each) ? 0 : Arrays.hashCode(Files.readAllBytes(each)));
            }
        }
        return files;
    }
}
