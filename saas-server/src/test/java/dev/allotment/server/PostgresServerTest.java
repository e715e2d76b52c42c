// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.BackendProvider;
import dev.allotment.test.LoggedEvents;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresServerTest extends ServerContract {
    private final SharedPostgres postgres;

    PostgresServerTest() throws IOException {
        postgres = new SharedPostgres();
    }

    @Override
    List<String> backend() {
        return postgres.options();
    }

    @Override
    boolean restoresForeignDumps() {
        return true;
    }

    @AfterAll
    @Override
    void stop() {
        super.stop();
        postgres.close();
    }

    @Test
    void itsMetricsShowWhatAnApplicationTakes() throws Exception {
        LoadMetricsTest.showsWhatAnApplicationTakesOfPostgres(postgres);
    }

    @ParameterizedTest
    @ValueSource(strings = {"postgres", "template0", "template1"})
    void aNameThatTheDatabaseServerUsesItselfIsRefused(String name) throws Exception {
        assertRefused(name);
    }

    @Test
    void itsWarningsAtTheStartNameTheServer() throws SQLException {
        String url = postgres.url("postgres");
        try (Connection connection = DriverManager.getConnection(url, "postgres", "any");
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE open_to_all");
        }
        LoggedEvents log = LoggedEvents.of("dev.allotment.postgres");
        try (log;
                Backend backend = ServiceLoader.load(BackendProvider.class).stream()
                        .map(ServiceLoader.Provider::get)
                        .filter(each -> each.name().equals("postgres"))
                        .findFirst()
                        .orElseThrow()
                        .open(Settings.of(postgres.settings()))) {
            backend.catalog().migrate();
        }
        String hosts = url.replaceFirst("jdbc:postgresql://([^/]+)/.*", "$1");
        assertThat(log.warnings())
                .anyMatch(message ->
                        message.startsWith("max_prepared_transactions of the database server " + hosts + " is 1. "))
                .anyMatch(message ->
                        message.startsWith("Every role may connect to these databases of the server " + hosts + ", ")
                                && message.contains("open_to_all"));
    }
}
