// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.h2.catalog.CatalogConnections;
import dev.allotment.h2.catalog.CatalogMigration;
import dev.allotment.h2.engine.H2Dialect;
import dev.allotment.h2.engine.H2Engine;
import dev.allotment.h2.files.DatabaseFiles;
import dev.allotment.h2.files.H2Storage;
import dev.allotment.h2.files.MemoryStorage;
import dev.allotment.jdbc.Migrator;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CatalogConnectionsTest {
    private final H2Storage storage = new MemoryStorage();
    private final CatalogConnections connections = connections();

    private CatalogConnections connections() {
        return new CatalogConnections(
                new H2Engine("secret", "", true), CatalogMigration.files(storage), 2, Duration.ofMillis(50));
    }

    @BeforeEach
    void make() {
        DatabaseFiles files = CatalogMigration.files(storage);
        storage.createFolder(files.folder());
        new H2Engine("secret", "", true).create(files, new Migrator(H2Dialect.INSTANCE, H2Backend.CATALOG_SCHEMA));
    }

    @AfterEach
    void close() {
        connections.close();
        storage.close();
    }

    @Test
    void reusesTheConnectionThatWasReleasedLast() throws SQLException {
        Connection first = connections.acquire();
        Connection second = connections.acquire();
        connections.release(second, true);
        connections.release(first, true);

        assertThat(connections.acquire()).isSameAs(first);
        assertThat(connections.acquire()).isSameAs(second);
    }

    @Test
    void failsWhenNoConnectionBecomesFreeInTime() throws SQLException {
        Connection connection = connections.acquire();
        connections.acquire();

        assertThatThrownBy(connections::acquire).isInstanceOfSatisfying(SaasException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCodes.BACKEND_UNAVAILABLE);
            assertThat(e.retryable()).isTrue();
        });
        connections.release(connection, false);
        assertThat(connections.acquire()).isNotSameAs(connection);
    }

    @Test
    void replacesConnectionsThatDiedWithTheirDatabase() throws SQLException {
        Connection first = connections.acquire();
        Connection second = connections.acquire();
        connections.release(second, true);
        try (Statement statement = first.createStatement()) {
            statement.execute("SHUTDOWN IMMEDIATELY");
        }
        connections.release(first, true);

        assertThat(connections.acquire().isValid(0)).isTrue();
        assertThat(connections.acquire().isValid(0)).isTrue();
    }

    @Test
    void closesAConnectionThatIsReleasedAfterClosing() throws SQLException {
        Connection connection = connections.acquire();
        connections.close();
        connections.release(connection, true);

        assertThat(connection.isClosed()).isTrue();
        assertThatThrownBy(connections::acquire)
                .isInstanceOfSatisfying(
                        SaasException.class, e -> assertThat(e.code()).isEqualTo(ErrorCodes.BACKEND_CLOSED));
    }

    @Test
    void aFailureToConnectUsesNoCapacity() throws SQLException {
        try (CatalogConnections wrong = new CatalogConnections(
                new H2Engine("another", "", true), CatalogMigration.files(storage), 1, Duration.ofMillis(50))) {
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(wrong::acquire).isNotInstanceOf(SaasException.class);
            }
        }
    }
}
