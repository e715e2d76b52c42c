// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.transfer;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.jdbc.PieceStream;
import dev.allotment.postgres.transfer.TransferStream.Kind;
import dev.allotment.postgres.transfer.TransferStream.Part;
import dev.allotment.spi.backend.DatabaseExport;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes what a {@link DatabaseSender} reads, or has read, as files that {@code psql} loads: SQL, and the rows of each
 * table as CSV. The records of the base schema are not among them. Not thread-safe.
 *
 * <p>The tenant chose every name and text in these files, and the person who loads them may have more rights. So
 * nothing of the tenant is outside of quotes in a file that psql reads: descriptions are left out, and a name with a
 * control character, which could start a command of psql, is refused.
 *
 * <p>Where quotes end depends on two settings, which functions of the tenant can change while a statement or rows are
 * loaded. So {@link #READING} sets them again before each statement and before each table.
 */
public final class PsqlFiles {
    private static final String README = """
            The database in the state of one moment, for PostgreSQL.

            schema.sql       what has to exist before the rows: types, tables, functions
            data/            the rows: a CSV file in UTF-8 for each table, with the names of the columns. An empty field
                             is a null, and "" is an empty text. Some values may be formulas for a spreadsheet: import
                             them as text. In a text, a line that is only \\. is written as \\"." (COPY reads the same
                             text, and psql would take the line for the end of the rows).
            constraints.sql  everything else: indexes, constraints, views, triggers, rights
            load.sql         loads all of it

            To load it, create an empty database, owned by the user that loads it, change to this folder, and run

                psql --no-psqlrc --dbname=DATABASE --file=load.sql

            The SQL was written by the application that used the database, and runs with the rights of the user that
            loads it. Load it as a user without other rights. load.sql refuses a superuser, also one that has become
            another user by SET ROLE. The server needs the same extensions, and the same or a newer version of
            PostgreSQL.
            """;

    /**
     * How psql and the server read quotes. It means the same with all values of these settings. It is a separate line,
     * since psql looks at the settings when it starts a line. Once is enough for a part with several statements: only
     * its last one can run a function of the tenant.
     */
    private static final String READING = "SET client_encoding = 'UTF8'; SET standard_conforming_strings = on;\n";

    /**
     * Functions of the tenant run while files are loaded. With SET ROLE, they become the user of the session.
     */
    private static final String REFUSE_SUPERUSERS = "DO $$ BEGIN IF EXISTS (SELECT FROM pg_catalog.pg_roles"
            + " WHERE rolsuper AND rolname IN (current_user, session_user)) THEN RAISE EXCEPTION"
            + " 'Load this as a user without other rights: it runs code of the application'; END IF; END $$;\n";

    /** Includes the settings that the database was read with. */
    private static final String LOAD = "\\set ON_ERROR_STOP on\n" + READING + REFUSE_SUPERUSERS + """
            SET check_function_bodies = off;
            SET row_security = off;
            SET DateStyle = ISO;
            SET IntervalStyle = postgres;
            SET TimeZone = 'UTC';
            SET lc_monetary = 'C';
            SET xmloption = content;
            \\i schema.sql
            """;

    private static final String COPY = "COPY ";
    private static final String FROM = " FROM STDIN";

    /** Settings of the role are not those of the user that loads the files. */
    private static final String ROLE_SETTING = "ALTER ROLE ";

    /** A source of parts, up to the last one. */
    interface Parts {
        Part next() throws IOException;
    }

    private final Parts parts;
    private final DatabaseExport export;
    private final String database;
    private final StringBuilder load = new StringBuilder(LOAD);
    private final CsvRows csv = new CsvRows();
    private Part part;
    private int tables;

    private PsqlFiles(Part first, Parts parts, DatabaseExport export, String database) {
        this.part = first;
        this.parts = parts;
        this.export = export;
        this.database = database;
    }

    /**
     * Writes all files.
     *
     * @throws SaasException {@code database.not-transferable} for a name that psql cannot read
     */
    public static void write(DatabaseSender sender, DatabaseExport export, String database) throws IOException {
        Parts parts = () -> {
            Part found = sender.next();
            if (found == null) {
                throw new IOException("The content of the database ended early");
            }
            return found;
        };
        Part first = parts.next();
        while (first.kind() != Kind.STATEMENT) {
            first = parts.next();
        }
        write(first, parts, export, database);
    }

    /** @param first the first part after the records of the base schema */
    static void write(Part first, Parts parts, DatabaseExport export, String database) throws IOException {
        PsqlFiles files = new PsqlFiles(first, parts, export, database);
        files.text("README.txt", README);
        files.statements("schema.sql");
        while (files.part.kind() == Kind.ROWS) {
            files.rows(files.part.text(1));
        }
        files.statements("constraints.sql");
        if (files.part.kind() != Kind.END) {
            throw new IOException("The content of the database was not read to its end");
        }
        files.text("load.sql", files.load.append("\\i constraints.sql\n").toString());
    }

    private void text(String name, String content) {
        export.file(name, new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8)));
    }

    private void statements(String name) {
        export.file(name, new PieceStream() {
            @Override
            protected byte @Nullable [] piece() throws IOException {
                if (part.kind() != Kind.STATEMENT) {
                    return null;
                }
                String sql = part.text(1);
                part = parts.next();
                return (sql.startsWith(ROLE_SETTING) ? "" : READING + sql + ";\n").getBytes(StandardCharsets.UTF_8);
            }
        });
    }

    /** @param sql the statement that loads the rows: {@code COPY table (columns) FROM STDIN} */
    private void rows(String sql) throws IOException {
        String target = sql.substring(COPY.length(), sql.length() - FROM.length());
        if (target.chars().anyMatch(Character::isISOControl)) {
            throw new SaasException(
                    ErrorCategory.CONFLICT,
                    ErrorCodes.DATABASE_NOT_TRANSFERABLE,
                    "Database " + database + " cannot be exported: the name of a table or of a column has a control"
                            + " character, which psql cannot read. Rename it first.",
                    Map.of("database", database),
                    false,
                    null);
        }
        List<String> names = names(target);
        String name = String.format(
                Locale.ROOT, "data/%05d-%s.csv", ++tables, names.get(0).replaceAll("[^A-Za-z0-9_.-]", "_"));
        load.append(READING)
                .append("\\copy ")
                .append(target)
                .append(" FROM '")
                .append(name)
                .append("' WITH (FORMAT csv, HEADER true, ENCODING 'UTF8')\n");
        part = parts.next();
        export.file(name, new SequenceInputStream(header(names.subList(1, names.size())), new PieceStream() {
            @Override
            protected byte @Nullable [] piece() throws IOException {
                byte[] rows = part.kind() == Kind.DATA ? csv.convert(part.data()) : null;
                part = parts.next();
                return rows;
            }
        }));
    }

    private static InputStream header(List<String> columns) {
        ByteArrayOutputStream header = new ByteArrayOutputStream();
        for (int i = 0; i < columns.size(); i++) {
            if (i > 0) {
                header.write(',');
            }
            CsvRows.write(header, columns.get(i).getBytes(StandardCharsets.UTF_8));
        }
        header.write('\n');
        return new ByteArrayInputStream(header.toByteArray());
    }

    /**
     * The name of the table with its schema, and the names of the columns, without quotes.
     *
     * @param target {@code schema.table (column, column)}, in which names are quoted if they need it
     */
    private static List<String> names(String target) {
        List<String> names = new ArrayList<>();
        StringBuilder name = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < target.length(); i++) {
            char next = target.charAt(i);
            if (next == '"') {
                if (quoted && i + 1 < target.length() && target.charAt(i + 1) == '"') {
                    name.append(next);
                    i++;
                } else {
                    quoted = !quoted;
                }
            } else if (quoted || (next != ' ' && next != '(' && next != ',' && next != ')')) {
                name.append(next);
            } else if (next != ' ') {
                names.add(name.toString());
                name.setLength(0);
            }
        }
        return names;
    }
}
