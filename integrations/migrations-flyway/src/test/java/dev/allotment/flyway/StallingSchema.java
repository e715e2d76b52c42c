// SPDX-License-Identifier: Apache-2.0
package dev.allotment.flyway;

import dev.allotment.DatabaseLogin;
import dev.allotment.hook.TenantSchema;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.concurrent.CountDownLatch;

/** Locks a table in the middle of a migration, and continues when the test lets it. */
record StallingSchema(String version, CountDownLatch stalled, CountDownLatch told) implements TenantSchema {
    @Override
    public void migrate(DatabaseLogin login) throws Exception {
        try (Connection connection = DriverManager.getConnection(login.url(), login.user(), login.password());
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("lock table note in access exclusive mode");
            stalled.countDown();
            told.await();
            statement.execute("insert into note (text) values ('too late')");
            connection.commit();
        }
    }
}
