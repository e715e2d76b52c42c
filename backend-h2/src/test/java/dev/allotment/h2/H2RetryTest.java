// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.SaasException;
import dev.allotment.h2.engine.H2Dialect;
import dev.allotment.jdbc.Connections;
import dev.allotment.jdbc.JdbcTransaction;
import dev.allotment.jdbc.Migrator;
import dev.allotment.jdbc.ScriptRunner;
import dev.allotment.jdbc.Transactions;
import dev.allotment.spi.backend.RecordTypes;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Work that a deadlock ended runs again from the start, for a limited time. */
class H2RetryTest {
    private static final String DEADLOCK = "40001";

    private final AtomicInteger runs = new AtomicInteger();
    private final AtomicLong seconds = new AtomicLong();
    private final Transactions transactions =
            new Transactions(H2Dialect.INSTANCE, H2Backend.CATALOG_SCHEMA, () -> seconds.get() * 1_000_000_000L);
    private Connection connection;
    private Connections connections;

    @BeforeEach
    void open() throws SQLException {
        connection = DriverManager.getConnection("jdbc:h2:mem:;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE", "sa", "");
        new Migrator(H2Dialect.INSTANCE, H2Backend.CATALOG_SCHEMA).migrate(connection);
        connections = new Connections() {
            @Override
            public Connection acquire() {
                return connection;
            }

            @Override
            public void release(Connection given, boolean reusable) {
                assertThat(reusable).isTrue();
            }
        };
    }

    @AfterEach
    void close() throws SQLException {
        connection.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void runsAgainInANewTransaction(boolean autoCommit) throws SQLException {
        connection.setAutoCommit(autoCommit);
        int result = transactions.<Integer>run(connections, ScriptRunner.REFUSED, tx -> {
            insert(tx);
            if (runs.incrementAndGet() < 3) {
                fail(tx, DEADLOCK);
            }
            return runs.get();
        });

        assertThat(result).isEqualTo(3);
        assertThat(count()).isEqualTo(1);
        assertThat(connection.getAutoCommit()).isEqualTo(autoCommit);
    }

    @Test
    void runsAgainIfTheWorkHidesTheDeadlock() {
        transactions.run(connections, ScriptRunner.REFUSED, tx -> {
            insert(tx);
            if (runs.incrementAndGet() == 1) {
                assertThatThrownBy(() -> fail(tx, DEADLOCK)).isInstanceOf(SaasException.class);
                throw new IllegalStateException("something else");
            }
            if (runs.get() == 2) {
                assertThatThrownBy(() -> fail(tx, DEADLOCK)).isInstanceOf(SaasException.class);
            }
            return null;
        });

        assertThat(runs).hasValue(3);
        assertThat(count()).isEqualTo(1);
    }

    @Test
    void givesUpWhenDeadlocksDoNotStop() {
        assertThatThrownBy(() -> transactions.run(connections, ScriptRunner.REFUSED, tx -> {
                    seconds.set(runs.incrementAndGet());
                    return fail(tx, DEADLOCK);
                }))
                .isInstanceOfSatisfying(SaasException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCodes.BACKEND_UNAVAILABLE);
                    assertThat(e.retryable()).isTrue();
                });
        assertThat(runs).as("a second each, for ten seconds").hasValue(12);
        assertThat(count()).isZero();
    }

    @Test
    void doesNotRunAgainAfterAnotherFailure() {
        assertThatThrownBy(() -> transactions.run(connections, ScriptRunner.REFUSED, tx -> {
                    insert(tx);
                    runs.incrementAndGet();
                    return fail(tx, "XX000");
                }))
                .hasMessage("Failing on purpose failed inside the database.")
                .isInstanceOfSatisfying(
                        SaasException.class, e -> assertThat(e.code()).isEqualTo(ErrorCodes.BACKEND_FAILED));
        assertThat(runs).hasValue(1);
        assertThat(count()).isZero();
    }

    @Test
    void doesNotCommitWorkThatContinuedAfterAFailure() {
        assertThatThrownBy(() -> transactions.run(connections, ScriptRunner.REFUSED, tx -> {
                    insert(tx);
                    assertThatThrownBy(() -> fail(tx, "XX000")).isInstanceOf(SaasException.class);
                    return 1;
                }))
                .isInstanceOfSatisfying(
                        SaasException.class, e -> assertThat(e.code()).isEqualTo(ErrorCodes.BACKEND_FAILED));
        assertThat(count()).isZero();
    }

    private long count() {
        return transactions.<Long>run(
                connections,
                ScriptRunner.REFUSED,
                tx -> tx.records(RecordTypes.PARAMETERS).count(Filter.all()));
    }

    private static void insert(JdbcTransaction transaction) {
        transaction.records(RecordTypes.PARAMETERS).insert(new Parameter(0, "key", "value", false));
    }

    /** Makes the database fail with this SQLState. */
    private static int fail(JdbcTransaction transaction, String state) {
        return transaction.run("Failing on purpose", connection -> {
            try (Statement statement = connection.createStatement()) {
                return statement.execute("SELECT SIGNAL('" + state + "', 'on purpose')") ? 1 : 0;
            }
        });
    }
}
