// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.ConfigurationChange;
import dev.allotment.CreateTenant;
import dev.allotment.Filter;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SignUp;
import dev.allotment.TenantId;
import dev.allotment.User;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * How often common calls wait for PostgreSQL, counted on the wire. On a network, each of these waits takes as long as
 * everything else, so a change that adds one has to show it here.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RoundTripsTest {
    private static final String PASSWORD = "Client Password";

    /** Each call is repeated: the first ones read what this process remembers after that, and other work may run. */
    private static final int CALLS = 6;

    private interface Call {
        void run() throws Exception;
    }

    private final Deque<TenantId> tenants = new ArrayDeque<>();
    private final Deque<TenantId> suspended = new ArrayDeque<>();
    private SharedPostgres postgres;
    private CountedNetwork network;
    private Saas saas;
    private User owner;
    private Plan stocked;
    private Plan copied;
    private int number;

    @BeforeAll
    void open() throws Exception {
        postgres = new SharedPostgres();
        network = new CountedNetwork(postgres.port());
        Map<String, String> settings = new HashMap<>(postgres.settings());
        settings.put("url", "jdbc:postgresql://127.0.0.1:" + network.port() + "/postgres");
        saas = Saas.builder()
                .backend("postgres", settings)
                .administrator("admin", "admin")
                .passwordIterations(1000)
                .open();
        owner = saas.accounts()
                .signUp(SignUp.builder("owner@example.com", "Owner", PASSWORD).build());
        stocked = plan("Stocked", CALLS);
        copied = plan("Copied", 0);
        while (saas.maintenance().run() > 0) {
            // Until the warm pool is full.
        }
    }

    @AfterAll
    void close() throws Exception {
        saas.close();
        network.close();
        postgres.close();
    }

    private Plan plan(String name, int spares) {
        Plan plan = saas.plans()
                .create(Plan.builder(name)
                        .dbNameTemplate(name.toLowerCase(Locale.ROOT) + "-%i")
                        .spares(spares)
                        .build());
        saas.templates().build(plan.id(), List.of("sale"));
        return plan;
    }

    static Stream<Arguments> calls() {
        return Stream.of(
                Arguments.of("create a tenant from a spare", 26),
                Arguments.of("create a tenant without a spare", 47),
                Arguments.of("sign up", 9),
                Arguments.of("find a tenant", 1),
                Arguments.of("list tenants", 1),
                Arguments.of("count tenants", 1),
                Arguments.of("sign in", 4),
                Arguments.of("configure a tenant", 27),
                Arguments.of("suspend a tenant", 26),
                Arguments.of("resume a tenant", 19),
                Arguments.of("delete a tenant", 22));
    }

    private Call call(String name) {
        return switch (name) {
            case "create a tenant from a spare" -> () -> create(stocked);
            case "create a tenant without a spare" -> () -> create(copied);
            case "sign up" ->
                () -> saas.accounts()
                        .signUp(SignUp.builder("someone-" + number++ + "@example.com", "Someone", PASSWORD)
                                .build());
            case "find a tenant" -> () -> saas.tenants().find(tenants.getFirst());
            case "list tenants" -> () -> saas.tenants().list(Query.all());
            case "count tenants" -> () -> saas.tenants().count(Filter.all());
            case "sign in" -> () -> saas.accounts().authenticate(owner.login(), PASSWORD, null);
            case "configure a tenant" ->
                () -> saas.configuration()
                        .apply(
                                tenants.getFirst(),
                                ConfigurationChange.builder()
                                        .parameter("shop.title", "Title " + number++)
                                        .build());
            case "suspend a tenant" ->
                () -> suspended.add(
                        saas.tenants().suspend(tenants.removeFirst()).id());
            case "resume a tenant" ->
                () -> tenants.add(saas.tenants().resume(suspended.removeFirst()).id());
            case "delete a tenant" -> () -> saas.tenants().delete(tenants.removeFirst());
            default -> throw new IllegalArgumentException(name);
        };
    }

    private void create(Plan plan) {
        tenants.add(saas.tenants()
                .create(CreateTenant.onPlan(plan.id()).owner(owner).build())
                .tenant()
                .id());
    }

    @ParameterizedTest
    @MethodSource("calls")
    void aCallWaitsForTheDatabaseAtMostThisOften(String name, int trips) throws Exception {
        Call call = call(name);
        List<String> fewest = List.of();
        for (int i = 0; i < CALLS; i++) {
            network.trips();
            call.run();
            List<String> taken = network.trips();
            fewest = i == 0 || taken.size() < fewest.size() ? taken : fewest;
        }

        assertThat(fewest).as(name).hasSizeLessThanOrEqualTo(trips);
    }
}
