// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.backup.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.core.internal.backup.stream.DamagedContent;
import dev.allotment.core.internal.file.ApplicationFiles;
import dev.allotment.hook.TenantFiles;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class ContentPartsTest {
    private static byte[] written(byte[] database, Map<String, byte[]> files) throws IOException {
        TenantFiles hook = new TenantFiles() {
            @Override
            public Stream<String> list(UUID tenant) {
                return files.keySet().stream();
            }

            @Override
            public InputStream open(UUID tenant, String name) {
                return new ByteArrayInputStream(files.getOrDefault(name, new byte[0]));
            }

            @Override
            public void create(UUID tenant) {}

            @Override
            public void write(UUID tenant, String name, InputStream content) {}

            @Override
            public void replace(UUID tenant, UUID by) {}

            @Override
            public void delete(UUID tenant) {}
        };
        try (ContentWithFiles content = new ContentWithFiles(
                new ByteArrayInputStream(database), new ApplicationFiles(hook, () -> 0), new UUID(0, 1))) {
            byte[] all = content.readAllBytes();
            assertThat(content.count()).isEqualTo(files.size());
            return all;
        }
    }

    @Test
    void areThoseThatWereWrittenWhereverTheyEnd() throws IOException {
        for (int size : List.of(0, 1, ContentWithFiles.LONGEST_PIECE, ContentWithFiles.LONGEST_PIECE + 1, 200_000)) {
            byte[] bytes = new byte[size];
            Map<String, byte[]> files = new TreeMap<>(Map.of("a/b", bytes, "ü", new byte[] {1, 2}));

            ArchiveSections parts = new ArchiveSections(new ByteArrayInputStream(written(bytes, files)));

            assertThat(parts.database().readAllBytes()).isEqualTo(bytes);
            List<String> names = new ArrayList<>();
            assertThat(parts.files((name, content) -> {
                        names.add(name);
                        assertThat(content).hasBinaryContent(files.getOrDefault(name, new byte[0]));
                    }))
                    .isEqualTo(2);
            assertThat(names).containsExactlyElementsOf(files.keySet());
        }
    }

    @Test
    void areSkippedIfTheyAreNotRead() throws IOException {
        byte[] written = written(new byte[100_000], new TreeMap<>(Map.of("a", new byte[100_000], "b", new byte[1])));
        assertThat(new ArchiveSections(new ByteArrayInputStream(written)).files((name, content) -> {}))
                .isEqualTo(2);
    }

    @Test
    void areRefusedIfANameOrALengthIsNotOneThatIsWritten() throws IOException {
        for (List<String> names : List.of(List.of("../a"), List.of("b", "a"), List.of("a", "a"), List.of("/a"))) {
            assertDamaged(content -> {
                content.writeInt(0);
                for (String name : names) {
                    content.writeShort(name.length());
                    content.write(name.getBytes(StandardCharsets.UTF_8));
                    content.writeInt(0);
                }
                content.writeShort(0);
            });
        }
        assertDamaged(content -> content.writeInt(ContentWithFiles.LONGEST_PIECE + 1));
        assertDamaged(content -> content.writeInt(-1));
        assertDamaged(content -> {
            content.writeInt(0);
            content.writeShort(2000);
        });
    }

    private interface Writing {
        void to(DataOutputStream content) throws IOException;
    }

    private static void assertDamaged(Writing writing) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        writing.to(new DataOutputStream(bytes));
        ArchiveSections parts = new ArchiveSections(new ByteArrayInputStream(bytes.toByteArray()));
        assertThatThrownBy(() -> parts.files((name, content) -> {})).isInstanceOf(DamagedContent.class);
    }
}
