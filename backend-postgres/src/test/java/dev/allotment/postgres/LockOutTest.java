// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.DatabaseLogin;
import dev.allotment.Parameter;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.tck.BackendFixture;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An application owns its database. It cannot lock out an administrator who is not a superuser, and cannot give it
 * away.
 */
final class LockOutTest {
    private static final DatabaseRef SHOP = new DatabaseRef("shop.example", new UUID(4, 1));
    private static final DatabaseRef RENAMED = new DatabaseRef("renamed.example", SHOP.uuid());
    private static final DatabaseRef COPY = new DatabaseRef("copy.example", new UUID(4, 2));
    private static final DatabaseRef OTHER = new DatabaseRef("other.example", new UUID(4, 3));

    private static final List<String> REFUSED = List.of(
            "ALTER DATABASE :shop OWNER TO :other",
            "ALTER DATABASE :shop OWNER TO keeper",
            "ALTER DATABASE :shop RENAME TO x",
            "DROP DATABASE :shop",
            "ALTER DATABASE :shop CONNECTION LIMIT -2",
            "ALTER DATABASE :shop SET session_preload_libraries = 'x'",
            "ALTER DATABASE :shop SET session_replication_role = replica",
            "ALTER DATABASE :shop SET ignore_system_indexes = on",
            "ALTER DATABASE :shop SET log_statement = 'all'",
            "ALTER ROLE :me CONNECTION LIMIT 1000",
            "ALTER ROLE :me CREATEDB",
            "ALTER ROLE :me VALID UNTIL '2000-01-01'",
            "ALTER ROLE :me RENAME TO x",
            "ALTER ROLE keeper IN DATABASE :shop SET search_path = x",
            "GRANT :me TO :other",
            "GRANT :other TO :me",
            "REVOKE :me FROM keeper",
            "REVOKE :me FROM keeper GRANTED BY :me",
            "SET ROLE keeper",
            "CREATE EVENT TRIGGER e ON ddl_command_start EXECUTE FUNCTION suppress_redundant_updates_trigger()",
            "ALTER DEFAULT PRIVILEGES FOR ROLE keeper GRANT ALL ON TABLES TO :me",
            "CREATE EXTENSION dblink",
            "CREATE EXTENSION postgres_fdw",
            "CREATE EXTENSION file_fdw",
            "CREATE EXTENSION adminpack",
            "CREATE SUBSCRIPTION s CONNECTION 'dbname=x' PUBLICATION p",
            "CREATE PUBLICATION p FOR ALL TABLES",
            "SELECT pg_read_file('postgresql.conf')",
            "SELECT pg_ls_dir('.')",
            "SELECT lo_import('/etc/passwd')",
            "COPY (SELECT 1) TO PROGRAM 'true'",
            "COPY (SELECT 1) TO '/tmp/x'",
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'keeper'",
            "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE usename = 'keeper'",
            "SELECT pg_logical_emit_message(true, 'x', 'y'), pg_create_logical_replication_slot('s', 'pgoutput')",
            "SELECT pg_reload_conf()",
            "CREATE TABLE allotment.x (id int)",
            "CREATE OPERATOR CLASS o FOR TYPE int USING btree AS FUNCTION 1 btint4cmp(int, int)",
            "CREATE FUNCTION f(int) RETURNS text LANGUAGE sql AS 'SELECT 1'; CREATE CAST (int AS text) WITH FUNCTION f(int)",
            "CREATE FUNCTION f() RETURNS trigger LANGUAGE c AS 'x'",
            "REASSIGN OWNED BY keeper TO :me",
            "DROP OWNED BY keeper",
            "COMMENT ON DATABASE template1 IS 'x'");

    private final PostgresTestServer server = PostgresTestServer.shared();
    private final PostgresFixture fixture = new PostgresFixture(PostgresTestServer.Admin.KEEPER, true, Map.of());
    private final Backend backend = fixture.open();
    private final Databases databases = backend.databases(BackendFixture.DEFAULT_SERVER);
    private DatabaseLogin login;

    @BeforeEach
    void make() {
        backend.catalog().migrate();
        databases.create(SHOP);
        databases.open(SHOP);
        databases.create(OTHER);
        databases.open(OTHER);
        login = databases.login(SHOP, PostgresFixture.PASSWORD);
    }

    @AfterEach
    void close() {
        backend.close();
        fixture.close();
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(login.url(), login.user(), login.password());
    }

