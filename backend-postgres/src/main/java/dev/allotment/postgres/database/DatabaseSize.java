// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.database;

import dev.allotment.postgres.server.ServerSession;
import dev.allotment.postgres.server.SqlStates;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Measures databases. PostgreSQL returns the size of a database only to roles that may connect to it, and its owner can
 * revoke that right, even from itself. Thread-safe.
 */
public final class DatabaseSize {
    private final ForcedChange changes;

    DatabaseSize(ForcedChange changes) {
        this.changes = changes;
    }

    /**
     * Returns the size of a database in bytes, without a lock.
     *
     * @throws RuntimeException that {@link #isHidden} recognizes, if the owner hides the size
     */
    public static long read(ServerSession session, DatabaseStatus there) {
        return session.query(
                "SELECT pg_database_size(CAST(:oid AS oid))",
                query -> query.bind("oid", there.present().oid())
                        .mapTo(Long.class)
                        .one());
    }

    public static boolean isHidden(RuntimeException failure) {
        return SqlStates.NOT_PERMITTED.matches(failure);
    }

    /**
     * Returns the size of a database in bytes. If its owner hides it, restores the rights, and measures in the same
     * transaction: the owner may revoke them all the time. The session has the lock of the identity.
     */
    public long measure(ServerSession session, DatabaseStatus there) {
        try {
            return read(session, there);
        } catch (RuntimeException e) {
            if (!isHidden(e)) {
                throw e;
            }
            session.recover();
        }
        AtomicLong size = new AtomicLong();
        changes.run(
                session,
                there,
                () -> session.inTransaction(
                        DatabaseSql.privileges(
                                there.name(), there.identity(), there.present().strangers()),
                        () -> size.set(read(session, there))));
        return size.get();
    }
}
