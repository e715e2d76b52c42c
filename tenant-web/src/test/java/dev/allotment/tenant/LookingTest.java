// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreatedTenant;
import dev.allotment.CustomerId;
import dev.allotment.DatabaseLogin;
import dev.allotment.NewUser;
import dev.allotment.Role;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.support.NewSupportAccess;
import dev.allotment.support.SupportAccess;
import dev.allotment.support.SupportAccesses;
import dev.allotment.test.Browser;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An operator who looks writes nothing, however the application connects, because PostgreSQL refuses it. */
final class LookingTest {
    private static final String SHOP = "shop.localhost";

    private EmbeddedPostgres postgres;
    private World world;
    private Browser member;
    private Browser looking;
    private SupportAccesses owner;
    private SupportAccess access;

    @BeforeEach
    void open() throws Exception {
        postgres = EmbeddedPostgres.builder().setServerConfig("fsync", "off").start();
        world = World.on(
                "postgres",
                Map.of(
                        "url",
                        "jdbc:postgresql://127.0.0.1:" + postgres.getPort() + "/postgres",
                        "user",
                        "postgres",
                        "password",
                        "any"));
        CreatedTenant created = world.create(SHOP);
        Tenant shop = created.tenant();
        member = world.inside(created);
        User olga = world.saas
                .accounts()
                .create(NewUser.builder("olga@provider.example", "Olga")
                        .password(World.PASSWORD)
                        .role(Role.SUPPORT)
                        .build());
        owner = world.saas.actingAs(Objects.requireNonNull(shop.ownerId())).supportAccesses();
        SupportAccesses operator = world.saas.actingAs(olga.id()).supportAccesses();
        access = owner.grant(
                operator.request(NewSupportAccess.look(shop.id(), "Ticket 4711"))
                        .id(),
                3);
        looking = world.browser();
        assertThat(looking.get(operator.open(access.id()).url().toString()).status())
                .isEqualTo(303);
        DatabaseLogin login = world.saas.database(SHOP).login();
        try (Connection connection = DriverManager.getConnection(login.url(), login.user(), login.password());
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE notes (id serial PRIMARY KEY, note text)");
            statement.execute("INSERT INTO notes (note) VALUES ('a note')");
            statement.execute("CREATE FUNCTION add_note() RETURNS text LANGUAGE plpgsql AS"
                    + " $$BEGIN INSERT INTO notes (note) VALUES ('a function'); RETURN 'added'; END$$");
        }
    }

    @AfterEach
    void close() throws IOException {
        world.close();
        postgres.close();
    }

    private String sql(Browser browser, String by, String sql) throws IOException {
        return browser.get(world.at(
                        SHOP,
                        "/sql?by=" + by.replace(' ', '+') + "&q=" + URLEncoder.encode(sql, StandardCharsets.UTF_8)))
                .body()
                .replaceAll("(?s).* path /sql", "");
    }

    private String role() throws SQLException, IOException {
        return sql(looking, "", "SELECT current_user").replace(" value ", "");
    }

    private List<String> server(String sql) throws SQLException {
        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> values = new ArrayList<>();
            while (rows.next()) {
                values.add(rows.getString(1));
            }
            return values;
        }
    }

    @Test
    void eachWayToConnectReadsAndWritesNothing() throws Exception {
        String tenant = sql(member, "", "SELECT current_user").replace(" value ", "");
        for (String by : List.of("", "current", "object", "record", "thread", "second", "second record", "nested")) {
            assertThat(sql(looking, by, "SELECT note FROM notes")).as(by).isEqualTo(" value a note");
            for (String attempt : List.of(
                    "INSERT INTO notes (note) VALUES ('written')",
                    "UPDATE notes SET note = 'written'",
                    "DELETE FROM notes",
                    "TRUNCATE notes",
                    "CREATE TABLE mine (id int)",
                    "ALTER TABLE notes ADD COLUMN more text",
                    "DROP TABLE notes",
                    "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE; INSERT INTO notes (note) VALUES ('written')",
                    "ROLLBACK; BEGIN READ WRITE; SET default_transaction_read_only = off; DELETE FROM notes",
                    "ROLLBACK; BEGIN READ WRITE; SELECT add_note()",
                    "SELECT add_note()",
                    "SELECT nextval('notes_id_seq')",
                    "SET ROLE \"" + tenant + "\"",
                    "COPY notes TO PROGRAM 'true'")) {
                assertThat(sql(looking, by, attempt)).as(by + " " + attempt).startsWith(": ERROR: ");
            }
        }
        assertThat(sql(member, "", "SELECT string_agg(note, ' ') FROM notes")).isEqualTo(" value a note");
        assertThat(role()).isNotEqualTo(tenant);
        for (String by : List.of("current", "second record", "nested")) {
            assertThat(sql(member, by, "SELECT add_note()"))
                    .as("of a member, meanwhile")
                    .isEqualTo(" value added");
        }
        assertThat(sql(member, "", "CREATE TABLE later AS SELECT 'later' AS note"))
                .isEqualTo(" done");
        assertThat(sql(looking, "", "SELECT note FROM later")).isEqualTo(" value later");
    }

    @ParameterizedTest
    @ValueSource(strings = {"revoked", "transferred", "without a role"})
    @Timeout(300)
    void theEndOfTheAccessEndsAStatementThatRuns(String end) throws Exception {
        String role = role();
        CompletableFuture<String> slow = CompletableFuture.supplyAsync(() -> {
            try {
                return sql(looking, "", "SELECT pg_sleep(1000000)");
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        while (server("SELECT pid FROM pg_stat_activity WHERE state = 'active' AND usename = '" + role + "'")
                .isEmpty()) {
            Thread.onSpinWait();
        }

        switch (end) {
            case "revoked" -> owner.revoke(access.id());
            case "transferred" -> {
                CustomerId other = world.create("other.localhost").tenant().customerId();
                world.saas
                        .tenants()
                        .update(
                                access.tenantId(),
                                each -> each.toBuilder().customerId(other).build());
            }
            default ->
                world.saas
                        .accounts()
                        .update(
                                access.operatorId(),
                                each -> each.toBuilder().role(Role.BILLING).build());
        }

        assertThat(slow.join()).startsWith(": FATAL: terminating connection");
        assertThat(server("SELECT rolname FROM pg_roles WHERE rolname = '" + role + "'"))
                .isEmpty();
        assertThat(looking.get(world.at(SHOP, "/")).status()).isEqualTo(401);
        assertThat(sql(member, "", "SELECT note FROM notes")).isEqualTo(" value a note");
    }
}
