// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class ExportArchiveTest {
    @Test
    void releasesItsDeflaterAndLeavesTheStreamOfTheCallerOpen() {
        AtomicBoolean closed = new AtomicBoolean();
        ExportArchive archive = new ExportArchive(() -> 0, new ByteArrayOutputStream() {
            @Override
            public void close() {
                closed.set(true);
            }
        });
        ExportArchive.Folder root = archive.root(Map.of());
        root.text("rows.csv", "1");

        archive.close();

        assertThat(closed).isFalse();
        assertThatThrownBy(() -> root.text("more.csv", "1")).hasMessageContaining("Deflater has been closed");
    }

    @Test
    void boundsWhatItRemembersOfTheNamesOfAllFolders() {
        String name = "x".repeat(60_000);
        AtomicInteger written = new AtomicInteger();
        try (ExportArchive archive = new ExportArchive(() -> 0, OutputStream.nullOutputStream())) {
            ExportArchive.Folder root = archive.root(Map.of());
            List<ExportArchive.Folder> folders = List.of(root.folder("a", Map.of()), root.folder("b", Map.of()));
            assertThatThrownBy(() -> {
                        while (written.incrementAndGet() < 1000) {
                            folders.get(written.get() % 2).text(name + written, "");
                        }
                    })
                    .isInstanceOfSatisfying(
                            SaasException.class, e -> assertThat(e.code()).isEqualTo(ErrorCodes.FILES_INVALID));
        }
        assertThat(written.get() * name.length()).isBetween(9_000_000, 11_000_000);
    }
}
