// SPDX-License-Identifier: Apache-2.0
package dev.allotment.liquibase;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.Statement;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

final class PostgresLiquibaseTest extends LiquibaseStories {
    private static EmbeddedPostgres postgres;
    private static int catalogs;

    @BeforeAll
    static void start() throws IOException {
        postgres = EmbeddedPostgres.builder().setServerConfig("fsync", "off").start();
    }

    @AfterAll
    static void stop() throws IOException {
        postgres.close();
    }

    @Override
    String backend() {
        return "postgres";
    }

    @Override
    Map<String, String> newCatalog() throws Exception {
        String name = "catalog" + catalogs++;
        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + name);
        }
        return Map.of(
                "url",
                "jdbc:postgresql://localhost:" + postgres.getPort() + "/" + name,
                "user",
                "postgres",
                "password",
                "postgres");
    }
}
