// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.SaasException;
import dev.allotment.postgres.database.DatabaseSql;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.tck.BackendFixture;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A server has one base template, no matter how many nodes need it first. Control planes on one server do not
 * interfere.
 */
final class BaseTemplateTest {
    private static final DatabaseRef SHOP = new DatabaseRef("shop.example", new UUID(7, 1));

    private final PostgresTestServer server = PostgresTestServer.shared();
    private final PostgresFixture one = new PostgresFixture(PostgresTestServer.Admin.KEEPER, true, Map.of());
    private final PostgresFixture other = new PostgresFixture(PostgresTestServer.Admin.KEEPER, true, Map.of());
    private final List<Backend> backends = List.of(one.open(), one.open(), other.open(), other.open());

    @BeforeEach
    void migrate() {
        backends.forEach(backend -> backend.catalog().migrate());
        dropBases();
    }

    @AfterEach
    void close() {
        backends.forEach(Backend::close);
        one.close();
        other.close();
    }

    @Test
    void oneOfSeveralNodesAndControlPlanesCreatesTheTemplate() {
        IntStream.range(0, backends.size())
                .parallel()
                .forEach(i -> databases(i).create(new DatabaseRef("shop-" + i, new UUID(8, i))));

        assertThat(databases(0).list()).extracting(DatabaseRef::name).containsExactly("shop-0", "shop-1");
        assertThat(databases(2).list()).extracting(DatabaseRef::name).containsExactly("shop-2", "shop-3");
        assertThat(bases()).hasSize(1);
        assertThat(server.value(
                        "postgres",
                        "SELECT datistemplate AND NOT datallowconn FROM pg_database WHERE datname = '" + bases().get(0)
                                + "'"))
                .isEqualTo("t");
    }

    @Test
    void createsTheTemplateAgainAfterItWasDropped() {
        databases(0).create(SHOP);
        dropBases();
        databases(0).create(new DatabaseRef("second", new UUID(7, 2)));

        assertThat(bases()).hasSize(1);
        assertThat(databases(0).list()).hasSize(2);
    }

    @Test
    void doesNotUseAnotherDatabaseWithTheNameOfTheTemplate() {
        databases(0).create(SHOP);
        String name = bases().get(0);
        dropBases();
        server.execute("postgres", "CREATE DATABASE " + name);
        try {
            assertThatThrownBy(() -> databases(1).create(new DatabaseRef("second", new UUID(7, 2))))
                    .isInstanceOf(SaasException.class)
                    .hasMessageContaining(name);
            assertThat(bases()).containsExactly(name);
        } finally {
            server.execute("postgres", "DROP DATABASE " + name);
        }
    }

    @Test
    void aControlPlaneDoesNotTouchTheDatabasesOfAnother() {
        databases(0).create(SHOP);
        Databases others = databases(2);

        assertThat(others.list()).isEmpty();
        assertThat(others.find(SHOP.uuid())).isNull();
        assertThat(others.exists(SHOP.name())).isTrue();
        assertThatThrownBy(() -> others.create(SHOP)).hasMessageContaining("left unchanged");
        assertThatThrownBy(() -> others.drop(SHOP)).hasMessageContaining("left unchanged");
        assertThatThrownBy(() -> others.transact(SHOP, tx -> 1)).hasMessageContaining("left unchanged");
        assertThat(databases(0).list()).containsExactly(SHOP);
    }

    private Databases databases(int backend) {
        return backends.get(backend).databases(BackendFixture.DEFAULT_SERVER);
    }

    private List<String> bases() {
        return server.values(
                "postgres",
                "SELECT datname FROM pg_database WHERE starts_with(datname, 'allotment_base_') AND datdba <> 10 OR"
                        + " (starts_with(datname, 'allotment_base_') AND NOT datistemplate)");
    }

    private void dropBases() {
        for (String name : bases()) {
            server.execute("postgres", DatabaseSql.isTemplate(name, false), DatabaseSql.drop(name));
        }
    }
}
