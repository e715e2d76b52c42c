// SPDX-License-Identifier: Apache-2.0
package dev.allotment.flyway;

import dev.allotment.hook.MigrationFailedException;
import java.sql.SQLException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;
import org.jspecify.annotations.Nullable;

/** Notes which migration failed. Confined to the thread of one run of Flyway. */
final class FailedMigration implements Callback {
    /** Flyway's message has the line and the path of the file. Only the line is of use elsewhere. */
    private static final Pattern LINE = Pattern.compile("(?m)^Line\\s*:\\s*(\\d+)");

    private @Nullable MigrationInfo migration;

    @Override
    public boolean supports(Event event, @Nullable Context context) {
        return event == Event.BEFORE_EACH_MIGRATE || event == Event.AFTER_EACH_MIGRATE;
    }

    @Override
    public boolean canHandleInTransaction(Event event, @Nullable Context context) {
        return true;
    }

    @Override
    public void handle(Event event, Context context) {
        migration = event == Event.BEFORE_EACH_MIGRATE ? context.getMigrationInfo() : null;
    }

    @Override
    public String getCallbackName() {
        return "allotment";
    }

    /** What a failure says about the migration; the failure itself if none had begun. */
    MigrationFailedException explain(FlywayException failure) throws FlywayException {
        if (migration == null) {
            throw failure;
        }
        SQLException sql = null;
        for (Throwable each = failure; each != null && sql == null; each = each.getCause()) {
            sql = each instanceof SQLException found ? found : null;
        }
        return new MigrationFailedException(
                migration.getScript().replaceFirst(".*/", ""),
                line(failure),
                sql == null ? null : sql.getSQLState(),
                String.valueOf((sql == null ? failure : sql).getMessage()),
                failure);
    }

    private static int line(FlywayException failure) {
        Matcher line = LINE.matcher(String.valueOf(failure.getMessage()));
        return line.find() ? Integer.parseInt(line.group(1)) : 0;
    }
}
