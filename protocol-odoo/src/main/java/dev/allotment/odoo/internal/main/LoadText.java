// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.main;

import dev.allotment.DatabaseLoad;
import dev.allotment.Saas;
import dev.allotment.Tenant;
import dev.allotment.fleet.Server;
import dev.allotment.odoo.internal.model.OdooCaller;
import dev.allotment.odoo.internal.value.OdooArguments;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Writes what applications take of their database servers. */
final class LoadText {
    private static final double MILLIS = 1000;

    private LoadText() {}

    /** Returns a struct for each of the tenants whose load is known. */
    static Object ofTenants(OdooCaller<Saas> caller, List<Tenant> tenants, OdooArguments arguments) {
        List<Object> loads = new ArrayList<>();
        tenants.forEach(tenant -> caller.view()
                .tenants()
                .load(tenant.id())
                .ifPresent(load -> loads.add(struct(tenant.serverId().value(), load))));
        return loads;
    }

    /** Returns a struct for each database of the servers, including those of templates and spares. */
    static Object ofServers(OdooCaller<Saas> caller, List<Server> servers, OdooArguments arguments) {
        List<Object> loads = new ArrayList<>();
        servers.forEach(server -> caller.view()
                .servers()
                .load(server.id())
                .forEach(load -> loads.add(struct(server.id().value(), load))));
        return loads;
    }

    private static Map<String, Object> struct(long server, DatabaseLoad load) {
        Map<String, Object> struct = new LinkedHashMap<>();
        struct.put("server_id", server);
        struct.put("client_id", load.uuid().toString());
        struct.put("name", load.database());
        struct.put("connections", load.connections());
        struct.put("max_connections", orFalse(load.maxConnections()));
        struct.put("transaction_seconds", seconds(load.oldestTransaction()));
        struct.put("locks", orFalse(load.locks()));
        struct.put("prepared_transactions", orFalse(load.preparedTransactions()));
        struct.put("temporary_bytes", orFalse(load.temporaryBytes()));
        struct.put("transactions", orFalse(load.transactions()));
        struct.put("active_seconds", seconds(load.activeTime()));
        return struct;
    }

    private static Object seconds(@Nullable Duration duration) {
        return duration == null ? false : (Object) (duration.toMillis() / MILLIS);
    }

    /** Odoo writes false for what is not known. */
    private static Object orFalse(@Nullable Object value) {
        return Objects.requireNonNullElse(value, false);
    }
}
