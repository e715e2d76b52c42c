// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot;

import dev.allotment.Filter;
import dev.allotment.Health;
import dev.allotment.Operation;
import dev.allotment.OperationState;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.WarmPoolStatistics;
import dev.allotment.fleet.ListenerBacklog;
import dev.allotment.fleet.Node;
import dev.allotment.fleet.NodeStatistics;
import dev.allotment.fleet.ServerStatus;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/**
 * The endpoint {@code allotment} of the actuator: the state of the control plane, without names of tenants, accounts
 * and callers, and without settings. Thread-safe.
 */
@Endpoint(id = "allotment")
public final class AllotmentEndpoint {
    private static final int MOST_OPERATIONS = 100;

    private final Saas saas;
    private final ControlPlaneHealth health;

    AllotmentEndpoint(Saas saas, ControlPlaneHealth health) {
        this.saas = saas;
        this.health = health;
    }

    /**
     * The state of the control plane.
     *
     * @param health as the health endpoint shows it
     * @param maintenance the parts of the maintenance of this process
     * @param catalog null: it does not answer
     */
    public record State(
            ControlPlaneHealth.Result health,
            List<NodeStatistics.Part> maintenance,
            @Nullable Catalog catalog) {}

    /**
     * What all nodes share.
     *
     * @param mainDatabase the name of the main database
     * @param nodes the nodes that have reported within the last ten minutes
     * @param servers the database servers, as the maintenance of this process last found them
     * @param tenants how many there are, by state, without those whose database was removed
     * @param operations the oldest unfinished operations, at most a hundred
     * @param listeners the events that are still to be delivered
     * @param spares the spares that are ready or being built
     */
    public record Catalog(
            String mainDatabase,
            List<Node> nodes,
            List<ServerState> servers,
            Map<String, Long> tenants,
            List<OperationSummary> operations,
            List<ListenerBacklog> listeners,
            List<Spares> spares) {}

    /**
     * A database server.
     *
     * @param checkedAt when this process last checked it; null: never
     * @param capacity the planned number of databases
     */
    public record ServerState(
            String name, Health health, @Nullable Instant checkedAt, long databases, int capacity, boolean full) {}

    /**
     * An unfinished operation.
     *
     * @param kind such as {@code create_tenant}
     * @param tenant the id of the tenant; null: none
     * @param attempts how often its last step has failed
     */
    public record OperationSummary(
            String id,
            String kind,
            String step,
            @Nullable String tenant,
            String node,
            int attempts,
            Instant createdAt) {}

    /** The spares of a template on a server. */
    public record Spares(String template, String server, int ready, int unfinished) {}

    /** Returns the state of the control plane. */
    @ReadOperation
    public State state() {
        Catalog catalog = null;
        try {
            catalog = catalog();
        } catch (SaasException e) {
            // The health says why.
        }
        return new State(health.controlPlane(), saas.maintenance().statistics().parts(), catalog);
    }

    private Catalog catalog() {
        List<ServerStatus> servers = saas.servers().statuses();
        Map<String, Long> tenants = new LinkedHashMap<>();
        List<TenantState> states = Arrays.stream(TenantState.values())
                .filter(TenantState::hasDatabase)
                .toList();
        saas.tenants()
                .counts(Tenant.STATE, states, Filter.all())
                .forEach((state, count) -> tenants.put(word(state), count));
        return new Catalog(
                saas.mainDatabase(),
                saas.maintenance().nodes(),
                servers.stream().map(AllotmentEndpoint::server).toList(),
                tenants,
                saas
                        .operations()
                        .list(Query.where(Filter.equal(Operation.STATE, OperationState.RUNNING))
                                .orderBy(Operation.CREATED_AT)
                                .page(0, MOST_OPERATIONS))
                        .stream()
                        .map(AllotmentEndpoint::operation)
                        .toList(),
                saas.maintenance().backlogs(),
                saas.templates().spares().stock().stream()
                        .map(each -> spares(each, servers))
                        .toList());
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static ServerState server(ServerStatus status) {
        return new ServerState(
                status.server().name(),
                status.health(),
                status.askedAt(),
                status.databases(),
                status.server().capacity(),
                status.full());
    }

    private static OperationSummary operation(Operation operation) {
        return new OperationSummary(
                operation.id().toString(),
                word(operation.kind()),
                operation.step(),
                operation.tenantId() == null ? null : operation.tenantId().toString(),
                operation.node(),
                operation.attempts(),
                operation.createdAt());
    }

    private static Spares spares(WarmPoolStatistics.Stock stock, List<ServerStatus> servers) {
        String server = servers.stream()
                .filter(each -> each.server().id().equals(stock.server()))
                .map(each -> each.server().name())
                .findFirst()
                .orElse("");
        return new Spares(stock.template().toString(), server, stock.ready(), stock.unfinished());
    }
}
