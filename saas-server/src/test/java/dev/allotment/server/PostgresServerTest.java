// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import java.io.IOException;
import java.util.List;
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
}
