// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.AddonRemoval;
import dev.allotment.ConfigurationChange;
import dev.allotment.CreateTenant;
import dev.allotment.DatabaseLogin;
import dev.allotment.Saas;
import dev.allotment.Tenant;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The tables of the demo's add-ons, as a tenant's application sees them. */
class DemoAddonsTest {
    private static final List<String> TABLES = List.of(
            "pos_config",
            "pos_order",
            "pos_order_line",
            "pos_session",
            "sale_order",
            "sale_order_line",
            "stock_location",
            "stock_move",
            "stock_picking",
            "stock_warehouse");

    @Test
    void onPostgres() throws Exception {
        try (SharedPostgres postgres = new SharedPostgres();
                Saas saas = saas("postgres", postgres.settings())) {
            live(saas);
        }
    }

    @Test
    void onH2() throws Exception {
        try (Saas saas = saas("h2", Map.of("memory", "true"))) {
            live(saas);
        }
    }

    private static Saas saas(String backend, Map<String, String> settings) {
        return Saas.builder()
                .backend(backend, settings)
                .passwordIterations(1000)
                .open();
    }

    private static void live(Saas saas) throws SQLException {
        Tenant shop = saas.tenants()
                .create(CreateTenant.outsidePlans("shop", new CreateTenant.Administrator("boss", "secret"))
                        .build())
                .tenant();
        saas.configuration()
                .apply(
                        shop.id(),
                        ConfigurationChange.builder().install("point_of_sale").build());
        DatabaseLogin login = saas.database("shop").login();

        for (String table : TABLES) {
            assertThat(ask(login, "SELECT count(*) FROM " + table)).as(table).hasSize(1);
        }
        assertThat(ask(login, "SELECT w.code FROM pos_config c JOIN stock_warehouse w ON w.id = c.warehouse_id"))
                .as("there is a till in the warehouse")
                .containsExactly("WH");
        tell(login, "INSERT INTO sale_order (name, customer, client_reference) VALUES ('S1', 'Someone', 'of 1.1')");
        tell(
                login,
                "INSERT INTO sale_order_line (order_id, line_number, product) SELECT id, 1, 'Bread' FROM sale_order");
        assertRefused(login, "INSERT INTO sale_order (name, customer) VALUES ('S1', 'Another')");
        assertRefused(login, "INSERT INTO sale_order (name, customer, state) VALUES ('S2', 'Another', 'lost')");
        tell(
                login,
                "INSERT INTO stock_picking (name, source_id, destination_id) SELECT 'P1', a.id, b.id"
                        + " FROM stock_location a, stock_location b WHERE a.kind = 'supplier' AND b.kind = 'internal'");
        assertRefused(login, "UPDATE stock_picking SET state = 'done'");
        tell(login, "DELETE FROM sale_order");
        assertThat(ask(login, "SELECT product FROM sale_order_line"))
                .as("lines go with their order")
                .isEmpty();

        saas.configuration()
                .apply(
                        shop.id(),
                        ConfigurationChange.builder()
                                .recordQuota("sale.order", 1)
                                .build());
        DatabaseLogin limited = saas.database("shop").login();
        tell(limited, "INSERT INTO sale_order (name, customer) VALUES ('S3', 'Someone')");
        assertThatThrownBy(() -> tell(limited, "INSERT INTO sale_order (name, customer) VALUES ('S4', 'Someone')"))
                .as("the limit is held")
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("sale.order");

        if (limited.url().startsWith("jdbc:postgresql")) {
            tell(limited, "ANALYZE stock_location");
        }
        long locations = Long.parseLong(
                ask(limited, "SELECT count(*) FROM stock_location").get(0));
        assertThat(locations).isPositive();
        List<AddonRemoval> preview =
                saas.configuration().previewUninstall(shop.id(), List.of("stock", "sale", "point_of_sale"));
        assertThat(preview.get(0).addon()).isEqualTo("point_of_sale");
        assertThat(preview.stream().flatMap(each -> each.tables().stream()).map(AddonRemoval.DroppedTable::name))
                .containsExactlyInAnyOrderElementsOf(TABLES);
        assertThat(preview).noneMatch(AddonRemoval::otherStatements);
        assertThat(preview.stream().flatMap(each -> each.tables().stream()))
                .contains(new AddonRemoval.DroppedTable("stock_location", locations));

        saas.configuration()
                .apply(
                        shop.id(),
                        ConfigurationChange.builder()
                                .uninstall("point_of_sale", "stock", "sale")
                                .build());
        DatabaseLogin after = saas.database("shop").login();
        for (String table : TABLES) {
            assertThatThrownBy(() -> ask(after, "SELECT count(*) FROM " + table))
                    .as(table)
                    .isInstanceOf(SQLException.class);
        }
    }

    private static void assertRefused(DatabaseLogin login, String sql) {
        assertThatThrownBy(() -> tell(login, sql)).as(sql).isInstanceOf(SQLException.class);
    }

    private static void tell(DatabaseLogin login, String sql) throws SQLException {
        try (Connection connection = connect(login);
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        }
    }

    private static List<String> ask(DatabaseLogin login, String sql) throws SQLException {
        try (Connection connection = connect(login);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> values = new ArrayList<>();
            while (rows.next()) {
                values.add(rows.getString(1));
            }
            return values;
        }
    }

    private static Connection connect(DatabaseLogin login) throws SQLException {
        return DriverManager.getConnection(login.url(), login.user(), login.password());
    }
}
