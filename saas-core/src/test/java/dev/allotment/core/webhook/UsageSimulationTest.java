// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import dev.allotment.CreateTenant;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.Usage;
import dev.allotment.UsageMetrics;
import dev.allotment.testing.InterruptibleBackend;
import dev.allotment.testing.ProcessKilled;
import dev.allotment.webhook.UsageFormat;
import dev.allotment.webhook.WebhookEndpoint;
import dev.allotment.webhook.WebhookEndpointId;
import dev.allotment.webhook.WebhookMessage;
import dev.allotment.webhook.WebhookMessageState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A period of tenants whose usage goes to a metering system, with lost answers, repeated messages, outages, kills, late
 * readings and clocks that jump. In the end, both sides have equal totals. Always the same run, of a size that {@code
 * -Dallotment.simulated.days} and {@code -Dallotment.simulated.tenants} change.
 */
final class UsageSimulationTest {
    private static final int DAYS = Integer.getInteger("allotment.simulated.days", 60);
    private static final int TENANTS = Integer.getInteger("allotment.simulated.tenants", 10);
    private static final long MEGABYTE = 1024 * 1024;
    private static final int MOST_KILL_POINTS = 400;
    private static final Pattern SENT = Pattern.compile(
            "\\{\"event\":\\{\"transaction_id\":\"([^\"]+)\",\"external_subscription_id\":\"([^\"]+)\".*"
                    + "\"delta\":(-?\\d+).*");

    private final Random random = new Random(20_261_130);
    private final WebhookFixture hooks;
    private final Ledger ledger = new Ledger();
    private final List<Tenant> tenants = new ArrayList<>();
    private final Plan plan;
    private int kills;
    private int jumps;

    UsageSimulationTest() throws IOException {
        hooks = new WebhookFixture();
        hooks.receiver.answer = ledger;
        plan = hooks.saas.plans().get(hooks.tenant.planId());
    }

    @AfterEach
    void close() {
        hooks.close();
    }

    /** What a metering system has: it adds up, and knows each message by its id. */
    private final class Ledger implements Receiver.Answer {
        private final Set<String> ids = new HashSet<>();
        private final Map<String, Long> totals = new TreeMap<>();
        private boolean reliable;
        private int lost;
        private int repeated;

