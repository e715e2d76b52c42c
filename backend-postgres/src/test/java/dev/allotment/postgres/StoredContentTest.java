// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.allotment.DatabaseLogin;
import dev.allotment.ErrorCodes;
import dev.allotment.Parameter;
import dev.allotment.SaasException;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.tck.BackendFixture;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Content that was stored by an earlier or a later build, or changed. */
final class StoredContentTest {
    private static final DatabaseRef SHOP = new DatabaseRef("shop.example", new UUID(9, 1));
    private static final DatabaseRef COPY = new DatabaseRef("copy.example", new UUID(9, 2));

    private static final byte[] NONE = {};

    private final PostgresFixture fixture = new PostgresFixture(PostgresTestServer.Admin.KEEPER, true, Map.of());
    private final Backend backend = fixture.open();
    private final Databases databases = backend.databases(BackendFixture.DEFAULT_SERVER);

    @BeforeEach
    void makeSource() {
        backend.catalog().migrate();
        databases.create(SHOP);
        databases.transact(
                SHOP, tx -> tx.records(RecordTypes.PARAMETERS).insert(new Parameter(0, "key", "source", false)));
    }

    @AfterEach
    void close() {
        databases.drop(COPY);
        databases.drop(SHOP);
        backend.close();
        fixture.close();
    }

    /** A part of the content, as it is stored. */
    private static final class Part {
        private final char kind;
        private final List<String> texts;
        private final byte[] data;

        Part(char kind, List<String> texts, byte[] data) {
            this.kind = kind;
            this.texts = texts;
            this.data = data;
        }

        Part with(int index, UnaryOperator<String> change) {
            List<String> changed = new ArrayList<>(texts);
            changed.set(index, change.apply(changed.get(index)));
            return new Part(kind, changed, data);
        }
    }

    private List<Part> content() {
        List<Part> parts = new ArrayList<>();
        databases.transfer().send(SHOP, content -> {
            try {
                DataInputStream in = new DataInputStream(content);
                do {
                    parts.add(read(in));
                } while (parts.get(parts.size() - 1).kind != 'Z');
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        return parts;
    }

    private static Part read(DataInputStream in) throws IOException {
        char kind = (char) in.readByte();
        int size = in.readInt();
        if (kind == 'D') {
            return new Part(kind, List.of(), in.readNBytes(size));
        }
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            texts.add(new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8));
        }
        return new Part(kind, texts, NONE);
    }

    private void receive(List<Part> parts) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        for (Part part : parts) {
            out.writeByte(part.kind);
            out.writeInt(part.kind == 'D' ? part.data.length : part.texts.size());
            out.write(part.data);
            for (String text : part.texts) {
                byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
                out.writeInt(encoded.length);
                out.write(encoded);
            }
        }
        databases.transfer().receive(COPY, new ByteArrayInputStream(bytes.toByteArray()));
    }

    private String refused(List<Part> parts) {
        SaasException refusal = catchThrowableOfType(SaasException.class, () -> receive(parts));
        assertThat(refusal).isNotNull();
        return refusal.code();
    }

    private List<Part> changed(String table, UnaryOperator<Part> change) {
        return content().stream()
                .map(part -> part.kind == 'R' && part.texts.get(0).equals(table) ? change.apply(part) : part)
                .toList();
    }

    /** PostgreSQL 17.12 stores an option of its own for each column, and others refuse it. */
    @Test
    void privateOptionsOfColumnsInOldContentAreLeftOut() throws IOException, SQLException {
        databases.open(SHOP);
        DatabaseLogin login = databases.login(SHOP, PostgresFixture.PASSWORD);
        try (Connection connection = DriverManager.getConnection(login.url(), login.user(), login.password());
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE t (a int, b text); ALTER TABLE t ALTER b SET (n_distinct = 5),"
                    + " ALTER b SET STORAGE MAIN, ALTER a SET STATISTICS 7");
        }
        List<Part> parts = content().stream()
                .map(part -> part.kind == 'S' && part.texts.get(0).startsWith("column ")
                        ? part.with(
                                1,
                                sql -> sql.endsWith(")")
                                        ? sql.replace(")", ", pg_attver='55995520')")
                                        : sql + "; ALTER TABLE ONLY public.t ALTER COLUMN a SET (pg_attver='55995520')")
                        : part)
                .toList();
        assertThat(parts.stream()
                        .filter(part -> part.kind == 'S' && part.texts.get(1).contains("pg_attver")))
                .hasSize(2);

        receive(parts);

