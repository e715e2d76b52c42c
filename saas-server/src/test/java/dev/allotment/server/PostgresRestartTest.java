// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.allotment.server.setting.ExitCode;
import dev.allotment.server.setting.StartFailure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
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
    void aCatalogOfANewerVersionEndsTheStartWithoutAStackTrace() throws Exception {
        String name = "newer";
        try (Connection connection = DriverManager.getConnection(postgres.url("postgres"), "postgres", "");
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name);
        }
        ServerContract.start(postgres.options(postgres.port(), name)).close();
        try (Connection connection = DriverManager.getConnection(postgres.url(name), "postgres", "");
                Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO allotment.schema_version (version, name, checksum, readable_from)"
                    + " SELECT max(version) + 1, 'later', 'unknown', max(version) + 1 FROM allotment.schema_version");
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        List<String> line = new ArrayList<>(List.of("serve", "--port", "0"));
        line.addAll(postgres.options(postgres.port(), name));

        int code = SaasServer.run(
                Map.of(), new PrintStream(out, true), new PrintStream(err, true), line.toArray(new String[0]));

        assertThat(code).isEqualTo(ExitCode.REFUSED);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("version").doesNotContain("\tat ", "SaasException");
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
