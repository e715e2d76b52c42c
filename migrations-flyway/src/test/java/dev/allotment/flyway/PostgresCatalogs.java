// SPDX-License-Identifier: Apache-2.0
package dev.allotment.flyway;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;

/** A PostgreSQL server with a catalog for each test. */
final class PostgresCatalogs implements AutoCloseable {
    private final EmbeddedPostgres postgres;
    private int catalogs;

    PostgresCatalogs() throws IOException {
        postgres = EmbeddedPostgres.builder().setServerConfig("fsync", "off").start();
    }

    Map<String, String> next() throws SQLException {
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

    @Override
    public void close() throws IOException {
        postgres.close();
    }
}
