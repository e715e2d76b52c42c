// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2;

import dev.allotment.jdbc.PieceStream;
import dev.allotment.spi.backend.DatabaseExport;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The schema of an application as a script for H2, without users, rights and record quotas.
 *
 * <p>The tenant chose every name in it, and the person who runs it may have more rights. So the comments that H2 writes
 * are left out: a line break in a name would end them.
 */
final class H2Script {
    private static final String README = """
            The database in the state of one moment, for H2 2.4 or newer.

            script.sql  creates the tables and their rows, in UTF-8

            To load it, run

                java -cp h2.jar org.h2.tools.RunScript -user sa -script script.sql -url \\
                    "jdbc:h2:./DATABASE;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH"

            The SQL was written by the application that used the database, and runs with the rights of the user that
            loads it. Load it into a separate database.
            """;

    private static final String SCHEMA = "application";

    private static final String START = "CREATE SCHEMA IF NOT EXISTS " + SCHEMA + ";\nSET SCHEMA " + SCHEMA + ";\n";

    /** More rows are kept in a file while they wait to be read. */
    private static final String FEW_ROWS_IN_MEMORY = "SET MAX_MEMORY_ROWS 500";

    private static final String EXISTS =
            "SELECT 1 FROM information_schema.schemata WHERE schema_name = '" + SCHEMA + "'";

    private static final String STATEMENTS = "SCRIPT NOPASSWORDS NOSETTINGS SCHEMA " + SCHEMA;

    /** The starts of the statements that are about users, and of comments. */
    private static final List<String> LEFT_OUT =
            List.of("--", "CREATE USER ", "CREATE ROLE ", "GRANT ", "CREATE SCHEMA ");

    private static final String TRIGGER = "CREATE FORCE TRIGGER ";

    private H2Script() {}

    /** Writes the files of a database that nothing else uses. */
    static void write(Connection administrator, DatabaseExport export) throws SQLException {
        text(export, "README.txt", README);
        try (Statement statement = administrator.createStatement()) {
            statement.execute(FEW_ROWS_IN_MEMORY);
            boolean exists;
            try (ResultSet schema = statement.executeQuery(EXISTS)) {
                exists = schema.next();
            }
            if (!exists) {
                text(export, "script.sql", START);
                return;
            }
            try (ResultSet rows = statement.executeQuery(STATEMENTS)) {
                export.file("script.sql", new Script(rows));
            }
        }
    }

    private static void text(DatabaseExport export, String name, String content) {
        export.file(name, new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8)));
    }

    /** The statements, one after the other. */
    private static final class Script extends PieceStream {
        private final ResultSet rows;
        private boolean started;

        Script(ResultSet rows) {
            this.rows = rows;
        }

        @Override
        protected byte @Nullable [] piece() throws IOException {
            if (!started) {
                started = true;
                return bytes(START);
            }
            try {
                if (!rows.next()) {
                    return null;
                }
                String sql = rows.getString(1);
                boolean kept = LEFT_OUT.stream().noneMatch(sql::startsWith)
                        && !(sql.startsWith(TRIGGER) && sql.contains(RowLimitTrigger.class.getName()));
                return bytes(kept ? sql + "\n" : "");
            } catch (SQLException e) {
                throw new IOException("Writing a script failed", e);
            }
        }

        private static byte[] bytes(String sql) {
            return sql.getBytes(StandardCharsets.UTF_8);
        }
    }
}
