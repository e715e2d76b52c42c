// SPDX-License-Identifier: Apache-2.0
package dev.allotment.ha;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Three PostgreSQL servers with Patroni in synchronous mode, an etcd, and a HAProxy that leads to the primary. All listen
 * on the loopback interface only. Every path from and to a server can be cut.
 */
final class Cluster implements AutoCloseable {
    /** How long a standby may take to become the primary, and a server to become a standby. */
    private static final int PATIENCE = 240;

    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

    private final Path folder;
    private final List<Program> programs = new ArrayList<>();
    private final List<Member> members = new ArrayList<>();
    private final int proxy = Program.freePort();

    /** What happens to a primary. */
    enum Fault {
        /** All processes of the server and of its Patroni are killed. */
        KILL,
        /** They are stopped in the middle of everything, and go on when another server is the primary. */
        PAUSE,
        /** Neither etcd, nor the other servers, nor clients reach it, until another server is the primary. */
        PARTITION
    }

    Cluster(Path folder) throws IOException, InterruptedException {
        this.folder = folder;
        // If the tests are ended from outside, or the cluster does not start, nothing of it is left.
        Runtime.getRuntime().addShutdownHook(new Thread(this::close));
        int etcd = Program.freePort();
        String client = "http://127.0.0.1:" + etcd;
        String peer = "http://127.0.0.1:" + Program.freePort();
        programs.add(Program.start(
                folder.resolve("etcd.log"),
                List.of(
                        "etcd",
                        "--data-dir=" + folder.resolve("etcd"),
                        "--listen-client-urls=" + client,
                        "--advertise-client-urls=" + client,
                        "--listen-peer-urls=" + peer,
                        "--initial-advertise-peer-urls=" + peer,
                        "--initial-cluster=default=" + peer)));
        for (int i = 1; i <= 3; i++) {
            members.add(new Member("pg" + i, etcd));
        }
        Path configuration = folder.resolve("haproxy.cfg");
        Files.writeString(
                configuration,
                """
                defaults
                    mode tcp
                    timeout connect 2s
                    timeout client 30m
                    timeout server 30m
                    timeout check 2s
                listen primary
                    bind 127.0.0.1:%d
                    option httpchk OPTIONS /primary
                    http-check expect status 200
                    default-server inter 1s fall 2 rise 1 on-marked-down shutdown-sessions
                """.formatted(proxy)
                        + members.stream()
                                .map(each -> "    server " + each.name + " 127.0.0.1:" + each.toPostgres.port()
                                        + " check port " + each.toRest.port() + "\n")
                                .collect(Collectors.joining()));
        programs.add(Program.start(
                folder.resolve("haproxy.log"), List.of("/usr/sbin/haproxy", "-db", "-f", configuration.toString())));
        for (Member each : members) {
            each.start();
        }
        awaitHealth();
    }

    /** Leads to the primary, whichever server it is. */
    String throughProxy(String database) {
        return "jdbc:postgresql://127.0.0.1:" + proxy + '/' + database;
    }

    /** Names all servers, so that the driver finds the primary. */
    String toAll(String database) {
        return members.stream()
                .map(each -> "127.0.0.1:" + each.toPostgres.port())
                .collect(Collectors.joining(",", "jdbc:postgresql://", '/' + database + "?targetServerType=primary"));
    }

    /** Waits until there is a primary with a synchronous standby, and the third server follows as well. */
    void awaitHealth() throws InterruptedException {
        Program.await(
                "a primary and two standbys, see " + folder,
                PATIENCE,
                () -> members.stream().filter(each -> each.is("primary")).count() == 1
                        && members.stream().filter(each -> each.is("replica")).count() == 2
                        && members.stream().anyMatch(each -> each.is("synchronous")));
    }

    private @Nullable Member primary() {
        return members.stream().filter(each -> each.is("primary")).findFirst().orElse(null);
    }

    /** Does something to the primary, and returns how to take it back, when another server is the primary. */
    Runnable strike(Fault fault) throws IOException, InterruptedException {
        Member old = primary();
        if (old == null) {
            throw new AssertionError("There is no primary, see " + folder);
        }
        Runnable back = old.strike(fault);
        Program.await(
                "another primary after " + fault + " of " + old.name,
                PATIENCE,
                () -> members.stream().anyMatch(each -> each != old && each.is("primary")));
        return back;
    }

