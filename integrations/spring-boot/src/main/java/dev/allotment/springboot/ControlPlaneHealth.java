// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot;

import dev.allotment.Health;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.ServerStatus;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the health endpoint shows, for any version of Spring Boot. Thread-safe. */
final class ControlPlaneHealth {
    private static final String UP = "up";

    private final Saas saas;
    private final @Nullable UpkeepLifecycle upkeep;

    /** @param upkeep null: this node has none */
    ControlPlaneHealth(Saas saas, @Nullable UpkeepLifecycle upkeep) {
        this.saas = saas;
        this.upkeep = upkeep;
    }

    /** @param details by name */
    record Result(boolean up, Map<String, Object> details) {}

    /** The catalog, and the upkeep of this node. */
    Result controlPlane() {
        Map<String, Object> details = new LinkedHashMap<>();
        Health catalog = saas.health();
        details.put("catalog", text(catalog));
        Health kept = upkeep == null ? Health.healthy() : upkeep.health();
        details.put("upkeep", upkeep == null ? "disabled" : text(kept));
        return new Result(catalog.up() && kept.up(), details);
    }

    /** The database servers, as the maintenance last found them. */
    Result servers() {
        Map<String, Object> details = new LinkedHashMap<>();
        boolean up = true;
        try {
            for (ServerStatus status : saas.servers().statuses()) {
                details.put(status.server().name(), text(status.health()));
                up &= status.health().up();
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
