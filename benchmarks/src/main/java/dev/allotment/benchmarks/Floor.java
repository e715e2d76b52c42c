// SPDX-License-Identifier: Apache-2.0
package dev.allotment.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The least that a creation with a spare can cost: a program with nothing but JDBC that does only what cannot be left
 * out, in the best order. It stores the reservation, writes the owner into the spare over a session that was opened
 * before, ends that session, renames the database, and stores the result. All but the last commit leave the disk to the
 * last one.
 */
final class Floor implements AutoCloseable {
    private static final String NEVER_WAIT = "SET LOCAL synchronous_commit = off; ";
    private static final int BLOCK = 8192;

    private final Postgres postgres;
    private final Connection catalog;
    private final PreparedStatement reserve;
    private final PreparedStatement left;
    private final PreparedStatement finish;
    private final String template;
    private int number;

    private Connection inside;
    private PreparedStatement owner;
    private int process;

    /**
     * Prepares the first spare.
     *
     * @param template of the spares, the template of a plan
     */
    Floor(Postgres postgres, String template) throws SQLException {
        this.postgres = postgres;
        this.template = template;
        postgres.execute("CREATE SCHEMA floor;"
                + " CREATE TABLE floor.spares (id int PRIMARY KEY, name text UNIQUE);"
                + " CREATE TABLE floor.tenants (id int PRIMARY KEY, name text UNIQUE, state text, changed timestamptz);"
                + " CREATE TABLE floor.operations (id int PRIMARY KEY, tenant int, state text, changed timestamptz);"
                + " CREATE TABLE floor.events (id bigserial PRIMARY KEY, tenant int, kind text, at timestamptz)");
        catalog = postgres.connect();
        reserve = catalog.prepareStatement("BEGIN; " + NEVER_WAIT
                + "DELETE FROM floor.spares WHERE id = ?; INSERT INTO floor.tenants VALUES (?, ?, 'draft', now());"
                + " INSERT INTO floor.operations VALUES (?, ?, 'running', now()); COMMIT");
        left = catalog.prepareStatement("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pid = ?)");
        finish = catalog.prepareStatement("BEGIN;"
                + " UPDATE floor.tenants SET state = 'open', changed = now() WHERE id = ?;"
                + " INSERT INTO floor.events (tenant, kind, at) VALUES (?, 'created', now());"
                + " UPDATE floor.operations SET state = 'done', changed = now() WHERE id = ?; COMMIT");
        prepare();
    }

    /** Creates the next spare and a warm session in it, which a pool does before a customer asks. */
    void prepare() throws SQLException {
        number++;
        String spare = "floor-spare-" + number;
        try (Statement statement = catalog.createStatement()) {
            statement.execute("CREATE ROLE \"floor_" + number + "\" NOLOGIN ROLE keeper");
            statement.execute(
                    "CREATE DATABASE \"" + spare + "\" OWNER \"floor_" + number + "\" TEMPLATE \"" + template + "\"");
            statement.execute("INSERT INTO floor.spares VALUES (" + number + ", '" + spare + "')");
        }
        inside = postgres.connect(spare);
        try (Statement statement = inside.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_backend_pid()")) {
            row.next();
            process = row.getInt(1);
        }
        owner = inside.prepareStatement("BEGIN; " + NEVER_WAIT
                + "UPDATE allotment.members SET login = ?, name = ?, owner = true WHERE id = 2;"
                + " UPDATE allotment.parameters SET value = ? WHERE key = 'database.uuid'; COMMIT");
        write("warm", "Warm", "");
    }

    private void write(String login, String name, String uuid) throws SQLException {
        owner.setString(1, login);
        owner.setString(2, name);
        owner.setString(3, uuid);
        owner.execute();
    }

    /** Creates a database, and returns how long that took. */
    long create() throws SQLException {
        String name = "floor-" + number + ".localhost";
        long start = System.nanoTime();
        reserve.setInt(1, number);
        reserve.setInt(2, number);
        reserve.setString(3, name);
        reserve.setInt(4, number);
        reserve.setInt(5, number);
        reserve.execute();
        write("client@example.com", "Client Name", "a uuid");
        inside.close();
        awaitEnd();
        try (Statement statement = catalog.createStatement()) {
            statement.execute("BEGIN; " + NEVER_WAIT + "ALTER ROLE \"floor_" + number + "\" LOGIN; ALTER DATABASE"
                    + " \"floor-spare-" + number + "\" RENAME TO \"" + name + "\"; COMMIT");
        }
        for (int parameter = 1; parameter <= 3; parameter++) {
            finish.setInt(parameter, number);
        }
        finish.execute();
        return System.nanoTime() - start;
    }

    /** PostgreSQL looks for sessions only every tenth of a second. */
    private void awaitEnd() throws SQLException {
        boolean there = true;
        left.setInt(1, process);
        while (there) {
            try (ResultSet row = left.executeQuery()) {
                row.next();
                there = row.getBoolean(1);
            }
        }
    }

    /** Returns how long the disk takes to store a block, as a commit has to wait for it. */
    static long disk() throws IOException {
        Path file = Files.createTempFile("allotment-disk", "");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(BLOCK));
            channel.force(false);
            // A block that exists already, as in a segment of the WAL.
            channel.position(0);
            channel.write(ByteBuffer.allocate(BLOCK));
            long start = System.nanoTime();
            channel.force(false);
            return System.nanoTime() - start;
        } finally {
            Files.delete(file);
        }
    }

    @Override
    public void close() throws SQLException {
        inside.close();
        catalog.close();
    }
}
