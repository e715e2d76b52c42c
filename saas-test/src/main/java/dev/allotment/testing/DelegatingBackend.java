// SPDX-License-Identifier: Apache-2.0
package dev.allotment.testing;

import dev.allotment.Health;
import dev.allotment.fleet.Server;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.Capability;
import dev.allotment.spi.backend.Catalog;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.DelegatingDatabases;
import dev.allotment.spi.backend.PoolUse;
import java.util.List;
import java.util.Set;

/**
 * A backend that passes every call to another backend. A test extends this class and overrides the methods that
 * should behave differently, see {@link DelegatingDatabases}.
 */
public abstract class DelegatingBackend implements Backend {
    private final Backend delegate;

    /**
     * Creates a backend that passes every call to another one.
     *
     * @param delegate receives the calls
     */
    protected DelegatingBackend(Backend delegate) {
        this.delegate = delegate;
    }

    @Override
    public String dialect() {
        return delegate.dialect();
    }

    @Override
    public Catalog catalog() {
        return delegate.catalog();
    }

    @Override
    public Databases databases(Server server) {
        return delegate.databases(server);
    }

    @Override
    public Health health() {
        return delegate.health();
    }

    @Override
    public Set<Capability> capabilities() {
        return delegate.capabilities();
    }

    @Override
    public List<PoolUse> pools() {
        return delegate.pools();
    }

    @Override
    public void close() {
        delegate.close();
    }
}
