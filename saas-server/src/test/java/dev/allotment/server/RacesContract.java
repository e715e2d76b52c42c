// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static dev.allotment.server.OdooClient.MAIN;
import static dev.allotment.server.OdooClient.list;
import static dev.allotment.server.OdooClient.struct;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.xmlrpc.XmlRpcException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Eight callers request the same thing at the same time, over real HTTP, on any backend. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class RacesContract {
    private static final int CALLERS = 8;
    private static final String MASTER = "the master";

    private RunningServer server;
    private OdooClient client;
    private OdooClient.Session admin;

    /** Chooses the backend. */
    abstract List<String> backend() throws Exception;

    @BeforeAll
    void start() throws Exception {
        List<String> arguments = new ArrayList<>(backend());
        arguments.addAll(List.of("--master-password", MASTER));
        server = ServerContract.start(arguments);
        client = new OdooClient(server.port());
        admin = client.session(MAIN, "admin", "admin");
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @Test
    void oneCallGetsTheNameThatAllRequest() throws Exception {
        List<Object> outcomes = atOnce(() -> create(1, Map.of("dbname", "wanted.localhost")));

        assertThat(outcomes).filteredOn(Map.class::isInstance).hasSize(1);
        assertRefused(outcomes, 7);
        assertThat(list(client.call("db", "list"))).contains("wanted.localhost");
    }

    @Test
    void callsWithTheSameIdempotencyKeyGetTheSamePlan() throws Exception {
        List<Object> outcomes = atOnce(() -> admin.executeKw(
                "saas_portal.plan", "create", List.of(Map.of("name", "Once")), Map.of("idempotency_key", "once")));

        assertThat(outcomes).hasSize(CALLERS).hasOnlyElementsOfType(Integer.class);
        assertThat(list(admin.execute("saas_portal.plan", "search", List.of(List.of("name", "=", "Once")))))
                .containsExactly(outcomes.get(0));
        assertThat(outcomes).containsOnly(outcomes.get(0));
    }

    @Test
    void eachCallGetsAnotherNumberOfANameTemplate() throws Exception {
        List<Object> outcomes = atOnce(() -> name(struct(create(1, Map.of())).get("id")));

        assertThat(outcomes)
                .hasSize(CALLERS)
                .doesNotHaveDuplicates()
                .allSatisfy(name -> assertThat(name).asString().matches("client-\\d{3,}\\.localhost"));
    }

    @Test
    void threeGetADatabaseIfThreeIsTheLimit() throws Exception {
        assertThreeWin("maximum_allowed_dbs_per_partner", Map.of());
    }

    @Test
    void threeGetATrialIfThreeIsTheLimitOfTrials() throws Exception {
        assertThreeWin("maximum_allowed_trial_dbs_per_partner", Map.of("trial", true));
    }

    private void assertThreeWin(String limit, Map<String, Object> more) throws Exception {
        Object plan = admin.execute(
                "saas_portal.plan",
                "create",
                Map.of("name", limit, "dbname_template", limit.charAt(16) + "-%i.localhost", limit, 3));

        Object customer = admin.execute("res.partner", "create", Map.of("name", limit));
        List<Integer> numbers = new ArrayList<>();
        List<Object> owners = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            String login = limit + i;
            owners.add(admin.execute("res.users", "create", Map.of("login", login, "name", login, "password", "pw")));
        }

        // Nothing but the customer is common to them.
        List<Object> outcomes = atOnce(() -> {
            Map<String, Object> named = new HashMap<>(more);
            named.putAll(Map.of("partner_id", customer, "user_id", owners.get(next(numbers) - 1)));
            return admin.executeKw("saas_portal.plan", "create_new_database", List.of(plan), named);
        });

        assertThat(outcomes).filteredOn(Map.class::isInstance).hasSize(3);
        assertRefused(outcomes, 5);
        assertThat(outcomes)
                .filteredOn(XmlRpcException.class::isInstance)
                .allSatisfy(e -> assertThat((XmlRpcException) e)
                        .hasMessage("Limit of " + (more.isEmpty() ? "" : "trial ")
                                + "databases for this plan is 3 reached"));
        assertThat(admin.execute("saas_portal.client", "search_count", List.of(List.of("plan_id", "=", plan))))
                .isEqualTo(3);
    }

    @Test
    void threeBecomeMembersIfThreeIsTheLimit() throws Exception {
        String database = "users.localhost";
        client.call("db", "create_database", MASTER, database, false, "en_US", "boss");
        Object id = admin.values("saas_portal.client", List.of(List.of("name", "=", database)), "id")
                .get(0);
        admin.execute(
                "saas.config",
                "do_upgrade_database",
                Map.of("params", List.of(Map.of("key", "saas_client.max_users", "value", 3, "hidden", true))),
                id);
        OdooClient.Session boss = client.session(database, "admin", "boss");
        List<Integer> numbers = new ArrayList<>();

        List<Object> outcomes = atOnce(() -> {
            String login = "user-" + next(numbers);
            return boss.execute("res.users", "create", Map.of("login", login, "name", login));
        });

        assertThat(outcomes).filteredOn(Integer.class::isInstance).hasSize(3);
        assertRefused(outcomes, 5);
    }

    @Test
    void callsWithTheSameKeyGetTheSameDatabase() throws Exception {
        List<Object> outcomes = atOnce(() -> create(1, Map.of("idempotency_key", "the same")));

        // A call during the first call is refused as busy, and returns the same result when it is repeated.
        assertThat(outcomes).filteredOn(Map.class::isInstance).isNotEmpty();
        Object again = struct(create(1, Map.of("idempotency_key", "the same"))).get("id");
        assertThat(outcomes)
                .filteredOn(Map.class::isInstance)
                .allSatisfy(made -> assertThat(struct(made)).containsEntry("id", again));
        assertThat(outcomes)
                .filteredOn(XmlRpcException.class::isInstance)
                .allSatisfy(e -> assertThat((XmlRpcException) e).hasMessageContaining("is being worked on"));
    }

    @Test
    void eachCallSetsTheParameterThatAllSet() throws Exception {
        for (int round = 0; round < 10; round++) {
            String key = "races." + round;
            assertThat(atOnce(() -> admin.execute("ir.config_parameter", "set_param", key, "value")))
                    .as(key)
                    .noneMatch(XmlRpcException.class::isInstance);
            List<Integer> numbers = new ArrayList<>();
            assertThat(atOnce(() -> admin.execute(
                            "ir.config_parameter", "set_param", key, next(numbers) % 2 == 0 ? "another" : false)))
                    .as("%s, set and removed", key)
                    .noneMatch(XmlRpcException.class::isInstance);
        }
    }

    private Object create(Object plan, Map<String, ?> more) throws XmlRpcException {
        Map<String, Object> named = new HashMap<>(more);
        named.put("user_id", admin.uid());
        return admin.executeKw("saas_portal.plan", "create_new_database", List.of(plan), named);
    }

    private Object name(Object id) throws XmlRpcException {
        return admin.values("saas_portal.client", List.of(List.of("id", "=", id)), "name")
                .get(0);
    }

    private static int next(List<Integer> numbers) {
        synchronized (numbers) {
            numbers.add(numbers.size());
            return numbers.size();
        }
    }

    private static void assertRefused(List<Object> outcomes, int count) {
        assertThat(outcomes)
                .filteredOn(XmlRpcException.class::isInstance)
                .hasSize(count)
                .allSatisfy(e -> assertThat(((XmlRpcException) e).code).isEqualTo(2));
    }

    /** The results and faults of simultaneous calls. */
    private static List<Object> atOnce(Callable<Object> call) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(CALLERS);
        CyclicBarrier together = new CyclicBarrier(CALLERS);
        try {
            List<Future<Object>> futures = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                futures.add(threads.submit(() -> {
                    together.await();
                    try {
                        return call.call();
                    } catch (XmlRpcException e) {
                        return e;
                    }
                }));
            }
            List<Object> outcomes = new ArrayList<>();
            for (Future<Object> future : futures) {
                outcomes.add(future.get());
            }
            return outcomes;
        } finally {
            threads.shutdownNow();
        }
    }
}
