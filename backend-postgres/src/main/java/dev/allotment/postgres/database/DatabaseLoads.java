// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.database;

import dev.allotment.DatabaseLoad;
import dev.allotment.postgres.server.ServerSession;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads what the databases of tenants take of a server, from its statistics. */
public final class DatabaseLoads {
    private static final String READ = """
            WITH sessions AS MATERIALIZED
                (SELECT a.pid, a.usesysid, a.xact_start FROM pg_stat_activity a
                 WHERE a.backend_type = 'client backend'),
            locks AS (SELECT pid, count(*) AS locks FROM pg_locks WHERE NOT fastpath GROUP BY pid),
            taken AS
                (SELECT s.usesysid, count(*) AS connections, sum(COALESCE(l.locks, 0)) AS locks,
                        EXTRACT(EPOCH FROM clock_timestamp() - min(s.xact_start)) AS oldest
                 FROM sessions s LEFT JOIN locks l USING (pid) GROUP BY s.usesysid),
            prepared AS (SELECT database, count(*) AS prepared FROM pg_prepared_xacts GROUP BY database)
            SELECT r.rolname, d.datname, r.rolconnlimit, t.connections, t.locks, t.oldest, p.prepared,
                   pg_stat_get_db_temp_bytes(d.oid) AS temporary,
                   pg_stat_get_db_xact_commit(d.oid) + pg_stat_get_db_xact_rollback(d.oid) AS transactions,
                   pg_stat_get_db_active_time(d.oid) AS active
            FROM pg_database d JOIN pg_roles r ON r.oid = d.datdba
            LEFT JOIN taken t ON t.usesysid = r.oid
            LEFT JOIN prepared p ON p.database = d.datname
            WHERE starts_with(r.rolname, :prefix)
            """;

    private static final double MILLIS = 1000;

    private DatabaseLoads() {}

    /** Reads the load now. */
    public static List<DatabaseLoad> of(ServerSession session, Identity.Scheme scheme) {
        return session.query(
                READ,
                query ->
                        query
                                .bind("prefix", scheme.rolePrefix())
                                .map((row, context) -> load(row, scheme))
                                .list()
                                .stream()
                                .filter(Objects::nonNull)
                                .toList());
    }

    private static @Nullable DatabaseLoad load(ResultSet row, Identity.Scheme scheme) throws SQLException {
        UUID uuid = scheme.uuid(row.getString("rolname"));
        int limit = row.getInt("rolconnlimit");
        return uuid == null
                ? null
                : DatabaseLoad.builder(uuid, row.getString("datname"))
                        .connections(row.getInt("connections"))
                        .maxConnections(limit > 0 ? (Integer) limit : null)
                        .locks(row.getLong("locks"))
                        .oldestTransaction(Duration.ofMillis((long) (row.getDouble("oldest") * MILLIS)))
                        .preparedTransactions(row.getLong("prepared"))
                        .temporaryBytes(row.getLong("temporary"))
                        .transactions(row.getLong("transactions"))
                        .activeTime(Duration.ofMillis((long) row.getDouble("active")))
                        .build();
    }
}
