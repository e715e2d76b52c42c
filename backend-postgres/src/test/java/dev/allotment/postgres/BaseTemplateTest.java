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
import org.jspecify.annotations.Nullable;
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

    /** As other versions left them, with the comments that their nodes made. */
    @Test
    void dropsTemplatesThatNoNodeHasUsedForLong() {
        databases(0).create(SHOP);
        String present = bases().get(0);
        String old = leaveBase("a", "Last used on 2020-01-01");
        String recent = leaveBase("b", lastUsed("current_date - 29"));
        String unknown = leaveBase("c", null);
        leaveBase("d_unused", lastUsed("current_date"));
        server.execute("postgres", "COMMENT ON DATABASE " + present + " IS 'Last used on 2020-01-01'");

        // Two nodes at once, and a third time when everything is done.
        IntStream.range(0, 2).parallel().forEach(i -> databases(i).watch().tidy());
        databases(2).watch().tidy();

        assertThat(bases()).containsExactlyInAnyOrder(present, recent, unknown).doesNotContain(old);
        String today = lastUsed("current_date");
        assertThat(comment(present)).isEqualTo(today);
        assertThat(comment(unknown)).as("used by a version that notes nothing").isEqualTo(today);
        assertThat(comment(recent)).isNotEqualTo(today);
    }

    @Test
    void dropsATemplateAgainWhoseRemovalWasInterrupted() {
        String old = leaveBase("a_unused", "Last used on 2020-01-01");
        server.execute("postgres", "UPDATE pg_database SET datconnlimit = -2 WHERE datname = '" + old + "'");
        databases(0).watch().tidy();
        assertThat(bases()).isEmpty();
    }

    private String leaveBase(String end, @Nullable String comment) {
        String name = "allotment_base_000000000000000" + end;
        server.execute(
                "postgres",
                "CREATE DATABASE " + name + " OWNER keeper ALLOW_CONNECTIONS false IS_TEMPLATE "
                        + !end.endsWith("_unused"));
        if (comment != null) {
            server.execute("postgres", "COMMENT ON DATABASE " + name + " IS '" + comment + "'");
        }
        return name;
    }

    private String lastUsed(String day) {
        return "Last used on " + server.value("postgres", "SELECT " + day);
    }

    private String comment(String base) {
        return server.value(
                "postgres",
                "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '" + base + "'");
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
