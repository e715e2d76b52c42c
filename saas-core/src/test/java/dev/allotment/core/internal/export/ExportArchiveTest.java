// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
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
}
