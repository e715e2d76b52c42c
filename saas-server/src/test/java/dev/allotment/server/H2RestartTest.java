// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.allotment.server.setting.ExitCode;
import dev.allotment.server.setting.StartFailure;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("long")
class H2RestartTest extends RestartContract {
    @TempDir
    private Path data;

    @Override
    List<String> backend() {
        return List.of("--data", data.toString());
    }

    @Test
    void dataThatAnotherProcessHasOpenIsRefused() throws Exception {
        try (RunningServer first = ServerContract.start(backend())) {
            assertThat(first.port()).isPositive();

            StartFailure refused = catchThrowableOfType(StartFailure.class, () -> ServerContract.start(backend()));

            assertThat(refused.exitCode()).isEqualTo(ExitCode.UNAVAILABLE);
            assertThat(refused).hasMessageContaining(data.toString());
        }
    }
}
