// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Tenant;
import dev.allotment.UserId;
import dev.allotment.access.ApiKeyScope;
import dev.allotment.server.RestCalls.Answer;
import dev.allotment.server.command.CommandLineArguments;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.RecordTypes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What callers of the REST API see of work that others do at the same time. */
class RestConcurrencyTest {
    private RunningServer server;
    private Backend backend;
    private RestCalls admin;

    private void start(Clock clock) throws Exception {
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
                clock);
        backend = opened.get();
        admin = RestCalls.as(server, new UserId(2), ApiKeyScope.EVERYTHING);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(1, TimeUnit.MINUTES)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static Event event(String actor, Instant at) {
        return new Event(0, UUID.randomUUID(), at, EventType.SIGNED_UP, actor, null, null, null, Map.of());
    }

    /** Stores an event, and keeps its transaction open until it is finished or fails. */
    private CompletableFuture<Void> store(String actor, CountDownLatch stored, CountDownLatch goOn) {
        return CompletableFuture.runAsync(() -> backend.catalog().transact(tx -> {
            tx.records(RecordTypes.EVENTS).insert(event(actor, Instant.now()));
            stored.countDown();
            await(goOn);
            return null;
        }));
    }

    private static List<Object> actors(Answer page) {
        return page.items().stream()
                .filter(each -> "signed_up".equals(each.get("type")))
                .map(each -> each.get("actor"))
                .toList();
    }

    @Test
    void anEventThatIsCommittedAfterOneWithAGreaterIdIsNotSkipped() throws Exception {
        start(Clock.systemUTC());
        CountDownLatch stored = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        CompletableFuture<Void> slow = store("slow", stored, goOn);
        await(stored);
        Event quick =
                backend.catalog().transact(tx -> tx.records(RecordTypes.EVENTS).insert(event("quick", Instant.now())));

        Answer before = admin.get("/events?limit=200");
        assertThat(actors(before)).containsExactly("quick");
        goOn.countDown();
        slow.get(1, TimeUnit.MINUTES);
        Answer after = admin.get("/events?limit=200&after=" + before.json().get("next"));

        assertThat(actors(after)).containsExactly("slow");
        Answer filtered = admin.get(
                "/events?type=signed_up&actor=quick&after=" + before.json().get("next"));
        assertThat(actors(filtered)).isEmpty();
        assertThat(actors(admin.get("/events?after=" + after.json().get("next"))))
                .isEmpty();
        assertThat(actors(admin.get("/events?limit=200"))).containsExactly("slow", "quick");
        assertThat(actors(admin.get("/events?after=" + quick.id()))).isEmpty();
    }

    @Test
    void anEventAfterOneThatWasRolledBackIsNotLate() throws Exception {
        start(Clock.systemUTC());
        CountDownLatch stored = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        CompletableFuture<Void> failing =
                CompletableFuture.runAsync(() -> backend.catalog().transact(tx -> {
                    tx.records(RecordTypes.EVENTS).insert(event("given up", Instant.now()));
                    stored.countDown();
                    await(goOn);
                    throw new IllegalStateException("given up");
                }));
        await(stored);
        backend.catalog().transact(tx -> tx.records(RecordTypes.EVENTS).insert(event("next", Instant.now())));
        goOn.countDown();

        assertThat(failing).failsWithin(Duration.ofMinutes(1));
        Answer page = admin.get("/events?limit=200");
        assertThat(actors(page)).containsExactly("next");
        assertThat(actors(admin.get("/events?after=" + page.json().get("next"))))
                .isEmpty();
    }

    /** Another node works on the same catalog, and does not get on. */
    @Test
    void aBusyTenantAndAnUnknownOutcomeAreRetryable() throws Exception {
        start(Clock.systemUTC());
        StuckNode other = new StuckNode(backend, 2);
        Tenant source = other.tenant("source");
        Tenant busy = other.tenant("busy");
        other.duplicate(source, "order-18");
        other.configure(busy);
        try {
            other.awaitStuck();

            Answer locked = admin.post("/tenants/" + busy.id() + "/rename", "{\"name\": \"renamed\"}");
            assertThat(locked.problem()).as(locked.body()).isEqualTo("409 tenant.busy");
            assertThat(locked.json()).containsEntry("retryable", true);
            assertThat(locked.header("retry-after")).isEqualTo("1");
            Answer repeated = admin.post(
                    "/tenants/" + source.id() + "/duplicate", "{\"name\": \"copy\"}", "Idempotency-Key", "order-18");
            assertThat(repeated.status()).as(repeated.body()).isEqualTo(202);
            assertThat(repeated.json())
                    .containsEntry("kind", "duplicate_tenant")
                    .containsEntry("state", "running");
        } finally {
            other.finish();
        }
    }
}
