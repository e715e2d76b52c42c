// SPDX-License-Identifier: Apache-2.0
package dev.allotment.liquibase;

import dev.allotment.hook.MigrationFailedException;
import java.sql.SQLException;
import liquibase.changelog.ChangeSet;
import liquibase.changelog.DatabaseChangeLog;
import liquibase.changelog.visitor.AbstractChangeExecListener;
import liquibase.database.Database;
import liquibase.exception.LiquibaseException;
import org.jspecify.annotations.Nullable;

/** Notes which change set failed. Confined to the thread of one run of Liquibase. */
final class StartedChangeSet extends AbstractChangeExecListener {
    private @Nullable ChangeSet failed;

    @Override
    public void runFailed(
            ChangeSet changeSet, DatabaseChangeLog changeLog, Database database, @Nullable Exception exception) {
        failed = changeSet;
    }

    /** What a failure says about the change set; the failure itself if none had started. */
    MigrationFailedException explain(LiquibaseException failure) throws LiquibaseException {
        ChangeSet changeSet = failed;
        if (changeSet == null) {
            throw failure;
        }
        SQLException sql = null;
        for (Throwable each = failure; each != null && sql == null; each = each.getCause()) {
            sql = each instanceof SQLException found ? found : null;
        }
        return new MigrationFailedException(
                "change set " + changeSet.getId() + " by " + changeSet.getAuthor(),
                0,
                sql == null ? null : sql.getSQLState(),
                String.valueOf((sql == null ? failure : sql).getMessage()),
                failure);
    }
}
