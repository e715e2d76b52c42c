// SPDX-License-Identifier: Apache-2.0
package dev.allotment.flyway;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A PostgreSQL server with a catalog for each test. The tenants of earlier ones are dropped, so names are free. */
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
            List<String> left = new ArrayList<>();
            try (ResultSet rows =
                    statement.executeQuery("select datname from pg_database where datname like 'shop-%'")) {
                while (rows.next()) {
                    left.add(rows.getString(1));
                }
            }
            for (String each : left) {
                statement.execute("drop database \"" + each + "\" with (force)");
            }
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
