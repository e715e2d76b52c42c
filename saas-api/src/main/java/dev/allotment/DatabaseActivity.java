// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a database does now, and what takes time in it: for an operator who asks why a tenant is slow. What its backend
 * does not measure is null.
 *
 * <p>Names and statements are texts of the tenant. They may contain its data, and may be meant to deceive. They have no
 * control characters, and at most {@link #MAX_TEXT} characters.
 *
 * <p>Immutable.
 *
 * @param sessions the sessions that are connected, at most 50: first those that run a statement, and of these the
 *     oldest transactions
 * @param slowest the ten statements that have taken the most time together; null: the server keeps no such statistics
 * @param cacheHits the part of the blocks that were in the cache of the server when they were read, from 0 to 1, since
 *     its statistics started; null: not measured
 * @param largest the ten largest tables; null: not measured
 * @param connections the connections of the application
 * @param maxConnections connections that the application may have; null: no limit is known
 */
public record DatabaseActivity(
        List<Session> sessions,
        @Nullable List<Statement> slowest,
        @Nullable Double cacheHits,
        @Nullable List<Table> largest,
        int connections,
        @Nullable Integer maxConnections) {
    /** How many characters of a text of the tenant are kept. */
    public static final int MAX_TEXT = 1000;

    /** Creates a record from all its components. Later versions may add parts. */
    @Internal
    public DatabaseActivity {
        sessions = List.copyOf(sessions);
        slowest = slowest == null ? null : List.copyOf(slowest);
        largest = largest == null ? null : List.copyOf(largest);
    }

    /** Shows no text of the tenant. */
    @Override
    public String toString() {
        return "DatabaseActivity[sessions=" + sessions.size() + "]";
    }

    /**
     * A session that is connected to the database.
     *
     * @param id its number on the server
     * @param application whether it is one of the tenant's application, and not of the control plane or the server
     * @param state what it does, in the words of the database, such as {@code active} or {@code idle in transaction}
     * @param running how long its statement has run; null: it runs none
     * @param transaction how long its transaction has been open; null: none is
     * @param waitsFor what it waits for, in the words of the database, such as {@code Lock: relation}; null: nothing
     * @param blockedBy the numbers of the sessions that have what it waits for
     * @param statement the text of the statement that it runs, or ran last; null: not known, or not the application's
     */
    public record Session(
            long id,
            boolean application,
            String state,
            @Nullable Duration running,
            @Nullable Duration transaction,
            @Nullable String waitsFor,
            List<Long> blockedBy,
            @Nullable String statement) {
        /** Creates a record from all its components. Later versions may add parts. */
        @Internal
        public Session {
            state = plain(state);
            blockedBy = List.copyOf(blockedBy);
            statement = statement == null ? null : plain(statement);
        }
    }

    /**
     * A statement, with the time that it has taken since the statistics of the server started.
     *
     * @param text without its parameters
     * @param calls how often it ran
     * @param total how long it ran, all times together
     */
    public record Statement(String text, long calls, Duration total) {
        /** Creates a statement. */
        public Statement {
            text = plain(text);
        }
    }

    /**
     * A table, with its indexes.
     *
     * @param name with its schema
     * @param bytes its size, as the database last counted it; null: not measured
     * @param rows how many rows it has, estimated
     * @param deadRows rows that were changed or deleted and still take room; null: the database has none
     */
    public record Table(
            String name,
            @Nullable Long bytes,
            long rows,
            @Nullable Long deadRows) {
        /** Creates a table. */
        public Table {
            name = plain(name);
        }
    }

    private static String plain(String text) {
        return PlainText.of(text, MAX_TEXT);
    }
}
