// SPDX-License-Identifier: Apache-2.0
package dev.allotment.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreateTenant;
import dev.allotment.CustomerId;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Filter.Operator;
import dev.allotment.Parameter;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SignUp;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.Usage;
import dev.allotment.UsageMetrics;
import dev.allotment.User;
import dev.allotment.fleet.Server;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.Capability;
import dev.allotment.spi.backend.Databases;
import dev.allotment.testing.DelegatingBackend;
import dev.allotment.testing.InterruptibleBackend;
import dev.allotment.testing.MemoryBackend;
import dev.allotment.testing.ProcessKilled;
import dev.allotment.testing.SettableClock;
import dev.allotment.webhook.UsageFormat;
import dev.allotment.webhook.WebhookEndpoint;
import dev.allotment.webhook.WebhookEndpointId;
import dev.allotment.webhook.WebhookMessage;
import dev.allotment.webhook.WebhookMessageState;
import dev.allotment.webhook.WebhookTargets;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/**
 * A period of customers whose usage goes to a metering system, with lost answers, repeated messages, outages, killed
 * nodes, late readings, and clocks that go back and ahead. In the end, both sides have what they must have, for each
 * customer and day. The catalog is a real one, on H2; the databases of tenants are not. Always the same run, of
 * a size that {@code -Dallotment.simulated.days} and {@code -Dallotment.simulated.customers} change.
 */
@Tag("slow")
final class UsageSimulationTest {
    private static final int DAYS = KillContract.number("allotment.simulated.days", 60);
    private static final int CUSTOMERS = KillContract.number("allotment.simulated.customers", 10);
    private static final Instant START = Instant.parse("2026-01-01T12:00:00Z");
    private static final long MEGABYTE = 1024 * 1024;
    private static final Duration TO_THE_NIGHT = Duration.ofHours(16);
    private static final Duration TO_NOON = Duration.ofHours(8);

    /** The bytes of each database, which make no difference to megabytes that are rounded up. */
    private static final long SMALL = 1000;

    /** How many steps for each customer a node makes at most before it is killed. */
    private static final int KILL_POINTS = 40;

    /** The clocks are right in the last days, so that each day that was closed has ended. */
    private static final int LAST_DAYS = 5;

    /** Longer than the first retries wait. A message fails no more often. */
    private static final Duration RETRY = Duration.ofMinutes(40);

    private static final int PAGE = 1000;

    /** A strong reference, so that its level stays set. Otherwise the killed nodes would fill the log. */
    private static final Logger LOG = Logger.getLogger("dev.allotment");

    static {
        LOG.setLevel(Level.OFF);
    }

    private static final String ATTRIBUTE = "meter";

    private final Random random = new Random(20_261_130);
    private final SettableClock clock = SettableClock.at(START);
    private final AtomicLong nanos = new AtomicLong();
    private final ExpectedUsage expected = new ExpectedUsage();
    private final Map<String, TenantId> tenants = new LinkedHashMap<>();
    private final Map<CustomerId, String> customers = new HashMap<>();
    private final MeteringSystem receiver = new MeteringSystem(new Random(20_261_201));
    private H2Catalog backend;
    private Saas saas;
    private Plan plan;
    private int kills;
    private int outages;
    private int back;
    private int ahead;

    UsageSimulationTest() throws IOException {}

    /**
     * A catalog on H2 in memory, with the databases of tenants in the memory backend. Nodes are killed by an exception,
     * and no catalog is opened again, so files would show nothing more, and take half of the time.
     */
    private static final class H2Catalog extends DelegatingBackend {
        private final MemoryBackend databases = MemoryBackend.create();

        H2Catalog() {
            super(WatchedBackend.found("h2", Map.of("memory", "true")));
        }

        @Override
        public String dialect() {
            return databases.dialect();
        }

        @Override
        public Databases databases(Server server) {
            return databases.databases(server);
        }

        @Override
        public Set<Capability> capabilities() {
            return databases.capabilities();
        }
    }

    @BeforeEach
    void open() {
        backend = new H2Catalog();
        saas = node(backend, "node");
        saas.parameters().set(Parameter.RETENTION_DAYS, "0");
        plan = saas.plans()
                .create(Plan.builder("Basic").dbNameTemplate("%i.example.com").build());
    }

    private Saas node(Backend over, String name) {
        return Saas.builder()
                .backend(over)
                .administrator("admin", "admin")
                .passwordIterations(1)
                .secretKey("a secret key for tests")
                .clock(clock)
                .ticker(nanos::get)
                .webhookTargets(
                        WebhookTargets.publicAddresses().network("127.0.0.0/8").plainHttp())
                .node(name)
                .open();
    }

    @AfterEach
    void close() {
        saas.close();
        backend.close();
        receiver.close();
    }

