// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.spi.protocol.UnavailableLog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class UnavailableLogTest {
    private final AtomicLong nanos = new AtomicLong();
    private final List<String> lines = new ArrayList<>();
    private final UnavailableLog log = new UnavailableLog(lines::add, nanos::get);

    @Test
    void aBurstIsOneLineForEachCodeAndIsCounted() {
        for (int i = 0; i < 1000; i++) {
            log.log("A call", failure(ErrorCodes.ACCESS_BUSY, "busy"));
        }
        log.log("A call", failure(ErrorCodes.BACKEND_UNAVAILABLE, "down"));
        nanos.addAndGet(10_000_000_001L);
        log.log("A call", failure(ErrorCodes.ACCESS_BUSY, "busy"));

        assertThat(lines)
                .containsExactly(
                        "A call is temporarily unavailable: code=access.busy busy",
                        "A call is temporarily unavailable: code=backend.unavailable down",
                        "A call is temporarily unavailable: code=access.busy busy (and 999 times more since the last"
                                + " line)");
    }

    @Test
    void theLineHasTheReasonThatCallersDoNotSee() {
        String reason = "/srv/backups/1: Read-only file system";
        log.log("A call", failure(ErrorCodes.BACKUP_STORE_FAILED, "down", new IOException(reason + "\nsecond line")));
        log.log("A call", failure(ErrorCodes.BACKEND_UNAVAILABLE, "down (refused)", new IOException("refused")));

        assertThat(lines)
                .containsExactly(
                        "A call is temporarily unavailable: code=backup.store-failed down [" + reason + "]",
                        "A call is temporarily unavailable: code=backend.unavailable down (refused)");
    }

    @Test
    void theReasonIsShortAndPlain() {
        String reason = "a\u001b[2Jb\u202e" + "x".repeat(500);
        log.log("A call", failure(ErrorCodes.BACKEND_UNAVAILABLE, "down", new IOException(reason)));

        assertThat(lines)
                .containsExactly("A call is temporarily unavailable: code=backend.unavailable down [a [2Jb "
                        + "x".repeat(193) + "]");
    }

    private static SaasException failure(String code, String message) {
        return failure(code, message, null);
    }

    private static SaasException failure(String code, String message, @Nullable Exception cause) {
        return SaasException.unavailable(code, message, cause);
    }
}
