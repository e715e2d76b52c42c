// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PostgresRestartTest extends RestartContract {
    private SharedPostgres postgres;

    @BeforeEach
    void start() throws IOException {
        postgres = new SharedPostgres();
    }

    @AfterEach
    void end() {
        postgres.close();
    }

    @Override
    List<String> backend() {
        return postgres.options();
    }

    @Test
    void anUnavailableDatabaseIsReportedWithHostPortAndName() {
        StartFailure refused =
                catchThrowableOfType(StartFailure.class, () -> ServerContract.start(postgres.options(1, "portal")));
        StartFailure missing = catchThrowableOfType(
                StartFailure.class, () -> ServerContract.start(postgres.options(postgres.port(), "nowhere")));

        assertThat(refused.exitCode()).isEqualTo(3);
        assertThat(refused.text()).contains("jdbc:postgresql://127.0.0.1:1/portal", "Connection refused");
        assertThat(missing.exitCode()).isEqualTo(ExitCode.UNAVAILABLE);
        assertThat(missing.text()).contains("127.0.0.1:" + postgres.port() + "/nowhere", "does not exist");
        assertThat(refused.text() + missing.text()).doesNotContain("the secret", "Exception");
    }
}
