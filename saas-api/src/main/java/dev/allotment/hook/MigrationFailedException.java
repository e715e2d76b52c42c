// SPDX-License-Identifier: Apache-2.0
package dev.allotment.hook;

import org.jspecify.annotations.Nullable;

/**
 * Thrown by a {@link TenantSchema} that knows which of its migrations failed. Everyone who may see the failure sees the
 * migration, the line and the SQL state. The message is for administrators, and the cause for the log.
 */
public final class MigrationFailedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String migration;
    private final int line;
    private final @Nullable String sqlState;

    /**
     * Creates an exception.
     *
     * @param migration names the migration without a folder, such as {@code V2__unique_email.sql}
     * @param line the line of the statement that failed, from 1 on; 0: not known
     * @param sqlState what the database reported, such as {@code 23505}; null: not known
     * @param message why it failed, such as the message of the database
     * @param cause what the tool threw
     */
    public MigrationFailedException(
            String migration, int line, @Nullable String sqlState, String message, Throwable cause) {
        super(message, cause);
        this.migration = migration;
        this.line = line;
        this.sqlState = sqlState;
    }

    /** Returns the name of the migration, without a folder. */
    public String migration() {
        return migration;
    }

    /** Returns the line of the statement that failed, from 1 on; 0: not known. */
    public int line() {
        return line;
    }

    /** Returns the SQL state that the database reported, such as {@code 23505}; null: not known. */
    public @Nullable String sqlState() {
        return sqlState;
    }
}
