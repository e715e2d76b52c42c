// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import dev.allotment.Saas;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Finds the database that a host is for. Keeps what it found for a second, as every call asks. Thread-safe. */
final class HostDatabases {
    private static final int MAX_HOSTS = 1_000;
    private static final int MAX_HOST = 300;
    private static final long KEPT_NANOS = 1_000_000_000L;

    private final Saas saas;
    private final LongSupplier ticker;
    private final Map<String, Found> recent = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Found> eldest) {
            return size() > MAX_HOSTS;
        }
    };

    HostDatabases(Saas saas, LongSupplier ticker) {
        this.saas = saas;
        this.ticker = ticker;
    }

    /** Empty if the host belongs to a tenant whose database is still being created. */
    Optional<String> databaseAt(String host) {
        long now = ticker.getAsLong();
        Found known = known(host);
        if (known != null && now - known.nanos() < KEPT_NANOS) {
            return known.database();
        }
        Optional<Tenant> tenant = saas.tenants().findByHost(host);
        Optional<String> database = tenant.isEmpty()
                ? Optional.of(saas.mainDatabase())
                : tenant.filter(each -> each.state() != TenantState.DRAFT).map(Tenant::name);
        if (host.length() <= MAX_HOST) {
            synchronized (recent) {
                recent.put(host, new Found(database, now));
            }
        }
        return database;
    }

    private @Nullable Found known(String host) {
        synchronized (recent) {
            return recent.get(host);
        }
    }

    private record Found(Optional<String> database, long nanos) {}
}
