// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.CreateTenant;
import dev.allotment.DatabaseLogin;
import dev.allotment.Plan;
import dev.allotment.Saas;
import dev.allotment.Tenant;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ApplicationLoginTest {
    private static SharedPostgres postgres;

    @BeforeAll
    static void start() throws Exception {
        postgres = new SharedPostgres();
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    private static Saas node() {
        return Saas.builder().backend("postgres", postgres.settings()).open();
    }

    private static Connection connect(DatabaseLogin login) throws SQLException {
        return DriverManager.getConnection(login.url(), login.user(), login.password());
    }

    @Test
    void twoNodesGiveAnApplicationTheSameLogin() throws Exception {
        try (Saas first = node();
                Saas second = node()) {
            Tenant shop = tenant(first, "shop");
            DatabaseLogin login = first.database("shop").login();
            try (Connection connected = connect(login)) {
                assertThat(second.database("shop").login()).isEqualTo(login);
                assertThat(connected.isValid(5)).isTrue();
                connect(login).close();
            }
            Tenant other = tenant(second, "other");
            assertThat(second.database("other").login().password()).isNotEqualTo(login.password());
            assertThatThrownBy(() -> connect(new DatabaseLogin(
                            login.url(), second.database("other").login().user(), login.password())))
                    .isInstanceOf(SQLException.class);

            first.tenants().suspend(shop.id());
            assertThatThrownBy(() -> connect(login)).isInstanceOf(SQLException.class);
            assertThat(other.id()).isNotEqualTo(shop.id());
        }
        try (Saas later = node()) {
            assertThat(later.database("other").login().password()).hasSize(43);
        }
    }

    private static Tenant tenant(Saas saas, String name) {
        Plan plan = saas.plans().create(Plan.builder("Plan of " + name).build());
        return saas.tenants()
                .create(CreateTenant.onPlan(plan)
                        .name(name)
                        .owner(saas.accounts()
                                .create(
                                        dev.allotment.SignUp.builder(name, name, "a password")
                                                .build(),
                                        dev.allotment.Role.PORTAL))
                        .build())
                .tenant();
    }
}
