// SPDX-License-Identifier: Apache-2.0
package dev.allotment.examples.guides;

import dev.allotment.Saas;
import dev.allotment.Tenant;
import dev.allotment.flyway.FlywaySchema;
import dev.allotment.tenant.TenantDataSources;
import java.util.List;
import java.util.Map;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.SQLDialect;
import org.jooq.Table;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;

/** One context of jOOQ works on the databases of all customers. */
public final class WithJooq {
    private static final Table<Record> NOTE = DSL.table("note");
    private static final Field<Long> ID = DSL.field("id", SQLDataType.BIGINT);
    private static final Field<String> TEXT = DSL.field("text", SQLDataType.VARCHAR);

    private WithJooq() {}

    /** Writes and prints notes of two new customers. Takes no arguments. */
    public static void main(String[] args) {
        try (Saas saas = Saas.builder()
                        .backend("h2", Map.of("memory", "true"))
                        .tenantSchema(FlywaySchema.at("classpath:db/tenant"))
                        .open();
                TenantDataSources sources = TenantDataSources.of(saas)) {
            DSLContext jooq = DSL.using(sources.current(), SQLDialect.H2);
            Customers customers = new Customers(saas);
            for (String name : List.of("anna", "ben")) {
                Tenant tenant = customers.signUp(name);
                sources.currentTenant().runAs(tenant, () -> {
                    jooq.transaction(transaction -> transaction
                            .dsl()
                            .insertInto(NOTE, TEXT)
                            .values("Written by " + name)
                            .execute());
                    System.out.println(name + " has "
                            + jooq.select(TEXT).from(NOTE).orderBy(ID).fetch(TEXT));
                });
            }
        }
    }
}