    private final class Member {
        private final String name;
        private final int postgres = Program.freePort();
        private final int rest = Program.freePort();
        private final Link toPostgres = new Link(postgres);
        private final Link toRest = new Link(rest);
        private final Link toEtcd;
        private final Path data;
        private final Path configuration;
        private @Nullable Program patroni;

        Member(String name, int etcd) throws IOException {
            this.name = name;
            toEtcd = new Link(etcd);
            data = folder.resolve(name);
            configuration = folder.resolve(name + ".yml");
            Files.writeString(configuration, """
                    scope: allotment
                    name: %s
                    restapi: {listen: "127.0.0.1:%d", connect_address: "127.0.0.1:%d"}
                    etcd3: {hosts: ["127.0.0.1:%d"], use_proxies: true}
                    bootstrap:
                      dcs:
                        ttl: 30
                        loop_wait: 2
                        retry_timeout: 10
                        synchronous_mode: true
                        ignore_slots: [{type: logical, plugin: pgoutput}]
                        postgresql:
                          use_pg_rewind: true
                          parameters:
                            # Only processes die, so the operating system keeps what it has.
                            fsync: "off"
                            wal_level: logical
                            max_connections: 200
                            max_wal_senders: 20
                            max_replication_slots: 20
                            max_logical_replication_workers: 8
                      initdb: [{encoding: UTF8}, {locale: C.UTF-8}, data-checksums]
                    postgresql:
                      listen: 127.0.0.1:%d
                      connect_address: 127.0.0.1:%d
                      data_dir: %s
                      bin_dir: %s
                      pgpass: %s.pgpass
                      authentication:
                        superuser: {username: postgres}
                        replication: {username: replicator}
                      parameters: {unix_socket_directories: %s}
                      pg_hba:
                        - local all all trust
                        - host replication replicator 127.0.0.1/32 trust
                        - host all postgres 127.0.0.1/32 trust
                        - host all all 127.0.0.1/32 scram-sha-256
                    """.formatted(
                            name,
                            rest,
                            toRest.port(),
                            toEtcd.port(),
                            postgres,
                            toPostgres.port(),
                            data,
                            Program.POSTGRES,
                            data,
                            folder));
        }

        void start() throws IOException {
            patroni = Program.start(folder.resolve(name + ".log"), List.of("patroni", configuration.toString()));
        }

        boolean is(String role) {
            try {
                HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + rest + '/' + role))
                        .timeout(Duration.ofSeconds(2))
                        .build();
                return HTTP.send(request, HttpResponse.BodyHandlers.discarding())
                                .statusCode()
                        == 200;
            } catch (IOException e) {
                return false;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }

        /** Patroni starts it so that it is not its child. */
        private List<ProcessHandle> processes() throws IOException {
            List<ProcessHandle> found = new ArrayList<>();
            if (patroni != null) {
                found.add(patroni.handle());
            }
            Path file = data.resolve("postmaster.pid");
            if (Files.exists(file)) {
                ProcessHandle.of(Long.parseLong(Files.readAllLines(file).get(0)))
                        .ifPresent(found::add);
            }
            return found;
        }

        Runnable strike(Fault fault) throws IOException, InterruptedException {
            switch (fault) {
                case KILL -> {
                    kill();
                    return () -> attempt(this::start);
                }
                case PAUSE -> {
                    List<ProcessHandle> stopped = new ArrayList<>();
                    for (ProcessHandle each : processes()) {
                        stopped.addAll(Program.stopped(each));
                    }
                    return () -> attempt(() -> Program.signal("CONT", stopped));
                }
                case PARTITION -> {
                    links().forEach(Link::cut);
                    return () -> links().forEach(Link::restore);
                }
            }
            throw new IllegalArgumentException(fault.toString());
        }

        private List<Link> links() {
            return List.of(toPostgres, toRest, toEtcd);
        }

        void kill() throws IOException, InterruptedException {
            for (ProcessHandle each : processes()) {
                Program.kill(each);
            }
        }
    }

    private interface Action {
        void run() throws IOException, InterruptedException;
    }

    private static void attempt(Action action) {
        try {
            action.run();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        for (Member each : members) {
            attempt(each::kill);
            each.links().forEach(link -> attempt(link::close));
        }
        programs.forEach(Program::close);
    }
}
