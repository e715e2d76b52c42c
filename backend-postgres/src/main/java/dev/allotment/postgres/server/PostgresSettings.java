// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.server;

import dev.allotment.spi.Settings;
import java.io.UncheckedIOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * The settings of the backend: how to connect to the server, and how many connections to use.
 *
 * @param password of the role, which may change while the process runs
 * @param poolSize connections to the database of the catalog
 * @param tenantConnections connections of this process to all tenant databases together
 * @param loginConnections connections that the application of one tenant may have
 * @param connectSeconds how many seconds an attempt to connect may take
 * @param autoCommit the mode of pooled connections between transactions; no setting changes it
 * @param timeouts of statements and locks; no setting changes them
 * @param largeBytes from this size on, a database is copied by its files, or if it is open, without keeping its
 *     application from it; no setting changes it
 */
public record PostgresSettings(
        PostgresUrl url,
        String user,
        PasswordSource password,
        int poolSize,
        int tenantConnections,
        int loginConnections,
        int connectSeconds,
        boolean autoCommit,
        Timeouts timeouts,
        long largeBytes) {

    /** The name of the setting with the file of the password. */
    public static final String PASSWORD_FILE = "password.file";

    /**
     * For a larger one, two checkpoints cost less than writing all pages to the log, too, and its application would
     * have to wait for a second or more. {@code benchmarks/run only=copies} measures both.
     */
    private static final long LARGE_BYTES = 256L << 20;

    private static final PostgresUrl NO_URL = new PostgresUrl("", "", "");

    /** Reads all settings, and reports every problem with them at once. */
    public static PostgresSettings read(Settings settings) {
        String text = settings.required("url", PostgresUrl.EXPECTED);
        PostgresUrl url = PostgresUrl.parse(text);
        if (url == null && !text.isEmpty()) {
            settings.problem("url", PostgresUrl.masked(text), PostgresUrl.EXPECTED, null);
        }
        PostgresSettings read = new PostgresSettings(
                url == null ? NO_URL : url,
                settings.required("user", "a role that may create databases and roles"),
                password(settings),
                settings.number("pool.size", 10, 2, 1000),
                settings.number("client.connections", 20, 1, 10_000),
                settings.number("login.connections", 20, 1, 10_000),
                settings.number("connect.seconds", 5, 1, 300),
                true,
                Timeouts.DEFAULT,
                LARGE_BYTES);
        settings.check("the PostgreSQL backend");
        return read;
    }

    private static PasswordSource password(Settings settings) {
        String password = settings.secret("password");
        String file = settings.optional(PASSWORD_FILE);
        if (file == null) {
            return PasswordSource.of(password);
        }
        if (password != null) {
            settings.problem(PASSWORD_FILE, file, "nothing, since password is set too", null);
            return PasswordSource.of(password);
        }
        try {
            return PasswordSource.in(Path.of(file));
        } catch (UncheckedIOException | InvalidPathException e) {
            settings.problem(PASSWORD_FILE, file, "a readable file that contains the password", null);
            return PasswordSource.of(null);
        }
    }

    public PostgresSettings withAutoCommit(boolean value) {
        return new PostgresSettings(
                url,
                user,
                password,
                poolSize,
                tenantConnections,
                loginConnections,
                connectSeconds,
                value,
                timeouts,
                largeBytes);
    }

    public PostgresSettings withTimeouts(Timeouts value) {
        return new PostgresSettings(
                url,
                user,
                password,
                poolSize,
                tenantConnections,
                loginConnections,
                connectSeconds,
                autoCommit,
                value,
                largeBytes);
    }

    public PostgresSettings withLargeBytes(long value) {
        return new PostgresSettings(
                url,
                user,
                password,
                poolSize,
                tenantConnections,
                loginConnections,
                connectSeconds,
                autoCommit,
                timeouts,
                value);
    }

    @Override
    public String toString() {
        return "PostgresSettings[" + url.of(url.database()) + ", user=" + user + "]";
    }
}
