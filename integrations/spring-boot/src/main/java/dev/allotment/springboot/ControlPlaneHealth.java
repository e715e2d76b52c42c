// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot;

import dev.allotment.Health;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.fleet.Server;
import dev.allotment.fleet.ServerStatus;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the health endpoint shows, for any version of Spring Boot. Thread-safe. */
public final class ControlPlaneHealth {
    private static final String UP = "up";

    private final Saas saas;
    private final @Nullable Supplier<Health> maintenance;

    /** @param maintenance null: this node has none */
    ControlPlaneHealth(Saas saas, @Nullable Supplier<Health> maintenance) {
        this.saas = saas;
        this.maintenance = maintenance;
    }

    /**
     * The result of a check.
     *
     * @param up whether this node works
     * @param details what works, and what does not, by name
     */
    public record Result(boolean up, Map<String, Object> details) {
        /** Copies the details. */
        public Result {
            details = Collections.unmodifiableMap(new LinkedHashMap<>(details));
        }
    }

    /** Checks the catalog, and the maintenance of this node. */
    public Result controlPlane() {
        Map<String, Object> details = new LinkedHashMap<>();
        Health catalog = saas.health();
        details.put("catalog", text(catalog));
        Health kept = maintenance == null ? Health.healthy() : maintenance.get();
        details.put("maintenance", maintenance == null ? "disabled" : text(kept));
        return new Result(catalog.up() && kept.up(), details);
    }

    /**
     * Returns the database servers that are not given up, as the maintenance last found them. It is up while the
     * catalog answers and one server is up: the tenants on the others need the nodes to go on.
     */
    public Result servers() {
        Map<String, Object> details = new LinkedHashMap<>();
        boolean up = false;
        try {
            for (ServerStatus status : saas.servers().statuses()) {
                if (status.server().state() == Server.State.IN_USE) {
                    details.put(status.server().name(), text(status.health()));
                    up |= status.health().up();
                }
            }
        } catch (SaasException e) {
            details.put("catalog", String.valueOf(e.getMessage()));
            up = false;
        }
        return new Result(up, details);
    }

    private static String text(Health health) {
        return health.up() ? UP : health.message();
    }
}
