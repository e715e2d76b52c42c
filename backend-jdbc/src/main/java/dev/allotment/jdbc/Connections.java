// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jdbc;

import java.sql.SQLException;
import org.jdbi.v3.core.Handle;

/** Lends connections to one database. Thread-safe. */
public interface Connections {
    /**
     * A connection for the caller alone, not in a transaction.
     *
     * @throws RuntimeException of Jdbi where none can be had
     * @throws dev.allotment.SaasException {@code backend.unavailable}, {@code backend.closed}, and what the backend finds
     *     when it opens one
     */
    Handle take();

    /** Makes what was just committed as durable as it has to be, where a commit is not enough. */
    default void committed(Handle handle) throws SQLException {}

    /**
     * Ends the loan.
     *
     * @param reusable false: it is in an unknown state, and is closed
     */
    void giveBack(Handle handle, boolean reusable);
}
