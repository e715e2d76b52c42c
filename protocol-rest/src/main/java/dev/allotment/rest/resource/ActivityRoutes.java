// SPDX-License-Identifier: Apache-2.0
package dev.allotment.rest.resource;

import dev.allotment.DatabaseActivity;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.Tenants;
import dev.allotment.rest.route.Request;
import dev.allotment.rest.route.Route;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the database of a tenant does now, for an operator who asks why it is slow. */
public final class ActivityRoutes {
    private record TenantActivity(
            List<ActivitySession> sessions,
            @Nullable List<SlowStatement> slowest,
            @Nullable Integer cacheHitPercent,
            @Nullable List<LargeTable> largest,
            int connections,
            @Nullable Integer maxConnections) {
        static TenantActivity of(DatabaseActivity activity) {
            List<DatabaseActivity.Statement> slowest = activity.slowest();
            List<DatabaseActivity.Table> largest = activity.largest();
            Double hits = activity.cacheHits();
            return new TenantActivity(
                    activity.sessions().stream().map(ActivitySession::of).toList(),
                    slowest == null
                            ? null
                            : slowest.stream().map(SlowStatement::of).toList(),
                    hits == null ? null : (Integer) (int) (hits * 100),
                    largest == null
                            ? null
                            : largest.stream().map(LargeTable::of).toList(),
                    activity.connections(),
                    activity.maxConnections());
        }
    }

    private record ActivitySession(
            long id,
            boolean application,
            String state,
            @Nullable Long runningMillis,
            @Nullable Long transactionMillis,
            @Nullable String waitsFor,
            List<Long> blockedBy,
            @Nullable String statement) {
        static ActivitySession of(DatabaseActivity.Session session) {
            return new ActivitySession(
                    session.id(),
                    session.application(),
                    session.state(),
                    millis(session.running()),
                    millis(session.transaction()),
                    session.waitsFor(),
                    session.blockedBy(),
                    session.statement());
        }
    }

    private record SlowStatement(String text, long calls, long totalMillis) {
        static SlowStatement of(DatabaseActivity.Statement statement) {
            return new SlowStatement(
                    statement.text(), statement.calls(), statement.total().toMillis());
        }
    }

    private record LargeTable(
            String name,
            @Nullable Long bytes,
            long rows,
            @Nullable Long deadRows) {
        static LargeTable of(DatabaseActivity.Table table) {
            return new LargeTable(table.name(), table.bytes(), table.rows(), table.deadRows());
        }
    }

    private ActivityRoutes() {}

    /** Returns the routes. */
    public static List<Route> all() {
        return List.of(Route.get(
                        TenantRoutes.ONE + "/activity",
                        "getTenantActivity",
                        "Reads what the database of a tenant does now, and what takes time in it. Only for"
                                + " administrators.")
                .useCase(Tenants.class, "activity")
                .answers(TenantActivity.class, ActivityRoutes::activity));
    }

    private static TenantActivity activity(Request request) {
        return request.saas()
                .tenants()
                .activity(TenantRoutes.id(request))
                .map(TenantActivity::of)
                .orElseThrow(() -> SaasException.unsupported(
                        ErrorCodes.BACKEND_UNSUPPORTED,
                        "The backend of tenant " + request.id() + " does not know what its databases do."));
    }

    private static @Nullable Long millis(@Nullable Duration duration) {
        return duration == null ? null : (Long) duration.toMillis();
    }
}
