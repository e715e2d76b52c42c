// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.postgres.server.PostgresSettings;
import dev.allotment.postgres.server.PostgresVersion;
import dev.allotment.postgres.server.ServerAccess;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.tck.BackendFixture;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** PostgreSQL majors: which ones are refused, and that the tests run on the one that the build names. */
final class PostgresVersionTest {
    private static final DatabaseRef SHOP = new DatabaseRef("shop.example", new UUID(12, 1));
    private static final DatabaseRef COPY = new DatabaseRef("copy.example", new UUID(12, 2));

    private final PostgresTestServer server = PostgresTestServer.shared();
    private final PostgresFixture fixture = new PostgresFixture(PostgresTestServer.Admin.KEEPER, true, Map.of());
    private final Backend backend = fixture.open();
    private final Databases databases = backend.databases(BackendFixture.DEFAULT_SERVER);

    @BeforeEach
    void createDatabase() {
        backend.catalog().migrate();
        databases.create(SHOP);
    }

    @AfterEach
    void close() {
        backend.close();
        fixture.close();
    }

    /** A backend whose server seems to have another version. */
    private Backend pretending(int major, String text) {
        PostgresSettings settings = PostgresSettings.read(Settings.of(fixture.settings()));
        return new PostgresBackend(
                settings,
                new ServerAccess(
                        settings,
                        PostgresBackend.CONTROL_STATEMENTS,
                        driver -> wrap(DataSource.class, driver, Map.of(), major, text)));
    }

    private static <T> T wrap(Class<T> type, T target, Map<String, Object> answers, int major, String text) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    if (answers.containsKey(method.getName())) {
                        return answers.get(method.getName());
                    }
                    try {
                        Object result = method.invoke(target, arguments);
                        if (result instanceof Connection connection
                                && method.getName().equals("getConnection")) {
                            return wrap(Connection.class, connection, Map.of(), major, text);
                        }
                        if (result instanceof DatabaseMetaData metadata) {
                            return wrap(
                                    DatabaseMetaData.class,
                                    metadata,
                                    Map.of("getDatabaseMajorVersion", major, "getDatabaseProductVersion", text),
                                    major,
                                    text);
                        }
                        return result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }

    private static void assertUnsupported(ThrowingCallable call, String... parts) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        SaasException.class, e -> assertThat(e.code()).isEqualTo(ErrorCodes.BACKEND_UNSUPPORTED))
                .message()
                .contains(parts);
    }

    @Test
    void theTestsRunOnTheMajorThatTheBuildNames() throws SQLException {
        String expected = System.getProperty("allotment.test.postgres", "");
        try (Connection connection = server.connect("postgres")) {
            PostgresVersion version = PostgresVersion.of(connection);

            assertThat(expected).startsWith(expected.isEmpty() ? "" : version.major() + ".");
            assertThat(version.isTested()).isTrue();
        }
    }

    @Test
    void aServerThatIsTooOldIsRefused() {
        try (Backend old = pretending(15, "15.4")) {
            assertUnsupported(() -> old.catalog().migrate(), "PostgreSQL 15.4", "PostgreSQL 16 or newer", "Upgrade");
        }
    }

    @Test
    @Tag(PostgresTestServer.SINCE_17)
    void aServerWithAMajorThatWasNotTestedWorks() {
        try (Backend newer = pretending(19, "19beta1")) {
            newer.catalog().migrate();
            Databases there = newer.databases(BackendFixture.DEFAULT_SERVER);
            there.copy(SHOP, COPY);

            assertThat(there.list()).containsExactly(COPY, SHOP);
        }
    }

    @Test
    @Tag(PostgresTestServer.SINCE_17)
    void noDatabaseIsCopiedFromAServerWithAMajorThatWasNotTested() {
        try (Backend newer = pretending(19, "19beta1")) {
            Databases from = newer.databases(BackendFixture.DEFAULT_SERVER);

            assertUnsupported(
                    () -> from.transfer()
                            .send(SHOP, content -> databases.transfer().receive(COPY, content)),
                    "Database shop.example",
                    "PostgreSQL 19beta1",
                    "PostgreSQL 16, 17 and 18");
        }
        assertThat(databases.list()).containsExactly(SHOP);
    }

    @Test
    @Tag(PostgresTestServer.SINCE_17)
    void noDatabaseIsCopiedToAServerWithAMajorThatWasNotTested() {
        try (Backend newer = pretending(19, "19beta1")) {
            Databases to = newer.databases(BackendFixture.DEFAULT_SERVER);

            assertUnsupported(
                    () -> databases
                            .transfer()
                            .send(SHOP, content -> to.transfer().receive(COPY, content)),
                    "Database copy.example",
                    "PostgreSQL 19beta1",
                    "PostgreSQL 16, 17 and 18");
        }
        assertThat(databases.list()).containsExactly(SHOP);
        assertThat(fixture.roles()).containsExactly(fixture.identity(SHOP).role());
    }
}
