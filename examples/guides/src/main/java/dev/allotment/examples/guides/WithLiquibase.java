// SPDX-License-Identifier: Apache-2.0
package dev.allotment.examples.guides;

import dev.allotment.Saas;
import dev.allotment.Tenant;
import dev.allotment.liquibase.LiquibaseSchema;
import dev.allotment.tenant.TenantDataSources;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Map;

/** Liquibase creates the tables of each new database, and fills them. */
public final class WithLiquibase {
    private WithLiquibase() {}

    /** Prints the notes of a new customer. Takes no arguments. */
    public static void main(String[] args) throws Exception {
        try (Saas saas = Saas.builder()
                        .backend("h2", Map.of("memory", "true"))
                        .tenantSchema(LiquibaseSchema.at("db/changelog.sql"))
                        .open();
                TenantDataSources sources = TenantDataSources.of(saas)) {
            Tenant anna = new Customers(saas).signUp("anna");
            try (Connection connection = sources.of(anna).getConnection();
                    Statement statement = connection.createStatement();
                    ResultSet notes = statement.executeQuery("select text from note order by id")) {
                while (notes.next()) {
                    System.out.println(anna.name() + " has " + notes.getString("text"));
                }
            }
        }
    }
}
