// SPDX-License-Identifier: Apache-2.0
package dev.allotment.examples.guides;

import dev.allotment.Saas;
import dev.allotment.Tenant;
import dev.allotment.flyway.FlywaySchema;
import dev.allotment.tenant.TenantDataSources;
import java.util.List;
import java.util.Map;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.jpa.HibernatePersistenceConfiguration;

/** One session factory works on the databases of all customers. */
public final class WithHibernate {
    private WithHibernate() {}

    /** Writes and prints notes of two new customers. Takes no arguments. */
    public static void main(String[] args) {
        try (Saas saas = Saas.builder()
                        .backend("h2", Map.of("memory", "true"))
                        .tenantSchema(FlywaySchema.at("classpath:db/tenant"))
                        .open();
                TenantDataSources sources = TenantDataSources.of(saas);
                SessionFactory sessions = sessions(sources)) {
            Customers customers = new Customers(saas);
            for (String name : List.of("anna", "ben")) {
                Tenant tenant = customers.signUp(name);
                sources.currentTenant().runAs(tenant, () -> {
                    sessions.inTransaction(session -> session.persist(new Note("Written by " + name)));
                    System.out.println(name + " has " + notes(sessions));
                });
            }
        }
    }

    private static List<Note> notes(SessionFactory sessions) {
        return sessions.fromTransaction(session -> session.createSelectionQuery("from Note order by id", Note.class)
                .getResultList());
    }

    private static SessionFactory sessions(TenantDataSources sources) {
        return new HibernatePersistenceConfiguration("notes")
                .managedClass(Note.class)
                .property(AvailableSettings.MULTI_TENANT_CONNECTION_PROVIDER, new TenantConnections(sources))
                .property(
                        AvailableSettings.MULTI_TENANT_IDENTIFIER_RESOLVER,
                        new TenantIdentifiers(sources.currentTenant()))
                .property(AvailableSettings.JAKARTA_HBM2DDL_DB_NAME, "H2")
                .property("hibernate.boot.allow_jdbc_metadata_access", false)
                .createEntityManagerFactory();
    }
}
