// SPDX-License-Identifier: Apache-2.0
package dev.allotment.examples.quarkus;

import dev.allotment.Saas;
import dev.allotment.fleet.MaintenanceThreads;
import dev.allotment.flyway.FlywaySchema;
import dev.allotment.tenant.TenantDataSources;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import jakarta.transaction.Status;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The control plane, its scheduled work, and the connections to tenants. All of them end with the application. */
@ApplicationScoped
class ControlPlane {
    private @Nullable MaintenanceThreads maintenance;

    void start(@Observes StartupEvent event, Saas saas) {
        maintenance = MaintenanceThreads.start(saas);
    }

    void stop(@Observes ShutdownEvent event) {
        if (maintenance != null) {
            maintenance.close();
        }
    }

    @Produces
    @Singleton
    Saas saas() {
        return Saas.builder()
                .backend("h2", Map.of("memory", "true"))
                .tenantSchema(FlywaySchema.at("classpath:db/tenant"))
                .open();
    }

    void close(@Disposes Saas saas) {
        saas.close();
    }

    @Produces
    @Singleton
    TenantDataSources sources(Saas saas, TransactionSynchronizationRegistry transactions) {
        return TenantDataSources.builder(saas)
                .onSwitch(tenant -> {
                    // Its session and its connection belong to one tenant.
                    if (transactions.getTransactionStatus() != Status.STATUS_NO_TRANSACTION) {
                        throw new IllegalStateException("End the transaction before you work for another tenant.");
                    }
                    return () -> {};
                })
                .build();
    }

    void close(@Disposes TenantDataSources sources) {
        sources.close();
    }
}
