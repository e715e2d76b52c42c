// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static dev.allotment.server.OdooClient.MAIN;
import static dev.allotment.server.OdooClient.list;
import static dev.allotment.server.OdooClient.struct;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.xmlrpc.XmlRpcException;
import org.junit.jupiter.api.Test;

/** The state after a server was stopped or killed, and started again on the same data. */
abstract class RestartContract {
    private static final String PASSWORD_LINE = "password ";

    /** Chooses a backend with nothing in it, the same one each time. */
    abstract List<String> backend() throws Exception;

    @Test
    void aSecondStartFindsWhatTheFirstStartCreated() throws Exception {
        Object created;
        try (RunningServer server = ServerContract.start(backend())) {
            created = create(admin(server.port()));
        }
        try (RunningServer server = ServerContract.start(backend())) {
            OdooClient.Session admin = admin(server.port());

            assertThat(admin.values("saas_portal.plan", List.of(), "name")).containsExactlyInAnyOrder("Demo", "Shop");
            assertThat(admin.values("saas_portal.client", List.of(), "id")).containsExactly(created);
            assertThat(create(admin)).isNotEqualTo(created);
        }
    }

    @Test
    void aKilledServerLeavesNothingHalfMade() throws Exception {
        try (RunningProcess process = RunningProcess.start(line("demo"))) {
            killAmidst(process, admin(process.port()), 7);
        }
        try (RunningServer server = ServerContract.start(backend())) {
            OdooClient client = new OdooClient(server.port());
            OdooClient.Session admin = admin(server.port());
            List<Object> open = admin.values("saas_portal.client", List.of(List.of("state", "=", "open")), "name");

            assertThat(admin.values("saas_portal.client", List.of(List.of("state", "=", "draft")), "name"))
                    .isEmpty();
            List<Object> all = new ArrayList<>(open);
            all.add(MAIN);
            assertThat(list(client.call("db", "list"))).containsExactlyInAnyOrderElementsOf(all);
            assertThat(open).hasSizeGreaterThanOrEqualTo(7);
            for (Object name : open) {
                assertThat(client.authenticate((String) name, "admin", "not this"))
                        .isEqualTo(false);
            }
            create(admin);
        }
    }

    /** Kills the server as soon as this number of databases was created, while it creates more. */
    private static void killAmidst(RunningProcess process, OdooClient.Session admin, int count) throws Exception {
        BlockingQueue<Object> outcomes = new LinkedBlockingQueue<>();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        for (int i = 0; i < 4; i++) {
            threads.execute(() -> {
                while (process.isAlive()) {
                    try {
                        outcomes.add(create(admin));
                    } catch (XmlRpcException e) {
                        outcomes.add(e);
                        return;
                    }
                }
            });
        }
        for (int i = 0; i < count; i++) {
            assertThat(outcomes.poll(60, TimeUnit.SECONDS)).isInstanceOf(Integer.class);
        }
        process.kill();
        process.exitCode();
        threads.shutdown();
    }

    @Test
    void theFirstStartGeneratesAPasswordAndPrintsItOnce() throws Exception {
        String password;
        try (RunningProcess first = RunningProcess.start(line("serve"))) {
            int port = first.port();
            String told = first.await(PASSWORD_LINE);
            password = told.replaceFirst("^ *password +", "").replaceFirst(" .*", "");

            assertThat(password).hasSizeGreaterThan(20);
            assertThat(new OdooClient(port).authenticate(MAIN, "admin", password))
                    .isInstanceOf(Integer.class);
            assertThat(new OdooClient(port).authenticate(MAIN, "admin", "admin"))
                    .isEqualTo(false);
            first.terminate();
            assertThat(first.output())
                    .filteredOn(line -> line.contains(password))
                    .hasSize(1);
        }
        try (RunningProcess second = RunningProcess.start(line("serve"))) {
            int port = second.port();

            assertThat(new OdooClient(port).authenticate(MAIN, "admin", password))
                    .isInstanceOf(Integer.class);
            second.terminate();
            assertThat(second.output()).noneSatisfy(line -> assertThat(line).contains(PASSWORD_LINE));
        }
    }

    private String[] line(String command) throws Exception {
        List<String> line =
                new ArrayList<>(List.of(command, "--port", "0", "--password-rounds", "1000", "--node", "test"));
        if (command.equals("demo")) {
            line.addAll(List.of("--demo-customers", "false"));
        }
        line.addAll(backend());
        return line.toArray(new String[0]);
    }

    private static OdooClient.Session admin(int port) throws XmlRpcException {
        return new OdooClient(port).session(MAIN, "admin", "admin");
    }

    private static Object create(OdooClient.Session admin) throws XmlRpcException {
        return struct(admin.executeKw(
                        "saas_portal.plan", "create_new_database", List.of(1), Map.of("user_id", admin.uid())))
                .get("id");
    }
}
