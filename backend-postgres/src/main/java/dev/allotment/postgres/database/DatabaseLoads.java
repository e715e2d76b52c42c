// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.database;

import dev.allotment.DatabaseLoad;
import dev.allotment.postgres.server.ServerSession;
import dev.allotment.postgres.server.SqlResource;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads what the databases of tenants take of a server, from its statistics. */
public final class DatabaseLoads {
    private static final String READ = SqlResource.read(DatabaseLoads.class, "loads.sql");

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
