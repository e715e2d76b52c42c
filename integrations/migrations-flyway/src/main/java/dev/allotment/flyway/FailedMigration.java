// SPDX-License-Identifier: Apache-2.0
package dev.allotment.flyway;

import dev.allotment.hook.MigrationFailedException;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;

/** Finds out which migration failed. Flyway's message names it, among paths and statements. */
final class FailedMigration {
    private static final Pattern LINE = Pattern.compile("(?m)^Line\\s*:\\s*(\\d+)");

    private FailedMigration() {}

    /** What a failure says about the migration; the failure itself if it is not that of a migration. */
    static MigrationFailedException explain(Flyway flyway, FlywayException failure) throws FlywayException {
        String message = String.valueOf(failure.getMessage());
        String failed = unapplied(flyway, failure, message).orElseThrow(() -> failure);
        SQLException sql = null;
        for (Throwable each = failure; each != null && sql == null; each = each.getCause()) {
            sql = each instanceof SQLException found ? found : null;
        }
        Matcher line = LINE.matcher(message);
        return new MigrationFailedException(
                failed,
                line.find() ? Integer.parseInt(line.group(1)) : 0,
                sql == null ? null : sql.getSQLState(),
                String.valueOf((sql == null ? failure : sql).getMessage()),
                failure);
    }

    /** The name of the migration that the message names, without a folder. */
    private static Optional<String> unapplied(Flyway flyway, FlywayException failure, String message) {
        try {
            return Arrays.stream(flyway.info().all())
                    .filter(each ->
                            !each.getState().isApplied() || each.getState().isFailed())
                    .map(FailedMigration::name)
                    .filter(message::contains)
                    .findFirst();
        } catch (FlywayException e) {
            failure.addSuppressed(e);
            return Optional.empty();
        }
    }

    private static String name(MigrationInfo migration) {
        return migration.getScript().replaceFirst(".*/", "");
    }
}
