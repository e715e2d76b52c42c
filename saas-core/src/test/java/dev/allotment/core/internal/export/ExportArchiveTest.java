// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

final class ExportArchiveTest {
    @Test
    void releasesItsDeflaterAndLeavesTheStreamOfTheCallerOpen() {
        AtomicBoolean closed = new AtomicBoolean();
        ExportArchive archive = new ExportArchive(
                () -> 0,
                new ByteArrayOutputStream() {
                    @Override
                    public void close() {
                        closed.set(true);
                    }
                },
                Map.of(),
                false);
        archive.file("rows.csv", new ByteArrayInputStream(new byte[1]));

        archive.close();

        assertThat(closed).isFalse();
        assertThatThrownBy(() -> archive.file("more.csv", new ByteArrayInputStream(new byte[1])))
                .hasMessageContaining("Deflater has been closed");
    }
}
