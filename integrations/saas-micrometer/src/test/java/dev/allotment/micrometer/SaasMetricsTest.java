// SPDX-License-Identifier: Apache-2.0
package dev.allotment.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreateTenant;
import dev.allotment.Saas;
import dev.allotment.spi.backend.Catalog;
import dev.allotment.spi.backend.PoolUse;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.testing.DelegatingBackend;
import dev.allotment.testing.DelegatingCatalog;
import dev.allotment.testing.MemoryBackend;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** When the catalog is read. */
class SaasMetricsTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private final AtomicLong nanos = new AtomicLong();
    private final MeterRegistry registry = new SimpleMeterRegistry();

    /** Its catalog counts transactions, and does not answer those of the metrics until a test lets it. */
    private static final class Hanging extends DelegatingBackend {
        private final AtomicInteger calls = new AtomicInteger();
        private volatile CountDownLatch answering = new CountDownLatch(1);

        Hanging() {
            super(MemoryBackend.create());
        }

        @Override
        public List<PoolUse> pools() {
            return List.of(new PoolUse("catalog", 2, 1, 3, 4));
        }

        @Override
        public Catalog catalog() {
            Catalog catalog = super.catalog();
            return new DelegatingCatalog(catalog) {
                @Override
                public <T extends @Nullable Object> T transact(Function<? super Transaction, ? extends T> work) {
                    if (Thread.currentThread().getName().equals("allotment-metrics")) {
                        calls.incrementAndGet();
                        await(answering);
                    }
                    return catalog.transact(work);
                }
            };
        }

        private static void await(CountDownLatch latch) {
            try {
                assertThat(latch.await(TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** Reads a meter as a registry does. */
    private double claims() {
        return registry.get("allotment.spares.claims")
                .tag("result", "miss")
                .functionCounter()
                .count();
    }

    private double connections(String use) {
        return registry.get("allotment.connections." + use)
                .tag("pool", "catalog")
                .gauge()
                .value();
    }

    private double tenants(String state) {
        Gauge gauge = registry.find("allotment.tenants").tag("state", state).gauge();
        return gauge == null ? -1 : gauge.value();
    }

    @Test
    void readersNeverWaitForTheCatalogAndShareOneReading() {
        Hanging backend = new Hanging();
        try (Saas saas =
                        Saas.builder().backend(backend).passwordIterations(1000).open();
                SaasMetrics metrics = new SaasMetrics(saas, Clock.systemUTC(), nanos::get)) {
            metrics.bindTo(registry);
            saas.tenants()
                    .create(CreateTenant.outsidePlans("shop", new CreateTenant.Administrator("boss", "secret"))
                            .build());

            for (int i = 0; i < 100; i++) {
                assertThat(claims()).isZero();
            }
            assertThat(tenants("open")).isEqualTo(-1);
            metrics.refresh();
            assertThat(tenants("open")).as("the catalog hangs").isEqualTo(-1);
            assertThat(connections("waiting")).as("what needs no catalog").isEqualTo(3);
            assertThat(connections("busy") + connections("idle") + connections("max"))
                    .isEqualTo(7);
            assertThat(backend.calls).as("one reading has started").hasValue(1);
            nanos.addAndGet(TimeUnit.SECONDS.toNanos(11));
            assertThat(claims()).isZero();
            assertThat(up()).as("the catalog has not answered for long").isZero();

            backend.answering.countDown();
            metrics.refresh();
            assertThat(tenants("open")).isEqualTo(1);
            assertThat(tenants("retained")).isZero();
            int calls = backend.calls.get();
            for (int i = 0; i < 100; i++) {
                assertThat(claims()).isZero();
            }
            metrics.refresh();
            assertThat(backend.calls).as("those readers have caused no reading").hasValueLessThan(calls + calls);
            nanos.addAndGet(TimeUnit.MINUTES.toNanos(1));
            assertThat(claims()).isZero();
            assertThat(up())
                    .as("what was read a minute ago stays until it is read again")
                    .isEqualTo(1);
        }
        backend.close();
    }

    @Test
    void oldNumbersAreNotShownAsIfTheCatalogAnswered() {
        Hanging backend = new Hanging();
        backend.answering.countDown();
        try (Saas saas =
                        Saas.builder().backend(backend).passwordIterations(1000).open();
                SaasMetrics metrics = new SaasMetrics(saas, Clock.systemUTC(), nanos::get)) {
            metrics.bindTo(registry);
            metrics.refresh();
            assertThat(up()).isEqualTo(1);

            backend.answering = new CountDownLatch(1);
            nanos.addAndGet(TimeUnit.SECONDS.toNanos(9));
            metrics.refresh();
            assertThat(up()).as("what was read shortly before").isEqualTo(1);
            nanos.addAndGet(TimeUnit.SECONDS.toNanos(2));
            metrics.refresh();
            assertThat(up())
                    .as("what was read before the catalog stopped to answer")
                    .isZero();
            assertThat(tenants("open")).isEqualTo(-1);

            backend.answering.countDown();
            metrics.refresh();
            assertThat(up()).isEqualTo(1);
        }
        backend.close();
    }

    @Test
    void aServerIsDownIfTheCatalogOnItDoesNotAnswer() {
        SaasMetrics metrics;
        try (Saas saas = Saas.builder().backend("memory", Map.of()).open()) {
            metrics = new SaasMetrics(saas);
            metrics.bindTo(registry);
            metrics.refresh();
            assertThat(up()).isEqualTo(1);
            assertThat(registry.find("allotment.server.databases").gauges()).isNotEmpty();
        }
        metrics.refresh();
        assertThat(up()).isZero();
        assertThat(registry.find("allotment.operations").gauges()).isEmpty();
        assertThat(registry.find("allotment.tenants").gauges()).isEmpty();
        assertThat(registry.find("allotment.server.databases").gauges()).isEmpty();
        metrics.close();
        metrics.refresh();
        assertThat(claims()).as("after the close").isZero();
        assertThat(registry.find("allotment.server.up").gauges())
                .as("a server that is not watched is not down")
                .isEmpty();
    }

    @Test
    void anyMeterOfTheCatalogIsEnoughToReadItAgain() {
        registry.config().meterFilter(MeterFilter.denyUnless(id -> id.getName().equals("allotment.server.up")));
        Saas saas = Saas.builder().backend("memory", Map.of()).open();
        try (SaasMetrics metrics = new SaasMetrics(saas, Clock.systemUTC(), nanos::get)) {
            metrics.bindTo(registry);
            awaitUp(1);
            saas.close();
            assertThat(up()).as("what was read is current").isEqualTo(1);
            nanos.addAndGet(TimeUnit.SECONDS.toNanos(6));
            awaitUp(0);
        }
    }

    private void awaitUp(double wanted) {
        long start = System.nanoTime();
        while (!registry.find("allotment.server.up").gauges().stream().anyMatch(each -> each.value() == wanted)) {
            assertThat(System.nanoTime() - start).isLessThan(TIMEOUT.toNanos());
            Thread.onSpinWait();
        }
    }

    private double up() {
        return registry.get("allotment.server.up")
                .tag("server", "default")
                .gauge()
                .value();
    }
}
