// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.server.setting.ExitCode;
import dev.allotment.test.ExternalProgram;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes behind nginx, with the configuration that the documentation shows. */
class NginxTest {
    private static final int CLIENTS = 8;
    private static final String BODY = "<methodCall><methodName>login</methodName><params>"
            + "<param><value>portal.localhost</value></param><param><value>admin</value></param>"
            + "<param><value>admin</value></param></params></methodCall>";

    @TempDir
    private Path folder;

    private final int port = ExternalProgram.freePort();
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final Semaphore answered = new Semaphore(0);
    private final ConcurrentLinkedQueue<String> lost = new ConcurrentLinkedQueue<>();

    @Test
    void noCallIsLostWhileOneNodeAfterTheOtherIsRestarted() throws Exception {
        int first = ExternalProgram.freePort();
        int second = ExternalProgram.freePort();
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        List<RunningProcess> nodes = new ArrayList<>();
        try (SharedPostgres postgres = new SharedPostgres()) {
            nodes.add(node(postgres, first));
            nodes.add(node(postgres, second));
            try (ExternalProgram nginx = nginx(first, second)) {
                for (int i = 0; i < CLIENTS; i++) {
                    clients.execute(i % 2 == 0 ? this::call : this::openPages);
                }
                awaitAnswers(200);
                for (RunningProcess node : List.copyOf(nodes)) {
                    node.terminate();
                    assertThat(node.exitCode()).isEqualTo(ExitCode.OK);
                    awaitAnswers(100);
                    nodes.add(node(postgres, nodes.indexOf(node) == 0 ? first : second));
                    awaitAnswers(100);
                }
                stopped.set(true);
                clients.shutdown();
                assertThat(clients.awaitTermination(60, TimeUnit.SECONDS)).isTrue();

                assertThat(lost).as(nginx.printed()).isEmpty();
            }
        } finally {
            stopped.set(true);
            clients.shutdownNow();
            nodes.forEach(RunningProcess::close);
        }
    }

    @Test
    void callersGetANoticeWhileNoNodeRuns() throws Exception {
        try (ExternalProgram nginx = nginx(ExternalProgram.freePort(), ExternalProgram.freePort())) {
            HttpResponse<String> response =
                    HttpClient.newHttpClient().send(request("/web/login").build(), BodyHandlers.ofString());

            assertThat(response.statusCode()).as(nginx.printed()).isEqualTo(503);
            assertThat(response.headers().firstValue("retry-after")).hasValue("60");
            assertThat(response.body()).contains("maintenance");
        }
    }

    private static RunningProcess node(SharedPostgres postgres, int port) throws Exception {
        List<String> line = new ArrayList<>(List.of(
                "demo",
                "--demo-customers",
                "false",
                "--port",
                Integer.toString(port),
                "--base-url",
                "http://127.0.0.1",
                "--password-rounds",
                "1000",
                "--proxy-trusted",
                "127.0.0.1",
                "--stop-delay",
                "4"));
        line.addAll(postgres.options());
        RunningProcess node = RunningProcess.start(line.toArray(new String[0]));
        assertThat(node.port()).isEqualTo(port);
        return node;
    }

    private ExternalProgram nginx(int first, int second) throws IOException {
        Path configuration =
                Files.writeString(folder.resolve("nginx.conf"), """
                daemon off;
                worker_processes 1;
                error_log stderr warn;
                pid %1$s/nginx.pid;
                events {}
                http {
                    access_log off;
                    client_body_temp_path %1$s/body;
                    proxy_temp_path %1$s/proxy;
                    fastcgi_temp_path %1$s/fastcgi;
                    uwsgi_temp_path %1$s/uwsgi;
                    scgi_temp_path %1$s/scgi;
                    upstream saas {
                        server 127.0.0.1:%2$d max_fails=1 fail_timeout=1s;
                        server 127.0.0.1:%3$d max_fails=1 fail_timeout=1s;
                        keepalive 16;
                        keepalive_timeout 2s;
                    }
                    server {
                        listen 127.0.0.1:%4$d;
                        error_page 502 = @maintenance;
                        location @maintenance {
                            default_type text/plain;
                            add_header Retry-After 60 always;
                            return 503 "Down for maintenance. Please try again in a few minutes.\\n";
                        }
                        location / {
                            proxy_pass http://saas;
                            proxy_http_version 1.1;
                            proxy_set_header Connection "";
                            proxy_set_header Host $host;
                            proxy_set_header X-Forwarded-For $remote_addr;
                            proxy_set_header X-Forwarded-Proto $scheme;
                            proxy_set_header X-Request-Id $request_id;
                        }
                    }
                }
                """.formatted(folder, first, second, port));
        return ExternalProgram.start(
                "nginx",
                folder.resolve("nginx.log"),
                port,
                "-p",
                folder.toString(),
                "-c",
                configuration.toString(),
                "-e",
                "stderr");
    }

    private void call() {
        HttpClient http = HttpClient.newHttpClient();
        while (!stopped.get()) {
            send(http, request("/xmlrpc/common").POST(BodyPublishers.ofString(BODY)), "<int>");
        }
    }

    private void openPages() {
        HttpClient http = HttpClient.newHttpClient();
        while (!stopped.get()) {
            send(http, request("/web/login"), "</html>");
        }
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
    }

    private void send(HttpClient http, HttpRequest.Builder request, String expected) {
        try {
            HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
            if (response.statusCode() != 200 || !response.body().contains(expected)) {
                lost.add(response.statusCode() + " " + response.body());
            }
            answered.release();
        } catch (IOException e) {
            lost.add(e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stopped.set(true);
        }
    }

    private void awaitAnswers(int more) throws InterruptedException {
        answered.drainPermits();
        assertThat(answered.tryAcquire(more, 60, TimeUnit.SECONDS))
                .as("whether " + more + " answers arrive, lost " + lost)
                .isTrue();
    }
}