    /** Replaces the placeholders for the database, the role of the application, and the role of another database. */
    private String filled(String sql) {
        return sql.replace(":shop", '"' + SHOP.name() + '"')
                .replace(":other", '"' + fixture.identity(OTHER).role() + '"')
                .replace(":me", '"' + login.user() + '"');
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ALTER DATABASE :shop CONNECTION LIMIT 1",
                "ALTER DATABASE :shop CONNECTION LIMIT 0",
                "ALTER DATABASE :shop IS_TEMPLATE true",
                "REVOKE ALL ON DATABASE :shop FROM :me",
                "REVOKE ALL ON DATABASE :shop FROM :me; REVOKE ALL ON DATABASE :shop FROM pg_database_owner",
                "GRANT ALL ON DATABASE :shop TO :other WITH GRANT OPTION",
                "ALTER DATABASE :shop SET local_preload_libraries = 'not-there'",
                "ALTER DATABASE :shop SET session_authorization = :me",
                "ALTER DATABASE :shop SET role = :me",
                "ALTER DATABASE :shop SET search_path = pg_temp",
                """
                DO 'BEGIN EXECUTE (SELECT string_agg(''ALTER DATABASE :shop SET '' || name || '' = 1'', ''; '')
                    FROM pg_settings
                    WHERE name IN (''statement_timeout'', ''lock_timeout'', ''transaction_timeout'',
                        ''idle_session_timeout'', ''idle_in_transaction_session_timeout'', ''tcp_user_timeout'')); END'
                """,
                """
                ALTER DATABASE :shop SET default_transaction_read_only = on;
                ALTER DATABASE :shop SET standard_conforming_strings = off;
                ALTER DATABASE :shop SET backslash_quote = off;
                ALTER DATABASE :shop SET exit_on_error = on;
                ALTER DATABASE :shop SET row_security = off;
                ALTER DATABASE :shop SET quote_all_identifiers = on;
                ALTER DATABASE :shop SET restrict_nonsystem_relation_kind = 'view, foreign-table';
                ALTER DATABASE :shop SET bytea_output = escape;
                ALTER DATABASE :shop SET xmloption = document;
                ALTER DATABASE :shop SET client_min_messages = debug5;
                ALTER DATABASE :shop SET default_table_access_method = heap;
                ALTER DATABASE :shop SET client_encoding = latin1;
                ALTER DATABASE :shop SET array_nulls = off;
                ALTER DATABASE :shop SET check_function_bodies = off;
                ALTER DATABASE :shop SET createrole_self_grant = '';
                """,
            })
    void theBackendWorksAfterTheOwnerChangedItsDatabase(String attack) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                Backend later = fixture.open()) {
            statement.execute(filled(attack));
            Databases fresh = later.databases(BackendFixture.DEFAULT_SERVER);

            assertThat(fresh.<Parameter>transact(
                                    SHOP,
                                    tx -> tx.records(RecordTypes.PARAMETERS)
                                            .insert(new Parameter(0, "key", "it's \\ a value", false)))
                            .value())
                    .isEqualTo("it's \\ a value");
            fresh.configure(SHOP, tx -> {
                tx.run("CREATE TABLE made (id serial PRIMARY KEY)");
                return null;
            });
            fresh.copy(SHOP, COPY);
            fresh.open(COPY);
            DatabaseLogin copied = fresh.login(COPY, PostgresFixture.PASSWORD);
            // The copy has the settings of the original, and the application keeps itself out with these.
            if (!attack.contains("local_preload_libraries") && !attack.contains("idle_session_timeout")) {
                assertThat(fixture.connects(copied)).isTrue();
            }
            fresh.rename(SHOP, RENAMED.name());
            fresh.close(RENAMED);
            assertThat(connection.isValid(5)).isFalse();
            assertThat(fixture.connects(new DatabaseLogin(server.url(RENAMED.name()), login.user(), login.password())))
                    .isFalse();
            fresh.drop(RENAMED);
            fresh.drop(COPY);
            assertThat(fresh.remains(SHOP)).containsOnly(Map.entry("database", false), Map.entry("login", false));
        }
    }

    @Test
    void refusesAttacksOfTheOwner() {
        databases.transact(SHOP, tx -> 1);
        SoftAssertions.assertSoftly(each -> REFUSED.forEach(attack -> each.assertThatThrownBy(() -> {
                    try (Connection connection = connect();
                            Statement statement = connection.createStatement()) {
                        statement.execute(filled(attack));
                    }
                })
                .as(attack)
                .isInstanceOfSatisfying(
                        SQLException.class,
                        e -> each.assertThat(e.getSQLState()).as(attack).doesNotStartWith("08"))));
    }

    @Test
    void theOwnerSeesNoQueriesOfOthers() throws SQLException {
        databases.transact(SHOP, tx -> tx.records(RecordTypes.PARAMETERS).find(1));
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                var rows = statement.executeQuery("SELECT count(*) FILTER (WHERE query <> '<insufficient privilege>'),"
                        + " count(*) FROM pg_stat_activity WHERE usename = 'keeper'")) {
            rows.next();
            assertThat(rows.getInt(1)).isZero();
            assertThat(rows.getInt(2)).isPositive();
        }
    }
}
