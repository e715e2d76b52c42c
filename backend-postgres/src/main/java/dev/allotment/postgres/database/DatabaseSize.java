// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.database;

import dev.allotment.postgres.server.ServerSession;
import dev.allotment.postgres.server.SqlStates;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Measures databases. PostgreSQL returns the size of a database only to roles that may connect to it, and its owner can
 * revoke that right, even from itself. Thread-safe.
 */
public final class DatabaseSize {
    private static final long RECENT_NANOS = Duration.ofMinutes(1).toNanos();
    private static final int MAX_KNOWN = 1000;

    private record Measured(long bytes, long since) {}

    private final ForcedChange changes;

    /** The databases that were measured last, by oid. */
    private final Map<Long, Measured> known = Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Measured> eldest) {
            return size() > MAX_KNOWN;
        }
    });

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
     * Returns the size of a database like {@link #measure}, or what it was within the last minute. PostgreSQL looks at
     * each file of a database to measure it, and a template is copied again and again.
     */
    long recent(ServerSession session, DatabaseStatus there) {
        Measured before = known.get(there.present().oid());
        if (before != null && System.nanoTime() - before.since() < RECENT_NANOS) {
            return before.bytes();
        }
        long bytes = measure(session, there);
        known.put(there.present().oid(), new Measured(bytes, System.nanoTime()));
        return bytes;
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
