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
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** With as many tenants as {@code allotment.test.tenants} says: each costs the time that PostgreSQL needs to make a database. */
@DisplayName("Connections to many tenants on PostgreSQL")
final class PostgresTenantsTest {
    private static final int TENANTS = Integer.getInteger("allotment.test.tenants", 40);
    private static final int CEILING = TENANTS / 10;

    private static final int LOOKS = 200;

    @Test
    @DisplayName("keep to a ceiling of a tenth of the tenants, as the server itself counts them")
    void ceiling() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                .setServerConfig("fsync", "off")
                // What is closed here may still be open there for a moment; more than that is refused by the server.
                .setServerConfig("max_connections", Integer.toString(CEILING + 10))
                .start()) {
            Crowd crowd = Crowd.of(TENANTS, CEILING, tenant -> login(postgres, tenant));
            try (Connection connection = postgres.getPostgresDatabase().getConnection();
                    Statement statement = connection.createStatement()) {
                for (Tenant tenant : crowd.tenants()) {
                    statement.execute("create database \"" + tenant.name() + "\" template template0");
                }
            }
            crowd.work(CEILING / 2, 3 * TENANTS);
            try (Connection connection = postgres.getPostgresDatabase().getConnection();
                    Statement statement = connection.createStatement()) {
                // What is closed here ends there a moment later.
                CountDownLatch never = new CountDownLatch(1);
                for (int look = 0; look < LOOKS && sessions(statement) > 0; look++) {
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
