// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationKind;
import dev.allotment.Query;
import dev.allotment.Role;
import dev.allotment.SignUp;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.access.ApiKeyScope;
import dev.allotment.server.RestCalls.Answer;
import dev.allotment.server.command.CommandLineArguments;
import dev.allotment.spi.backend.Backend;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The progress of operations as server-sent events, over real HTTP. */
@Timeout(120)
class RestProgressTest {
    private static final int MOST_FOR_ONE_ACCOUNT = 8;

    private RunningServer server;
    private StuckNode other;
    private RestCalls admin;
    private String events;

    /** Another node works on an operation, and waits in the middle of it. */
    @BeforeEach
    void start() throws Exception {
        List<String> line = List.of(
                "demo",
                "--demo-customers",
                "false",
                "--port",
                "0",
                "--password-rounds",
                "1000",
                "--node",
                "test",
                "--data",
                "memory");
        AtomicReference<Backend> opened = new AtomicReference<>();
        server = SaasServer.start(
                Map.of(),
                CommandLineArguments.parse("test", line.toArray(new String[0])),
                each -> {
                    opened.set(each);
                    return each;
                },
                Clock.systemUTC());
        admin = RestCalls.as(server, new UserId(2), ApiKeyScope.EVERYTHING);
        other = new StuckNode(opened.get(), 1);
        other.duplicate(other.tenant("source"), "copy");
        other.awaitStuck();
        Operation operation = other.operator
                .operations()
                .list(Query.where(Filter.equal(Operation.KIND, OperationKind.DUPLICATE_TENANT)))
                .get(0);
        events = "/operations/" + operation.id() + "/events";
    }

    @AfterEach
    void stop() throws Exception {
        other.close();
        server.close();
    }

    private static String next(Iterator<String> lines, String start) {
        String line = lines.next();
        while (!line.startsWith(start)) {
            line = lines.next();
        }
        return line.substring(start.length());
    }

    @Test
    void progressIsSentUntilTheEnd() throws Exception {
        HttpResponse<Stream<String>> stream = admin.follow(events);
        assertThat(stream.statusCode()).isEqualTo(200);
        assertThat(stream.headers().firstValue("content-type").orElse("")).startsWith("text/event-stream");
        Iterator<String> lines = stream.body().iterator();
        String id = next(lines, "id: ");
        assertThat(next(lines, "data: ")).contains("\"state\":\"running\"", "\"errorCode\":null");

        Iterator<String> again =
                admin.follow(events, "Last-Event-ID", id).body().iterator();
        assertThat(next(again, ":")).as("a heartbeat, and not the same event").isEmpty();
        other.goOn();

        assertThat(next(again, "data: ")).doesNotContain(id);
        List<String> rest = new ArrayList<>();
        lines.forEachRemaining(rest::add);
        List<String> data =
                rest.stream().filter(each -> each.startsWith("data: ")).toList();
        assertThat(data.get(data.size() - 1)).contains("\"state\":\"done\"", "\"percent\":100");
        assertThat(data).doesNotHaveDuplicates();

        Answer ended = admin.get(events);
        assertThat(ended.body()).contains(data.get(data.size() - 1));
        String last = ended.body().split("\n", 2)[0].substring("id: ".length());
        assertThat(admin.get(events, "Last-Event-ID", last).status()).isEqualTo(204);
        assertThat(admin.get("/operations/999999/events").problem()).isEqualTo("404 record.missing");
    }

    @Test
    void anAccountHasALimitedNumberOfStreamsAndGetsBackThoseOfClientsThatLeave() throws Exception {
        RestCalls otherKey = RestCalls.as(server, new UserId(2), ApiKeyScope.READ_ONLY);
        User operator = server.saas()
                .accounts()
                .create(
                        SignUp.builder("operator@example.com", "Otto Operator", "a long password")
                                .build(),
                        Role.ADMINISTRATOR);
        RestCalls otherAccount = RestCalls.as(server, operator.id(), ApiKeyScope.EVERYTHING);
        List<HttpResponse<Stream<String>>> streams = new ArrayList<>();
        for (int i = 0; i < MOST_FOR_ONE_ACCOUNT; i++) {
            streams.add(admin.follow(events));
        }
        assertThat(streams).allMatch(each -> each.statusCode() == 200);
        Answer refused = admin.get(events);
        assertThat(refused.problem()).isEqualTo("429 request.refused");
        assertThat(refused.header("retry-after")).isEqualTo("2");
        assertThat(refused.header("content-type")).isEqualTo("application/problem+json");
        assertThat(otherKey.get(events).problem()).isEqualTo("429 request.refused");
        try (Stream<String> another = otherAccount.follow(events).body()) {
            assertThat(next(another.iterator(), "data: ")).contains("running");
        }

        streams.forEach(each -> each.body().close());
        int status = 429;
        while (status == 429) {
            HttpResponse<Stream<String>> stream = admin.follow(events);
            status = stream.statusCode();
            stream.body().close();
        }
        assertThat(status).isEqualTo(200);
    }

    @Test
    void aServerThatStopsEndsItsStreams() throws Exception {
        Iterator<String> lines = admin.follow(events).body().iterator();
        assertThat(next(lines, "data: ")).contains("running");

        CompletableFuture<Void> stopping = CompletableFuture.runAsync(server::close);

        List<String> rest = new ArrayList<>();
        lines.forEachRemaining(rest::add);
        assertThat(rest).noneMatch(each -> each.startsWith("data: "));
        stopping.get(1, TimeUnit.MINUTES);
    }
}
