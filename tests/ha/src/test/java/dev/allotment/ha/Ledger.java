// SPDX-License-Identifier: Apache-2.0
package dev.allotment.ha;

import dev.allotment.DatabaseLogin;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.Supplier;

/**
 * The application of a tenant, with one connection at a time. It commits numbers, one in each transaction, and remembers
 * those whose commit was acknowledged.
 */
final class Ledger implements AutoCloseable {
    private final int writer;
    private final Supplier<DatabaseLogin> login;
    private final ConcurrentSkipListSet<Long> acknowledged = new ConcurrentSkipListSet<>();
    private final Thread thread;
    private volatile boolean ended;

    /** @param login how it connects now; called again after each failure, since the tenant may have been moved */
    Ledger(int writer, Supplier<DatabaseLogin> login) {
        this.writer = writer;
        this.login = login;
        this.thread = new Thread(this::write, "ledger " + writer);
        thread.setDaemon(true);
    }

    /** Creates the tables of the application, with something that takes a moment to copy. */
    static void create(DatabaseLogin login) throws SQLException {
        try (Connection connection = connect(login);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE ledger (writer int, number bigint, PRIMARY KEY (writer, number))");
            statement.execute("CREATE TABLE filler (id int PRIMARY KEY, text text)");
            statement.execute("INSERT INTO filler SELECT g, repeat(md5(g::text), 30) FROM generate_series(1, 20000) g");
        }
    }

    Ledger start() {
        thread.start();
        return this;
    }

    static Connection connect(DatabaseLogin login) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", login.user());
        properties.setProperty("password", login.password());
        properties.setProperty("connectTimeout", "3");
        properties.setProperty("socketTimeout", "20");
        properties.setProperty("loginTimeout", "5");
        return DriverManager.getConnection(login.url(), properties);
    }

    private void write() {
        long number = 0;
        while (!ended) {
            try (Connection connection = connect(login.get());
                    PreparedStatement insert = connection.prepareStatement("INSERT INTO ledger VALUES (?, ?)")) {
                connection.setAutoCommit(false);
                while (!ended) {
                    number++;
                    insert.setInt(1, writer);
                    insert.setLong(2, number);
                    insert.execute();
                    connection.commit();
                    acknowledged.add(number);
                }
            } catch (SQLException | RuntimeException e) {
                // The server fails over, or the tenant is closed for a moment.
                try {
                    Program.pause();
                } catch (InterruptedException interrupted) {
                    return;
                }
            }
        }
    }

    int writer() {
        return writer;
    }

    Set<Long> acknowledged() {
        return new TreeSet<>(acknowledged);
    }

    /** The numbers of a writer that a database has. */
    static Set<Long> read(Connection connection, int writer) throws SQLException {
        Set<Long> found = new TreeSet<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT number FROM ledger WHERE writer = " + writer)) {
            while (rows.next()) {
                found.add(rows.getLong(1));
            }
        }
        return found;
    }

    @Override
    public void close() {
        ended = true;
        try {
            thread.join(60_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