        @Override
        public void to(HttpExchange exchange) throws IOException {
            Receiver.Request request = hooks.receiver.requests.remove(hooks.receiver.requests.size() - 1);
            Matcher sent = SENT.matcher(request.body());
            int luck = reliable ? 100 : random.nextInt(100);
            if (luck < 8 || !sent.matches()) {
                exchange.sendResponseHeaders(503, -1);
                return;
            }
            boolean added = ids.add(sent.group(1));
            if (added) {
                totals.merge(sent.group(2), Long.valueOf(sent.group(3)), Long::sum);
            } else {
                repeated++;
            }
            if (luck < 16) {
                // The answer is lost: the connection ends without one.
                lost++;
                return;
            }
            byte[] body = "{\"error_details\":{\"transaction_id\":[\"value_already_exist\"]}}"
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(added ? 200 : 422, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    @Test
    void bothSidesHaveEqualTotals() {
        Instant start = Instant.parse("2026-01-01T12:00:00Z");
        hooks.fixture.clock.set(start);
        hooks.saas.maintenance().run();
        WebhookEndpointId feed = feed();
        for (int day = 0; day < DAYS; day++) {
            live(day);
            for (int round = 0; round < 3; round++) {
                hooks.fixture.clock.advance(Duration.ofHours(8));
                round();
            }
        }
        settle(feed);
        assertEqualTotals();
        assertNoGap();
        assertThat(kills).as("nodes that were killed").isPositive();
        assertThat(jumps).as("clocks that jumped").isPositive();
        assertThat(ledger.lost).as("lost answers").isPositive();
        assertThat(ledger.repeated).as("messages that came again").isPositive();

        Map<String, Long> before = Map.copyOf(ledger.totals);
        int repeated = ledger.repeated;
        WebhookEndpointId again = feed();
        hooks.webhooks.recover(again, start);
        hooks.send();
        assertThat(hooks.messages(again)).hasSize(ledger.ids.size());
        assertThat(ledger.repeated - repeated).isEqualTo(ledger.ids.size());
        assertThat(ledger.totals).as("after everything was sent again").isEqualTo(before);
    }

    private WebhookEndpointId feed() {
        return hooks.webhooks
                .create(WebhookEndpoint.builder(hooks.receiver.url())
                        .usageFormat(UsageFormat.LAGO)
                        .usageMetric(UsageMetrics.STORAGE_MB)
                        .build())
                .endpoint()
                .id();
    }

    /** Tenants come, change what they store, and a few of them go. */
    private void live(int day) {
        int wanted = Math.min(TENANTS, 1 + day * TENANTS / Math.max(1, DAYS / 2));
        while (tenants.size() < wanted) {
            tenants.add(hooks.saas
                    .tenants()
                    .create(CreateTenant.onPlan(plan)
                            .owner(hooks.owner)
                            .name("tenant-" + tenants.size() + ".example.com")
                            .build())
                    .tenant());
        }
        for (Tenant each : tenants) {
            boolean open = hooks.saas.tenants().get(each.id()).state().live();
            if (open && random.nextInt(3) == 0) {
                report(each);
            }
            if (open && day > DAYS / 2 && random.nextInt(TENANTS * 10) == 0) {
                hooks.saas.tenants().delete(each.id());
            }
        }
    }

    private void report(Tenant tenant) {
        hooks.saas.tenants().reportFileStorage(tenant.id(), random.nextInt(500) * MEGABYTE);
    }

    private void round() {
        int luck = random.nextInt(20);
        if (luck < 4) {
            // The control plane is down.
            return;
        }
        if (luck == 4 && !tenants.isEmpty()) {
            lateReading();
        }
        if (luck < 8) {
            killedNode();
        } else {
            hooks.saas.maintenance().run();
        }
    }

    /** The clock goes back over one or two days that may be closed, and a tenant is read there. */
    private void lateReading() {
        Instant now = hooks.fixture.clock.instant();
        hooks.fixture.clock.set(now.minus(Duration.ofDays(1 + random.nextInt(2))));
        Tenant late = tenants.get(random.nextInt(tenants.size()));
        if (hooks.saas.tenants().get(late.id()).state().live()) {
            report(late);
        }
        hooks.saas.maintenance().run();
        hooks.fixture.clock.set(now);
        jumps++;
    }

    private void killedNode() {
        InterruptibleBackend process = InterruptibleBackend.over(hooks.fixture.storage);
        Saas node = hooks.open(process, "node-k");
        process.killAfter(random.nextInt(MOST_KILL_POINTS));
        try {
            node.maintenance().run();
        } catch (ProcessKilled expected) {
            // Another node does the rest.
        }
        kills += process.killed() ? 1 : 0;
    }

    /** Until the receiver has all of it. */
    private void settle(WebhookEndpointId feed) {
        ledger.reliable = true;
        boolean settled = false;
        for (int i = 0; i < 10 && !settled; i++) {
            hooks.fixture.clock.advance(Duration.ofHours(11));
            hooks.saas.maintenance().run();
            hooks.saas.maintenance().run();
            List<WebhookMessageState> states =
                    hooks.messages(feed).stream().map(WebhookMessage::state).toList();
            settled = !states.isEmpty() && Set.of(WebhookMessageState.DELIVERED).containsAll(states);
        }
        assertThat(settled).isTrue();
    }

    private void assertEqualTotals() {
        Map<TenantId, String> uuids = hooks.saas.tenants().list(Query.all()).stream()
                .collect(Collectors.toMap(Tenant::id, each -> each.uuid().toString()));
        Map<String, Long> catalog = new TreeMap<>();
        for (Usage each : hooks.saas.usage().list(Query.all())) {
            if (each.revision() > 0) {
                assertThat(each.closed())
                        .containsEntry(
                                UsageMetrics.STORAGE_MB,
                                UsageMetrics.of(each)
                                        .get(UsageMetrics.STORAGE_MB)
                                        .toString());
                catalog.merge(
                        uuids.get(each.tenantId()), UsageMetrics.of(each).get(UsageMetrics.STORAGE_MB), Long::sum);
            }
        }
        assertThat(catalog.values().stream().mapToLong(Long::longValue).sum()).isPositive();
        assertThat(ledger.totals).isEqualTo(catalog);
    }

    /** Each tenant has a row for each day on which it existed, and each revision has one event. */
    private void assertNoGap() {
        LocalDate today = LocalDate.ofInstant(hooks.fixture.clock.instant(), ZoneOffset.UTC);
        Map<TenantId, Set<LocalDate>> days = new HashMap<>();
        Map<String, Integer> revisions = new HashMap<>();
        for (Usage each : hooks.saas.usage().list(Query.all())) {
            LocalDate day = LocalDate.ofInstant(each.day(), ZoneOffset.UTC);
            days.computeIfAbsent(each.tenantId(), any -> new HashSet<>()).add(day);
            revisions.put(each.tenantId() + " " + day, each.revision());
        }
        for (Tenant each : tenants) {
            Tenant tenant = hooks.saas.tenants().get(each.id());
            LocalDate last = tenant.deletedAt() == null
                    ? today.minusDays(1)
                    : LocalDate.ofInstant(tenant.deletedAt(), ZoneOffset.UTC);
            LocalDate first = LocalDate.ofInstant(tenant.createdAt(), ZoneOffset.UTC);
            assertThat(days.get(each.id()))
                    .as(tenant.toString())
                    .containsAll(first.datesUntil(last.plusDays(1)).toList());
        }
        Map<String, Integer> events = new HashMap<>();
        Set<String> seen = new HashSet<>();
        for (Event each : hooks.saas.events().list(Query.where(Filter.equal(Event.TYPE, EventType.USAGE_CLOSED)))) {
            String day = each.tenantId() + " " + each.details().get("day");
            assertThat(seen.add(day + " " + each.details().get("revision"))).isTrue();
            events.merge(day, 1, Integer::sum);
        }
        revisions.values().removeIf(each -> each == 0);
        assertThat(events).isEqualTo(revisions);
        assertThat(revisions).as("days that were closed again").containsValue(2);
    }
}
