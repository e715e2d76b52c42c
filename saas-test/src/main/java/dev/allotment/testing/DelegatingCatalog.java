// SPDX-License-Identifier: Apache-2.0
package dev.allotment.testing;

import dev.allotment.spi.backend.Catalog;
import dev.allotment.spi.backend.Transaction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A catalog that passes every call to another catalog. A test extends this class and overrides the methods that should
 * behave differently.
 */
public abstract class DelegatingCatalog implements Catalog {
    private final Catalog delegate;

    /**
     * Creates a catalog that passes every call to another one.
     *
     * @param delegate receives the calls
     */
    protected DelegatingCatalog(Catalog delegate) {
        this.delegate = delegate;
    }

    @Override
    public void migrate() {
        delegate.migrate();
    }

    @Override
    public boolean isMigrated() {
        return delegate.isMigrated();
    }

    @Override
    public int schemaVersion() {
        return delegate.schemaVersion();
    }

    @Override
    public @Nullable String place() {
        return delegate.place();
    }

    @Override
    public @Nullable String timeline() {
        return delegate.timeline();
    }

    /**
     * Wraps what the delegate provides for the maintenance, if that is another catalog. A subclass that changes what
     * transactions do overrides this, and returns it wrapped in itself. Default: returns it.
     */
    protected Catalog maintenance(Catalog catalog) {
        return catalog;
    }

    @Override
    public Catalog forMaintenance() {
        Catalog catalog = delegate.forMaintenance();
        return catalog == delegate ? this : maintenance(catalog);
    }

    @Override
    public void separate() {
        delegate.separate();
    }

    @Override
    public <T extends @Nullable Object> T transact(Function<? super Transaction, ? extends T> work) {
        return delegate.transact(work);
    }
}