    @Test
    void bothSidesHaveEqualTotals(TestReporter reporter) {
        run();
        WebhookEndpointId feed = feed();
        for (int day = 0; day < DAYS; day++) {
            noon(day);
            wait(TO_THE_NIGHT);
            night();
            wait(TO_NOON);
        }
        settle(feed);
        reporter.publishEntry(Map.of(
                "days", Integer.toString(DAYS),
                "customers", Integer.toString(tenants.size()),
                "messages", Integer.toString(receiver.messages()),
                "repeated", Integer.toString(receiver.repeated()),
                "refused", Integer.toString(receiver.refused()),
                "answers lost", Integer.toString(receiver.lost()),
                "nodes killed", Integer.toString(kills),
                "outages", Integer.toString(outages),
                "clocks back", Integer.toString(back),
                "clocks ahead", Integer.toString(ahead)));
        Map<String, Map<LocalDate, Long>> must = expected.days(clock.instant());
        assertThat(totals(receiver.days())).isEqualTo(totals(must));
        assertThat(receiver.days()).as("at the receiver").isEqualTo(must);
        assertThat(closed()).as("in the catalog").isEqualTo(must);
        assertThat(List.of(kills, outages, back, ahead, receiver.refused(), receiver.lost(), receiver.repeated()))
                .allMatch(each -> each > 0);

        int messages = receiver.messages();
        int repeated = receiver.repeated();
        WebhookEndpointId again = feed();
        saas.webhooks().recover(again, START);
        settle(again);
        assertThat(receiver.repeated() - repeated).as("sent again").isGreaterThanOrEqualTo(messages);
        assertThat(receiver.days()).as("after all was sent again").isEqualTo(expected.days(clock.instant()));
    }

    private WebhookEndpointId feed() {
        return saas.webhooks()
                .create(WebhookEndpoint.builder(receiver.url())
                        .usageFormat(UsageFormat.LAGO)
                        .usageMetric(UsageMetrics.STORAGE_MB)
                        .usageSubject(ATTRIBUTE)
                        .build())
                .endpoint()
                .id();
    }

    private void wait(Duration duration) {
        clock.advance(duration);
        nanos.addAndGet(duration.toNanos());
    }

    /** At noon, the control plane is up, and everything that is due is done. Then customers store something else. */
    private void noon(int day) {
        if (day > 0 && random.nextInt(15) == 0) {
            outages++;
            wait(Duration.ofDays(1 + random.nextInt(3)));
        }
        if (random.nextInt(5) == 0) {
            killedNode();
        }
        run();
        boolean right = day > DAYS - LAST_DAYS;
        if (!right && random.nextInt(10) == 0) {
            goBack();
        }
        live(day);
        if (!right && random.nextInt(10) == 0) {
            goAhead();
        }
    }

    private void night() {
        int luck = random.nextInt(5);
        if (luck == 0) {
            killedNode();
        } else if (luck > 1) {
            run();
        }
    }

    /** Until nothing is due. */
    private void run() {
        boolean more = true;
        for (int i = 0; more; i++) {
            assertThat(i).as("runs of the maintenance").isLessThan(1000);
            more = saas.maintenance().run() > 0;
        }
        expected.settled(clock.instant());
    }

    private void killedNode() {
        InterruptibleBackend process = InterruptibleBackend.over(backend);
        Saas node = node(process, "killed");
        process.killAfter(random.nextInt(KILL_POINTS * CUSTOMERS));
        try {
            node.maintenance().run();
        } catch (ProcessKilled expectedDeath) {
            // The other node does the rest.
        }
        kills += process.killed() ? 1 : 0;
    }

    /** A day that is closed gets a late reading. All other tenants are read, too, since the clock was ahead. */
    private void goBack() {
        Instant now = clock.instant();
        Instant then = now.minus(Duration.ofDays(1 + random.nextInt(2)));
        List<String> customersThen = expected.inUse(then);
        if (customersThen.isEmpty()) {
            return;
        }
        back++;
        clock.set(then);
        String late = customersThen.get(random.nextInt(customersThen.size()));
        long stored = expected.stored(late);
        store(late, 1 + random.nextInt(500));
        run();
        clock.set(now);
        store(late, stored);
    }

    /** Days are closed that have not ended. */
    private void goAhead() {
        Instant now = clock.instant();
        ahead++;
        clock.set(now.plus(Duration.ofDays(1 + random.nextInt(3))));
        run();
        clock.set(now);
    }

    /** Customers come, change what they store, and a few of them go. */
    private void live(int day) {
        int wanted = CUSTOMERS + day * CUSTOMERS / DAYS / 10;
        while (tenants.size() < wanted) {
            create("customer-" + tenants.size());
        }
        for (String each : expected.inUse(clock.instant())) {
            if (random.nextInt(3) == 0) {
                store(each, 1 + random.nextInt(500));
            }
            if (day > DAYS / 2 && random.nextInt(CUSTOMERS * 10) == 0) {
                saas.tenants().delete(Objects.requireNonNull(tenants.get(each)));
                expected.deleted(each, clock.instant());
            }
        }
    }

