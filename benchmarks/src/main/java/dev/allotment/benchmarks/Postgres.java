// SPDX-License-Identifier: Apache-2.0
package dev.allotment.benchmarks;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A PostgreSQL 17 server with an empty catalog, which waits for the disk. The control plane's role is not a superuser:
 * it is a member of the role of each tenant, which costs PostgreSQL time.
 */
final class Postgres implements AutoCloseable {
    private static final String ROLE = "keeper";
    private static final String CATALOG = "catalog";

    private final EmbeddedPostgres server;

    Postgres() throws IOException, SQLException {
        server = EmbeddedPostgres.builder()
                .setServerConfig("fsync", "on")
                .setServerConfig("full_page_writes", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("max_connections", "200")
                .start();
        try (Connection connection = DriverManager.getConnection(url("postgres"), "postgres", "");
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE ROLE " + ROLE + " LOGIN CREATEDB CREATEROLE");
            statement.execute("CREATE DATABASE " + CATALOG + " OWNER " + ROLE);
        }
        for (String setting : List.of("fsync", "full_page_writes", "synchronous_commit")) {
            if (!values("SHOW " + setting).equals(List.of("on"))) {
                throw new IllegalStateException(setting + " is off, so the figures would not be valid");
            }
        }
    }

    String url() {
        return url(CATALOG);
    }

    private String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + server.getPort() + "/" + database;
    }

    /** Returns settings for a control plane in this process. */
    Map<String, String> settings() {
        return Map.of("url", url(), "user", ROLE);
    }

    /** Returns arguments for a server's command line. */
    List<String> options() {
        return List.of("--backend", "postgres", "--url", url(), "--user", ROLE);
    }

    Connection connect() throws SQLException {
        return connect(CATALOG);
    }

    Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(url(database), ROLE, "");
    }

    void execute(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Returns the first column. */
    List<String> values(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> values = new ArrayList<>();
            while (rows.next()) {
                values.add(rows.getString(1));
            }
            return values;
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
