// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.ConfigurationChange;
import dev.allotment.CreateTenant;
import dev.allotment.CreateTenant.Administrator;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationState;
import dev.allotment.Saas;
import dev.allotment.SaasBuilder;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a tenant's application does, the tenant can be configured, suspended and deleted afterwards. */
class StuckTenantTest {
    private static SaasBuilder builder() {
        return Saas.builder()
                .administrator("admin", "admin")
                .passwordIterations(1000)
                .secretKey("a secret key for tests");
    }

    private static Tenant tenant(Saas saas, String name) {
        return saas.tenants()
                .create(CreateTenant.outsidePlans(name, new Administrator("boss", "a password"))
                        .build())
                .tenant();
    }

    private static Connection application(Saas saas, Tenant tenant) throws Exception {
        var login = saas.database(tenant.name()).login();
        return DriverManager.getConnection(login.url(), login.user(), login.password());
    }

    @Test
    void outlivesAQuotaThatItsTablesCannotHaveOnPostgres() throws Exception {
        try (SharedPostgres postgres = new SharedPostgres();
                Saas saas = builder().backend("postgres", postgres.settings()).open()) {
            outlivesAQuotaThatItsTablesCannotHave(saas);
        }
    }

    @Test
    void outlivesAQuotaThatItsTablesCannotHaveInH2(@TempDir Path data) throws Exception {
        try (Saas saas =
                builder().backend("h2", Map.of("path", data.toString())).open()) {
            outlivesAQuotaThatItsTablesCannotHave(saas);
        }
    }

    private static void outlivesAQuotaThatItsTablesCannotHave(Saas saas) throws Exception {
        Tenant tenant = tenant(saas, "shop");
        saas.configuration()
                .apply(
                        tenant.id(),
                        ConfigurationChange.builder()
                                .recordQuota("sale.order", 5, "[('state', '=', 'sale')]")
                                .build());
        try (Connection connection = application(saas, tenant);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE sale_order (id int)");
        }
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> saas.configuration()
                            .apply(
                                    tenant.id(),
                                    ConfigurationChange.builder()
                                            .parameter("some", "value")
                                            .build()))
                    .isInstanceOfSatisfying(
                            SaasException.class, e -> assertThat(e.code()).isEqualTo(ErrorCodes.CONFIGURATION_INVALID));
            assertThat(saas.operations().count(Filter.equal(Operation.STATE, OperationState.RUNNING)))
                    .isZero();
        }
        assertThat(saas.database("shop").parameters().value("some")).isEmpty();
        assertThat(saas.tenants().suspend(tenant.id()).state()).isEqualTo(TenantState.SUSPENDED);
        assertThat(saas.tenants().resume(tenant.id()).state()).isEqualTo(TenantState.OPEN);
        saas.configuration()
                .apply(
                        tenant.id(),
                        ConfigurationChange.builder()
                                .removeRecordQuotas("sale.order")
                                .build());
        assertThat(saas.tenants().purge(tenant.id()).state()).isEqualTo(TenantState.DELETED);
    }
}
