// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.fleet.Server;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.Catalog;
import dev.allotment.spi.backend.Databases;
import dev.allotment.testing.DelegatingBackend;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Calls a test at each step between a control plane and its storage: {@code before X} and {@code after X} for a call,
 * and {@code in X} when the work of a transaction is done but not committed. X is {@code catalog} or the name of a
 * method of {@link Databases}. The test may act or throw. Steps that its own action passes are not reported.
 */
public final class WatchedBackend extends DelegatingBackend {
    private final Backend storage;
    private final ThreadLocal<Boolean> telling = ThreadLocal.withInitial(() -> false);
    private volatile Consumer<String> watcher = this::ignore;

    private WatchedBackend(Backend storage) {
        super(storage);
        this.storage = storage;
    }

    public static WatchedBackend over(Backend storage) {
        return new WatchedBackend(storage);
    }

    /** Reports every step from now on. */
    public void watch(Consumer<String> newWatcher) {
        watcher = newWatcher;
    }

    /** Runs an action once, when a step is passed for the first time from now on. */
    public void once(String step, Runnable action) {
        AtomicBoolean done = new AtomicBoolean();
        watch(passed -> {
            if (passed.equals(step) && done.compareAndSet(false, true)) {
                action.run();
            }
        });
    }

    public void unwatch() {
        watcher = this::ignore;
    }

    private void ignore(String step) {}

    public void pass(String step) {
        if (!telling.get()) {
            telling.set(true);
            try {
                watcher.accept(step);
            } finally {
                telling.set(false);
            }
        }
    }

    @Override
    public Catalog catalog() {
        return new Watched(this::pass).over(storage.catalog());
    }

    @Override
    public Databases databases(Server server) {
        return new Watched(this::pass).over(storage.databases(server));
    }
}
