// SPDX-License-Identifier: Apache-2.0
package dev.allotment.crash;

import dev.allotment.Health;
import dev.allotment.fleet.Server;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.BackendProvider;
import dev.allotment.spi.backend.Capability;
import dev.allotment.spi.backend.Catalog;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.PoolUse;
import dev.allotment.testing.Wrapped;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;

/** A real backend that reports each call to its catalog and to its default server, before and after it. */
final class WatchedBackend implements Backend {
    /** Receives {@code before X} and {@code after X}. It may throw, as if the process had died there. */
    interface Watcher {
        void pass(String step);
    }

    private final Backend backend;
    private volatile Watcher watcher = step -> {};
    private boolean passing;

    private WatchedBackend(Backend backend) {
        this.backend = backend;
    }

    static WatchedBackend open(Ground ground) {
        return new WatchedBackend(found(ground.backend(), ground.settings()));
    }

    /** Opens a backend by its name. */
    static Backend found(String name, Map<String, String> settings) {
        return ServiceLoader.load(BackendProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(provider -> provider.name().equals(name))
                .findFirst()
                .orElseThrow()
                .open(Settings.of(settings));
    }

    void watch(Watcher newWatcher) {
        watcher = newWatcher;
    }

    private synchronized void pass(String step) {
        if (!passing) {
            passing = true;
            try {
                watcher.pass(step);
            } finally {
                passing = false;
            }
        }
    }

    private <T> T watched(Class<T> type, T target) {
        return Wrapped.of(type, target, (method, arguments, next) -> {
            if (Wrapped.isAccessor(method)) {
                return next.call(arguments);
            }
            pass("before " + method.getName());
            Object result = next.call(arguments);
            pass("after " + method.getName());
            return result;
        });
    }

    @Override
    public String dialect() {
        return backend.dialect();
    }

    @Override
    public Catalog catalog() {
        return watched(Catalog.class, backend.catalog());
    }

    @Override
    public Databases databases(Server server) {
        return watched(Databases.class, backend.databases(server));
    }

    @Override
    public Health health() {
        return backend.health();
    }

    @Override
    public Set<Capability> capabilities() {
        return backend.capabilities();
    }

    @Override
    public List<PoolUse> pools() {
        return backend.pools();
    }

    @Override
    public void close() {
        backend.close();
    }
}