    private void create(String name) {
        User owner = saas.accounts()
                .signUp(SignUp.builder(name + "@example.com", name, "A password of a customer")
                        .build());
        CustomerId customer = Objects.requireNonNull(owner.customerId());
        saas.customers()
                .update(
                        customer,
                        each -> each.toBuilder().attribute(ATTRIBUTE, name).build());
        Tenant tenant = saas.tenants()
                .create(CreateTenant.onPlan(plan)
                        .owner(owner)
                        .name(name + ".example.com")
                        .build())
                .tenant();
        backend.databases.setSize(tenant.name(), SMALL);
        saas.tenants().sync(tenant.id());
        customers.put(customer, name);
        tenants.put(name, tenant.id());
        expected.created(name, clock.instant());
        store(name, 1 + random.nextInt(500));
    }

    /** Rounded up, the files and the small database have this size. */
    private void store(String customer, long megabytes) {
        saas.tenants().reportFileStorage(Objects.requireNonNull(tenants.get(customer)), megabytes * MEGABYTE - SMALL);
        expected.stored(customer, megabytes, clock.instant());
    }

    /**
     * Until the receiver has everything. Each closed day makes messages, and some of the first attempts fail, so the
     * retries have to end before the next day is closed.
     */
    private void settle(WebhookEndpointId feed) {
        for (int i = 0; i < 2 * LAST_DAYS; i++) {
            wait(Duration.ofHours(11));
            run();
        }
        for (int i = 0; waiting(feed) > 0; i++) {
            assertThat(i).as("retries").isLessThan(20);
            wait(RETRY);
            run();
        }
    }

    private int waiting(WebhookEndpointId feed) {
        return saas.webhooks()
                .messages(
                        feed,
                        Query.where(Filter.not(Filter.equal(WebhookMessage.STATE, WebhookMessageState.DELIVERED))))
                .size();
    }

    private static Map<String, Long> totals(Map<String, Map<LocalDate, Long>> days) {
        Map<String, Long> totals = new TreeMap<>();
        days.forEach((customer, values) -> totals.put(
                customer, values.values().stream().mapToLong(Long::longValue).sum()));
        return totals;
    }

    /**
     * What the catalog has closed, by customer and day. Each day that has ended is closed, and each revision has one
     * event.
     */
    private Map<String, Map<LocalDate, Long>> closed() {
        LocalDate last = ExpectedUsage.closed(clock.instant());
        Map<String, Map<LocalDate, Long>> closed = new TreeMap<>();
        Map<Long, Integer> revisions = new HashMap<>();
        Filter<Usage> rest = Filter.all();
        List<Usage> page;
        do {
            page = saas.usage().list(Query.where(rest).orderBy(Usage.ID).page(0, PAGE));
            for (Usage each : page) {
                LocalDate day = ExpectedUsage.day(each.day());
                assertThat(each.revision() > 0).as(each.toString()).isEqualTo(!day.isAfter(last));
                if (each.revision() > 0) {
                    revisions.put(each.id(), each.revision());
                    String customer = Objects.requireNonNull(customers.get(each.customerId()));
                    Long before = closed.computeIfAbsent(customer, any -> new HashMap<>())
                            .put(
                                    day,
                                    Long.valueOf(
                                            Objects.requireNonNull(each.closed().get("storage_mb"))));
                    assertThat(before).as(each.toString()).isNull();
                }
            }
            if (!page.isEmpty()) {
                rest = Filter.compare(
                        Usage.ID, Operator.GREATER, page.get(page.size() - 1).id());
            }
        } while (page.size() == PAGE);
        assertThat(revisions).containsValue(2);
        assertThat(events()).isEqualTo(revisions);
        return closed;
    }

    /** How many events about a closed day there are for each record. Each one has its own revision. */
    private Map<Long, Integer> events() {
        Map<Long, Integer> events = new HashMap<>();
        Set<String> seen = new HashSet<>();
        Filter<Event> closings = Filter.equal(Event.TYPE, EventType.USAGE_CLOSED);
        Filter<Event> rest = closings;
        List<Event> page;
        do {
            page = saas.events().list(Query.where(rest).orderBy(Event.ID).page(0, PAGE));
            for (Event each : page) {
                String usage = Objects.requireNonNull(each.details().get("usage"));
                assertThat(seen.add(usage + "/" + each.details().get("revision")))
                        .as(each.toString())
                        .isTrue();
                events.merge(Long.valueOf(usage), 1, Integer::sum);
            }
            if (!page.isEmpty()) {
                rest = Filter.and(
                        closings,
                        Filter.compare(
                                Event.ID,
                                Operator.GREATER,
                                page.get(page.size() - 1).id()));
            }
        } while (page.size() == PAGE);
        return events;
    }
}