        assertThat(
                        PostgresTestServer.shared()
                                .values(
                                        COPY.name(),
                                        "SELECT attname || attstorage::text || COALESCE(attstattarget, -1) || COALESCE(attoptions, '{}')::text"
                                                + " FROM pg_attribute WHERE attrelid = 't'::regclass AND attnum > 0 ORDER BY 1"))
                .containsExactly("ap7{}", "bm-1{n_distinct=5}");
    }

    @Test
    void isReceivedIfItsTablesHaveFewerColumns() throws IOException {
        receive(changed("api_keys", part -> part.with(1, columns -> columns.replace(", last_used_at", ""))));
        assertThat(databases.list()).contains(COPY);
    }

    @Test
    void isRefusedIfItsBaseSchemaIsNewerOrAnother() {
        for (UnaryOperator<String> change : List.<UnaryOperator<String>>of(
                version -> version + " 0123",
                version -> version.substring(0, version.length() - 1),
                version -> "",
                version -> "0123 " + version)) {
            List<Part> other = new ArrayList<>(content());
            other.set(0, other.get(0).with(1, change));
            assertThat(refused(other)).isEqualTo(ErrorCodes.BACKEND_UNSUPPORTED);
        }
    }

    /** Content with more before its end. */
    private List<Part> with(List<Part> more) {
        List<Part> parts = new ArrayList<>(content());
        parts.addAll(parts.size() - 1, more);
        return parts;
    }

    private static Part statement(String sql) {
        return new Part('S', List.of("statement", sql), NONE);
    }

    /** Rows that a statement loads, in pieces. */
    private static List<Part> rows(String table, String sql, String... pieces) {
        List<Part> parts = new ArrayList<>();
        parts.add(new Part('T', List.of("table public." + table, "COPY public." + table + sql), NONE));
        for (String piece : pieces) {
            parts.add(new Part('D', List.of(), piece.getBytes(StandardCharsets.UTF_8)));
        }
        parts.add(new Part('E', List.of(), NONE));
        return parts;
    }

    /** The ways in which COPY runs a function. Each piece is then a transaction, and may be larger if it is a row. */
    @Test
    void rowsAreLoadedPieceByPieceIfLoadingThemMayRunCode() throws IOException {
        String two = "1\t2\n";
        List<Part> parts = new ArrayList<>();
        parts.add(statement("CREATE FUNCTION public.evil() RETURNS int LANGUAGE sql AS 'SELECT 1'"));
        parts.add(statement("CREATE TABLE public.plain (a int, b text)"));
        parts.addAll(rows("plain", " (a, \"b\") FROM STDIN", two, two, "1\t" + "2".repeat(70_000) + "\n" + two));
        parts.add(statement("CREATE TABLE public.fewer (a int, b int DEFAULT public.evil())"));
        parts.addAll(rows("fewer", " (a) FROM STDIN", "1\n", "2\n"));
        parts.add(statement("CREATE TABLE public.defaults (a int, b text DEFAULT public.evil())"));
        parts.addAll(rows("defaults", " (a, b) FROM STDIN", two, "1\t" + "2".repeat(70_000) + "\n"));
        parts.add(statement("CREATE TABLE public.condition (a int, b int)"));
        parts.addAll(rows("condition", " (a, b) FROM STDIN WHERE public.evil() > 0", two, two));
        parts.add(statement("CREATE TABLE public.parent (a int, b int) PARTITION BY LIST (a)"));
        parts.add(statement("CREATE TABLE public.part PARTITION OF public.parent DEFAULT"));
        parts.addAll(rows("part", " (a, b) FROM STDIN", two, two));
        receive(with(parts));

        assertThat(loads("plain")).isEqualTo("1");
        for (String table : List.of("fewer", "defaults", "condition", "part")) {
            assertThat(loads(table)).as(table).isEqualTo("2");
        }
    }

    private static String loads(String table) {
        return PostgresTestServer.shared().value(COPY.name(), "SELECT count(DISTINCT xmin::text) FROM public." + table);
    }

    /** A write of a piece that the server does not read has no timeout. */
    @Test
    void isRefusedIfAPieceCouldBlockTheWriter() {
        String large = "2".repeat(70_000);
        for (List<Part> rows : List.of(
                rows("t", " (a, b) FROM STDIN", "1\t2\n" + large + "\t2\n"),
                rows("t", " (a, b) FROM STDIN", "1\t2\r" + large + "\t2\r"),
                rows("t", " (b) FROM STDIN", large + "\n"))) {
            List<Part> parts = new ArrayList<>();
            parts.add(statement("CREATE TABLE public.t (a text DEFAULT 'x', b text)"));
            parts.addAll(rows);
            assertThat(refused(with(parts))).isEqualTo(ErrorCodes.BACKEND_UNAVAILABLE);
        }
    }

    @Test
    void makesAnAdministratorExecuteNothing() {
        for (String columns :
                List.of("id) FROM PROGRAM 'true' --", "id, (SELECT 1)", "", "id, key, value, hidden, more")) {
            assertThat(refused(changed("parameters", part -> part.with(1, any -> columns))))
                    .isEqualTo(ErrorCodes.BACKEND_UNAVAILABLE);
        }
        assertThat(refused(changed("parameters", part -> part.with(0, any -> "schema_version"))))
                .isEqualTo(ErrorCodes.BACKEND_UNAVAILABLE);
    }
}
