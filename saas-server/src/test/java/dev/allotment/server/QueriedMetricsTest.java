// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreateTenant;
import dev.allotment.DatabaseLogin;
import dev.allotment.MaintenanceWindow;
import dev.allotment.Plan;
import dev.allotment.Saas;
import dev.allotment.SignUp;
import dev.allotment.Tenant;
import dev.allotment.fleet.Campaign;
import dev.allotment.fleet.CampaignChange;
import dev.allotment.fleet.Server;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each alert and each panel of the dashboard is about metrics and labels that a running server shows. */
class QueriedMetricsTest {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Pattern SERIES = Pattern.compile("(\\w+)(?:\\{(.*)})? \\S+");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

    /** Prometheus adds them to what it reads. */
    private static final Set<String> OF_PROMETHEUS = Set.of("instance", "job");

    /** Prometheus itself says with it whether it could read from a server. */
    private static final String UP = "up";

    /** The values of the labels of each metric. */
    private final Map<String, Map<String, Set<String>>> metrics = new HashMap<>();

    @Test
    void everyQueryIsAboutWhatARunningServerShows(@TempDir Path backups) throws Exception {
        List<PrometheusQuery> queries = Stream.concat(
                        PrometheusQuery.ofAlerts().stream(), PrometheusQuery.ofDashboard().stream())
                .toList();
        assertThat(queries).hasSizeGreaterThan(70);
        try (SharedPostgres postgres = new SharedPostgres()) {
            List<String> options = new ArrayList<>(postgres.options());
            options.addAll(List.of("--backup-folder", backups.toString(), "--secret-key", "a secret key for tests"));
            options.addAll(List.of("--smtp-url", "smtp://127.0.0.1:1", "--smtp-from", "a@example.com"));
            RunningServer server = ServerContract.start(options);
            try {
                work(server, queries);
            } finally {
                server.close();
            }
        }
        assertThat(queries.stream().flatMap(this::mistakes)).isEmpty();
    }

    /** Does what makes the server show all that it can show. */
    private void work(RunningServer server, List<PrometheusQuery> queries) throws Exception {
        Saas saas = server.saas();
        Server byDefault = saas.servers().findByName(Server.DEFAULT_NAME).orElseThrow();
        saas.servers()
                .update(
                        byDefault.id(),
                        each -> each.toBuilder().label(Server.DISK_LABEL, "500").build());
        LocalTime later =
                LocalTime.now(ZoneOffset.UTC).truncatedTo(ChronoUnit.MINUTES).plusHours(8);
        Plan plan = saas.plans()
                .create(Plan.builder("Warm")
                        .spares(1)
                        .maintenanceWindow(MaintenanceWindow.of(later, later.plusHours(1)))
                        .build());
        saas.templates().build(plan.id(), List.of());
        Tenant shop = saas.tenants()
                .create(CreateTenant.onPlan(plan)
                        .owner(saas.accounts()
                                .signUp(SignUp.builder("owner@example.com", "Owner", "correct horse")
                                        .build()))
                        .name("shop.localhost")
                        .build())
                .tenant();
        saas.tenants().sync(shop.id());
        saas.backups().create(shop.id(), null);
        saas.backups().drill(shop.id(), null);
        Plan next = saas.plans().create(Plan.builder("Next").build());
        saas.campaigns()
                .start(Campaign.of(CampaignChange.plan(next.id()))
                        .plan(plan.id())
                        .inWindow(true)
                        .build());
        DatabaseLogin login = saas.database(shop.name()).login();
        try (Connection busy = DriverManager.getConnection(login.url(), login.user(), login.password());
                Connection other = DriverManager.getConnection(login.url(), login.user(), login.password())) {
            execute(other, "START TRANSACTION; CREATE TABLE prepared (id int); PREPARE TRANSACTION 'left'");
            execute(other, "SET work_mem = '64kB'");
            execute(other, "SELECT count(*) FROM (SELECT g FROM generate_series(1, 50000) g ORDER BY -g OFFSET 0) s");
            execute(other, "SELECT pg_stat_force_next_flush()");
            busy.setAutoCommit(false);
            execute(busy, "CREATE TABLE held (id int)");
            send(server.port(), "/web/login", null);
            send(server.port(), "/jsonrpc", "{");
            System.gc();
            // The collector reports its pauses, and the maintenance its numbers, on other threads.
            long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
            do {
                saas.maintenance().run();
                read(send(server.metricsPort(), "/metrics", null));
            } while (queries.stream().flatMap(this::mistakes).findAny().isPresent() && System.nanoTime() < end);
            execute(other, "ROLLBACK PREPARED 'left'");
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String send(int port, String path, String body) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
        if (body != null) {
            request.POST(BodyPublishers.ofString(body));
        }
        return HTTP.send(request.build(), BodyHandlers.ofString()).body();
    }

    private void read(String text) {
        text.lines().filter(line -> !line.startsWith("#")).forEach(line -> {
            Matcher series = SERIES.matcher(line);
            assertThat(series.matches()).as(line).isTrue();
            Map<String, Set<String>> labels = metrics.computeIfAbsent(series.group(1), name -> new HashMap<>());
            if (series.group(2) != null) {
                LABEL.matcher(series.group(2))
                        .results()
                        .forEach(label -> labels.computeIfAbsent(label.group(1), name -> new HashSet<>())
                                .add(label.group(2)));
            }
        });
    }

    private Stream<String> mistakes(PrometheusQuery query) {
        List<String> mistakes = new ArrayList<>();
        Set<String> possible = new HashSet<>(OF_PROMETHEUS);
        List<PrometheusQuery.Selection> selections = query.selections();
        if (selections.isEmpty()) {
            mistakes.add("no metric");
        }
        for (PrometheusQuery.Selection each : selections) {
            if (each.metric().equals(UP)) {
                continue;
            }
            Map<String, Set<String>> labels = metrics.get(each.metric());
            if (labels == null) {
                mistakes.add("no metric " + each.metric());
                continue;
            }
            possible.addAll(labels.keySet());
            each.labels().stream()
                    .filter(label -> !labels.containsKey(label) && !OF_PROMETHEUS.contains(label))
                    .forEach(label -> mistakes.add(each.metric() + " has no label " + label));
            each.equal().forEach((label, value) -> {
                if (!labels.getOrDefault(label, Set.of()).contains(value)) {
                    mistakes.add(each.metric() + " is never " + value);
                }
            });
        }
        query.grouping().stream()
                .filter(label -> !possible.contains(label))
                .forEach(label -> mistakes.add("no label " + label));
        return mistakes.stream().map(each -> query.place() + ": " + each + " in " + query.text());
    }
}
