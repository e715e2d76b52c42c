// SPDX-License-Identifier: Apache-2.0
package dev.allotment.ha;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreateTenant;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.SignUp;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.backup.Backup;
import dev.allotment.backup.RestoreBackup;
import dev.allotment.fleet.Campaign;
import dev.allotment.fleet.CampaignChange;
import dev.allotment.fleet.MaintenanceThreads;
import dev.allotment.fleet.Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The primary of the catalog's cluster fails in the middle of the work of two nodes and of a tenant's application. With
 * synchronous replication, everything that was acknowledged is there afterwards, and nothing is half done. One node
 * reaches the cluster through HAProxy, the other one by a URL with all servers.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 20, unit = TimeUnit.MINUTES)
final class SynchronousFailoverTest {
    private static final String SHOP = "shop.example";
    private static final String ACTION = "note";
    private static final int PATIENCE = 300;
    private static final int CREATIONS = 4;

    /** What is going on when the primary fails. Tenants are created all the time. */
    private enum Work {
        CREATIONS,
        BACKUP,
        MOVE_AWAY,
        MOVE_TO_IT,
        CAMPAIGN
    }

    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "test");
        thread.setDaemon(true);
        return thread;
    });
    private final List<AutoCloseable> opened = new ArrayList<>();
    private final List<Saas> nodes = new ArrayList<>();
    private final List<Ledger> ledgers = new ArrayList<>();
    /** What was created, and acknowledged. */
    private final Set<TenantId> created = ConcurrentHashMap.newKeySet();

    private Path folder;
    private Cluster cluster;
    private String secondUrl;
    private Server first;
    private Server second;
    private Plan plan;
    private User owner;
    private TenantId shop;
    /** How many tenants are created; a standby that starts again looks at each of their files. */
    private volatile int wanted;

    private volatile boolean ended;

    @BeforeAll
    void start(@TempDir(factory = Memory.class) Path temporary) throws Exception {
        folder = temporary;
        Program.giveAway(folder);
        cluster = opened(new Cluster(folder));
        secondUrl = "jdbc:postgresql://127.0.0.1:" + startSecond() + '/';
        Path backups = Files.createDirectory(folder.resolve("backups"));
        for (String url : List.of(cluster.throughProxy("postgres"), cluster.toAll("postgres"))) {
            Saas saas = opened(Saas.builder()
                    .backend("postgres", Map.of("url", url, "user", "postgres"))
                    .node("node" + nodes.size())
                    .secretKey("a secret key for tests")
                    .passwordIterations(1)
                    .administrator("admin", "admin")
                    .backupFolder(backups)
                    .executor(threads)
                    .tenantAction(ACTION, SynchronousFailoverTest::note)
                    .open());
            nodes.add(saas);
            opened.add(MaintenanceThreads.start(saas, Duration.ofSeconds(2)));
        }
        Saas saas = nodes.get(0);
        first = saas.servers().list(Query.all()).get(0);
        second = saas.servers()
                .create(Server.builder("second")
                        .backend("postgres")
                        .settings(Map.of("url", secondUrl + "postgres", "user", "postgres"))
                        .build());
        owner = saas.accounts()
                .signUp(SignUp.builder("owner@example.com", "Owner", "a password of the owner")
                        .build());
        plan = saas.plans()
                .create(Plan.builder("Shops")
                        .dbNameTemplate("t-%i.example")
                        .spares(2)
                        .build());
        saas.templates().build(plan.id(), List.of());
        shop = saas.tenants()
                .create(CreateTenant.onPlan(plan).owner(owner).name(SHOP).build())
                .tenant()
                .id();
        Ledger.create(saas.database(SHOP).login());
        for (int writer = 0; writer < 2; writer++) {
            Saas node = nodes.get(writer);
            ledgers.add(opened(new Ledger(writer, () -> node.database(SHOP).login()).start()));
        }
        threads.execute(this::create);
    }

    /** Four servers, of which each standby copies everything, keep a disk busy. So they use memory if there is enough. */
    static final class Memory implements TempDirFactory {
        private static final long NEEDED = 6L << 30;

        @Override
        public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext context) throws IOException {
            Path memory = Path.of("/dev/shm");
            boolean enough =
                    Files.isWritable(memory) && Files.getFileStore(memory).getUsableSpace() > NEEDED;
            return enough ? Files.createTempDirectory(memory, "ha") : Files.createTempDirectory("ha");
        }
    }

    private <T extends AutoCloseable> T opened(T resource) {
        opened.add(resource);
        return resource;
    }

    @AfterAll
    void end() throws Exception {
        ended = true;
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
        threads.shutdownNow();
    }

    /** A server with tenants only, which does not fail. */
    private int startSecond() throws Exception {
        Path data = folder.resolve("second");
        int port = Program.freePort();
        Path log = folder.resolve("second.log");
        Program.run(log, Program.POSTGRES + "initdb", "-D", data.toString(), "-U", "postgres", "-E", "UTF8", "-N");
        opened(Program.start(
                log,
                List.of(
                        Program.POSTGRES + "postgres",
                        "-D",
                        data.toString(),
                        "-p",
                        Integer.toString(port),
                        "-c",
                        "listen_addresses=127.0.0.1",
                        "-c",
                        "unix_socket_directories=" + folder,
                        "-c",
                        "wal_level=logical",
                        "-c",
                        "max_connections=200")));
        Program.await("the second server, see " + log, PATIENCE, () -> {
            DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + port + "/postgres", "postgres", "")
                    .close();
            return true;
        });
        return port;
    }

    private static void note(Saas saas, Tenant tenant) throws SQLException {
        try (Connection connection = Ledger.connect(saas.database(tenant.name()).login());
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE IF NOT EXISTS noted (id int PRIMARY KEY)");
        }
    }

    /** Claims spares, and makes tenants without one, at both nodes in turn. */
    private void create() {
        for (int i = 0; !ended; i++) {
            try {
                Program.pause();
                if (created.size() >= wanted) {
                    continue;
                }
                created.add(nodes.get(i % nodes.size())
                        .tenants()
                        .create(CreateTenant.onPlan(plan).owner(owner).build())
                        .tenant()
                        .id());
            } catch (InterruptedException e) {
                return;
            } catch (SaasException e) {
                assertThat(e.retryable() || ended).as("%s", e).isTrue();
            }
        }
    }

    static Stream<Arguments> strikes() {
        if (Boolean.getBoolean("allotment.ha.all")) {
            return Stream.of(Work.values())
                    .flatMap(work -> Stream.of(Cluster.Fault.values()).map(fault -> Arguments.of(work, fault)));
        }
        return Stream.of(
                Arguments.of(Work.CREATIONS, Cluster.Fault.KILL),
                Arguments.of(Work.BACKUP, Cluster.Fault.PAUSE),
                Arguments.of(Work.MOVE_AWAY, Cluster.Fault.KILL),
                Arguments.of(Work.MOVE_TO_IT, Cluster.Fault.PARTITION),
                Arguments.of(Work.CAMPAIGN, Cluster.Fault.PAUSE));
    }

    @ParameterizedTest
    @MethodSource("strikes")
    void whatWasAcknowledgedIsThereAfterwards(Work work, Cluster.Fault fault, TestReporter reporter) throws Exception {
        prepare(work);
        int already = created.size();
        wanted = already + CREATIONS;
        Map<Ledger, Set<Long>> before = acknowledged();
        Future<?> running = threads.submit(() -> work(work));
        awaitRunning(work, running, already);

        long struck = System.nanoTime();
        Runnable back = cluster.strike(fault);
        long promoted = System.nanoTime();
        int creations = created.size();
        wanted = creations + CREATIONS;
        Map<Ledger, Set<Long>> then = acknowledged();
        Program.await("creations with the new primary", PATIENCE, () -> created.size() >= creations + 2);
        Program.await(
                "commits with the new primary",
                PATIENCE,
                () -> ledgers.stream()
                        .allMatch(each ->
                                each.acknowledged().size() > then.get(each).size() + 2));
        long working = System.nanoTime();
        back.run();
        cluster.awaitHealth();

        running.get(PATIENCE, TimeUnit.SECONDS);
        assertNothingIsLost();
        if (work == Work.BACKUP) {
            assertTheBackupHas(before);
        }
        reporter.publishEntry(Map.of(
                "strike", work + " " + fault,
                "another primary after ms", Long.toString((promoted - struck) / 1_000_000),
                "work after ms", Long.toString((working - struck) / 1_000_000),
                "commits of the application",
                        Long.toString(ledgers.stream()
                                .mapToLong(each -> each.acknowledged().size())
                                .sum()),
                "creations", Integer.toString(created.size())));
    }

    private Map<Ledger, Set<Long>> acknowledged() {
        Map<Ledger, Set<Long>> all = new HashMap<>();
        ledgers.forEach(each -> all.put(each, each.acknowledged()));
        return all;
    }

    private void prepare(Work work) {
        ServerId from = work == Work.MOVE_TO_IT ? second.id() : first.id();
        nodes.get(0).tenants().move(shop, from);
    }

    /** Repeats what fails since the server fails over, as a caller does. */
    private void work(Work work) {
        Saas saas = nodes.get(1);
        switch (work) {
            case CREATIONS -> {}
            case BACKUP -> repeat(() -> saas.backups().create(shop, "before the strike"));
            case MOVE_AWAY -> repeat(() -> saas.tenants().move(shop, second.id()));
            case MOVE_TO_IT -> repeat(() -> saas.tenants().move(shop, first.id()));
            case CAMPAIGN ->
                repeat(() -> saas.campaigns()
                        .start(Campaign.of(CampaignChange.action(ACTION)).build()));
        }
    }

    private static void repeat(Runnable call) {
        long start = System.nanoTime();
        while (true) {
            try {
                call.run();
                return;
            } catch (SaasException e) {
                if (!e.retryable() || TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start) > PATIENCE) {
                    throw e;
                }
            }
            try {
                Program.pause();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void awaitRunning(Work work, Future<?> running, int already) throws InterruptedException {
        if (work == Work.CREATIONS) {
            Program.await("creations", PATIENCE, () -> created.size() > already);
            return;
        }
        OperationKind kind = switch (work) {
            case BACKUP -> OperationKind.BACK_UP_TENANT;
            case CAMPAIGN -> OperationKind.CAMPAIGN;
            default -> OperationKind.MOVE_TENANT;
        };
        Program.await(
                kind + " is running",
                PATIENCE,
                () -> (running.isDone() && work != Work.CAMPAIGN)
                        || !running(Filter.equal(Operation.KIND, kind)).isEmpty());
    }

    private List<Operation> running(Filter<Operation> which) {
        return nodes.get(0)
                .operations()
                .list(Query.where(Filter.and(Filter.equal(Operation.STATE, OperationState.RUNNING), which)));
    }

    private void assertNothingIsLost() throws Exception {
        Saas saas = nodes.get(0);
        Set<TenantId> acknowledged = Set.copyOf(created);
        Map<Ledger, Set<Long>> commits = acknowledged();
        Program.await(
                "all moves, backups and campaigns have ended",
                PATIENCE,
                () -> running(Filter.in(
                                Operation.KIND,
                                List.of(
                                        OperationKind.MOVE_TENANT,
                                        OperationKind.BACK_UP_TENANT,
                                        OperationKind.CAMPAIGN)))
                        .isEmpty());
        assertThat(saas.tenants().list(Query.where(Filter.equal(Tenant.STATE, TenantState.OPEN))))
                .extracting(Tenant::id)
                .as("tenants that were created")
                .containsAll(acknowledged);
        Program.await("a check that finds nothing", PATIENCE, () -> {
            assertThat(saas.reconciliation().check().findings()).isEmpty();
            return true;
        });
        assertThat(saas.events().list(Query.where(Filter.equal(Event.TYPE, EventType.CATALOG_RESTORED))))
                .as("losses that the control plane has noticed")
                .isEmpty();
        assertHas(SHOP, commits);
        Program.await("nothing is left of live moves", PATIENCE, () -> {
            for (String url : List.of(cluster.throughProxy("postgres"), secondUrl + "postgres")) {
                assertThat(count(url, "SELECT count(*) FROM pg_replication_slots WHERE slot_type = 'logical'"))
                        .isZero();
                assertThat(count(url, "SELECT count(*) FROM pg_subscription")).isZero();
            }
            return true;
        });
    }

    /** @param commits those that were acknowledged before the backup was made */
    private void assertTheBackupHas(Map<Ledger, Set<Long>> commits) throws SQLException {
        Saas saas = nodes.get(0);
        Backup newest = saas.backups().list(shop).get(0);
        String copy = "copy-" + System.nanoTime() + ".example";
        TenantId restored = saas.backups()
                .restore(RestoreBackup.builder(shop, newest.id()).name(copy).build())
                .tenant()
                .id();
        assertHas(copy, commits);
        saas.tenants().purge(restored);
    }

    private void assertHas(String name, Map<Ledger, Set<Long>> commits) throws SQLException {
        ServerId server = nodes.get(0).tenants().findByName(name).orElseThrow().serverId();
        String url = server.equals(second.id()) ? secondUrl + name : cluster.throughProxy(name);
        try (Connection connection = DriverManager.getConnection(url, "postgres", "")) {
            for (Map.Entry<Ledger, Set<Long>> each : commits.entrySet()) {
                Set<Long> lost = new TreeSet<>(each.getValue());
                lost.removeAll(Ledger.read(connection, each.getKey().writer()));
                assertThat(lost)
                        .as(
                                "acknowledged commits of writer %s that %s lacks",
                                each.getKey().writer(), name)
                        .isEmpty();
            }
        }
    }

    private static long count(String url, String query) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url, "postgres", "");
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getLong(1);
        }
    }
}
