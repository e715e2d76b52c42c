// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.DatabaseLogin;
import dev.allotment.Tenant;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Runs with as many tenants as {@code allotment.test.tenants} says. Each one costs the time in which PostgreSQL creates
 * a database.
 */
final class PostgresTenantsTest {
    private static final int TENANTS = Integer.getInteger("allotment.test.tenants", 40);
    private static final int LIMIT = TENANTS / 10;

    private static final int CHECKS = 200;

    @Test
    void keepsToALimitOfATenthOfTheTenantsAsPostgresqlCountsThem() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                .setServerConfig("fsync", "off")
                // A connection that is closed here may stay open at the server for a moment. The server refuses more
                // than these.
                .setServerConfig("max_connections", Integer.toString(LIMIT + 10))
                .start()) {
            Crowd crowd = Crowd.of(TENANTS, LIMIT, tenant -> login(postgres, tenant));
            try (Connection connection = postgres.getPostgresDatabase().getConnection();
                    Statement statement = connection.createStatement()) {
                for (Tenant tenant : crowd.tenants()) {
                    statement.execute("create database \"" + tenant.name() + "\" template template0");
                }
            }
            crowd.work(LIMIT / 2, 3 * TENANTS);
            try (Connection connection = postgres.getPostgresDatabase().getConnection();
                    Statement statement = connection.createStatement()) {
                // A connection that is closed here ends at the server a moment later.
                CountDownLatch never = new CountDownLatch(1);
                for (int check = 0; check < CHECKS && sessions(statement) > 0; check++) {
                    never.await(50, TimeUnit.MILLISECONDS);
                }
                assertThat(sessions(statement)).describedAs("left open").isZero();
            }
        }
    }

    private static int sessions(Statement statement) throws SQLException {
        try (ResultSet row =
                statement.executeQuery("select count(*) from pg_stat_activity where datname like 'tenant-%'")) {
            row.next();
            return row.getInt(1);
        }
    }

    private static DatabaseLogin login(EmbeddedPostgres postgres, Tenant tenant) {
        return new DatabaseLogin(postgres.getJdbcUrl("postgres", tenant.name()), "postgres", "postgres");
    }
}
