// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class PacedOutputTest {
    private static final int CHUNK = 1 << 16;
    private static final int PIECE = 4 * 1024;

    private long nanos;
    private long taken;

    /** @param perPiece how long the reader needs for 4 KiB, and for less */
    private PacedOutput to(Duration perPiece) {
        return new PacedOutput(() -> nanos, 128 * 1024, new OutputStream() {
            @Override
            public void write(int next) {
                write(new byte[1], 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                assertThat(length).isLessThanOrEqualTo(PIECE);
                taken += length;
                nanos += perPiece.toNanos();
            }
        });
    }

    private static void write(PacedOutput out, long count) throws IOException {
        byte[] chunk = new byte[CHUNK];
        for (long written = 0; written < count; written += CHUNK) {
            out.write(chunk);
        }
    }

    @Test
    void keepsAReaderThatIsFastEnoughAsLongAsItTakes() throws IOException {
        write(to(Duration.ofMillis(10)), 64 << 20);

        assertThat(taken).isEqualTo(64 << 20);
        assertThat(Duration.ofNanos(nanos)).as("more than the grace period").isGreaterThan(Duration.ofMinutes(2));
    }

    @Test
    void givesUpAReaderThatIsTooSlowSoonAfterTheGracePeriod() {
        assertThatThrownBy(() -> write(to(Duration.ofMillis(100)), 64 << 20)).isInstanceOf(IOException.class);

        assertThat(Duration.ofNanos(nanos)).isBetween(Duration.ofSeconds(60), Duration.ofSeconds(90));
    }

    @Test
    void doesNotCountTheTimeThatTheDatabaseNeeds() throws IOException {
        PacedOutput out = to(Duration.ZERO);
        write(out, CHUNK);
        nanos += Duration.ofHours(1).toNanos();
        write(out, CHUNK);

        assertThat(taken).isEqualTo(2 * CHUNK);
    }
}
