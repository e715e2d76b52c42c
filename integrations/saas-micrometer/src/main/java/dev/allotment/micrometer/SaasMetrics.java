// SPDX-License-Identifier: Apache-2.0
package dev.allotment.micrometer;

import dev.allotment.Saas;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The metrics of a control plane: database servers, tenants, spares, operations, events, the maintenance, sign-ins,
 * connections. All names start with {@code allotment.}; docs/monitoring.md lists them as Prometheus shows them.
 *
 * <p>Reading a meter never waits for the catalog. If the numbers of the catalog are older than five seconds, it makes a
 * thread read them again, once for all meters, and the next reader gets them. They are first read when the meters are
 * bound. While the catalog does not answer, the meter {@code allotment.server.up} of the server {@code default} is 0,
 * and the other meters of the catalog are missing.
 *
 * <p>Thread-safe. Keep a reference: a registry may have only a weak one.
 */
public final class SaasMetrics implements MeterBinder, AutoCloseable {
    private static final Logger LOG = System.getLogger(SaasMetrics.class.getName());

    /** How long {@link #refresh} waits for the catalog. Prometheus itself waits for ten seconds by default. */
    private static final long MAX_WAIT_MILLIS = 5000;

    private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** The catalog counts as unavailable if a reading takes longer, or if {@link #refresh} has only older numbers. */
    private static final long HANGING_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Saas saas;
    private final Clock clock;
    private final LongSupplier ticker;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(SaasMetrics::thread);
    private final List<ProcessMeters> processes = new CopyOnWriteArrayList<>();
    private final List<CatalogMeters> catalogs = new CopyOnWriteArrayList<>();
    private volatile CatalogReading last = CatalogReading.NONE;
    private long triggeredAt;
    private long startedAt;
    private long readAt;
    private boolean reading;

    /** A reading that waits for the thread; null: none. */
    private @Nullable CompletableFuture<Void> next;

    /**
     * Creates the metrics. Does no I/O, and starts no thread until they are bound.
     *
     * @param saas the control plane with all rights, as its builder returned it; close it after this
     */
    public SaasMetrics(Saas saas) {
        this(saas, Clock.systemUTC());
    }

    /**
     * Creates the metrics.
     *
     * @param saas the control plane with all rights, as its builder returned it; close it after this
     * @param clock the clock that the control plane was given; it shows the age of what waits
     */
    public SaasMetrics(Saas saas, Clock clock) {
        this(saas, clock, System::nanoTime);
    }

    SaasMetrics(Saas saas, Clock clock, LongSupplier ticker) {
        this.saas = saas;
        this.clock = clock;
        this.ticker = ticker;
        readAt = ticker.getAsLong();
        triggeredAt = readAt - FRESH_NANOS;
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "allotment-metrics");
        thread.setDaemon(true);
        return thread;
    }

    /**
     * Registers the meters, and makes the thread read the numbers. The meters of the catalog appear when it has read
     * them.
     */
    @Override
    public void bindTo(MeterRegistry registry) {
        processes.add(new ProcessMeters(this, registry));
        catalogs.add(new CatalogMeters(this, registry));
        // A registry may lack each meter whose reading would cause this.
        readSoon();
    }

    /**
     * Reads the numbers, and waits up to five seconds for them. If it takes longer, the reading continues, and the last
     * numbers stay if they are not older than ten seconds. For programs that answer Prometheus by themselves, and call
     * this before. Never throws.
     */
    public void refresh() {
        try {
            showProcess();
            read().get(MAX_WAIT_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            forgetIfOld();
        } catch (ExecutionException | RuntimeException e) {
            LOG.log(Level.DEBUG, "The metrics cannot be read", e);
            forget();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Makes the thread read the numbers for the next reader, unless that was tried a few seconds ago. */
    private void refreshSoon() {
        synchronized (this) {
            long now = ticker.getAsLong();
            if (now - triggeredAt < FRESH_NANOS) {
                return;
            }
            triggeredAt = now;
        }
        readSoon();
    }

    private void readSoon() {
        try {
            forgetIfHanging();
            var unused = read();
        } catch (RuntimeException e) {
            LOG.log(Level.DEBUG, "The metrics are closed", e);
            forget();
        }
    }

    /** Returns a reading that starts after this call. All callers before it starts share it. */
    private synchronized CompletableFuture<Void> read() {
        CompletableFuture<Void> waiting = next;
        if (waiting == null) {
            waiting = CompletableFuture.runAsync(this::readNow, thread);
            next = waiting;
            triggeredAt = ticker.getAsLong();
        }
        return waiting;
    }

    private void readNow() {
        synchronized (this) {
            next = null;
            reading = true;
            startedAt = ticker.getAsLong();
        }
        try {
            showProcess();
            CatalogReading numbers = CatalogReading.of(saas, last, clock, ticker.getAsLong());
            last = numbers;
            synchronized (this) {
                readAt = ticker.getAsLong();
            }
            catalogs.forEach(each -> each.show(numbers, clock.instant()));
        } catch (RuntimeException e) {
            LOG.log(Level.DEBUG, "The metrics of the catalog cannot be read", e);
            forget();
        } finally {
            synchronized (this) {
                reading = false;
            }
        }
    }

    private void showProcess() {
        processes.forEach(each -> each.show(saas.maintenance().statistics()));
    }

    /** Missing numbers are noticed. Old ones would look as if all were well. */
    private void forget() {
        catalogs.forEach(CatalogMeters::forget);
    }

    private synchronized void forgetIfHanging() {
        if (reading && ticker.getAsLong() - startedAt > HANGING_NANOS) {
            forget();
        }
    }

    /** A program that is asked once a minute would not notice for a minute that the catalog does not answer. */
    private synchronized void forgetIfOld() {
        if (ticker.getAsLong() - readAt > HANGING_NANOS) {
            forget();
        }
    }

    /** Returns a row with a number that was read. */
    Row<?> row(Tags tags, Number value) {
        return Row.of(tags, value, each -> current(each.doubleValue()));
    }

    /** Returns a number that was read. Its readers make the thread read the numbers again. */
    double current(double value) {
        refreshSoon();
        return value;
    }

    Saas saas() {
        return saas;
    }

    /** Returns what the catalog last said. */
    CatalogReading last() {
        refreshSoon();
        return last;
    }

    /** Ends the thread. The meters stay in their registries, without numbers of the catalog. */
    @Override
    public void close() {
        thread.shutdownNow();
        catalogs.forEach(CatalogMeters::close);
    }
}
