// SPDX-License-Identifier: Apache-2.0
package dev.allotment.testing;

import dev.allotment.spi.backend.DatabaseTransaction;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.RowQuota;
import java.util.List;
import java.util.OptionalLong;

/**
 * A transaction inside a database that passes every call to another transaction. A test extends this class and
 * overrides
 * the methods that should behave differently. The methods about parameters use {@link #records} of this class.
 */
public abstract class DelegatingTransaction implements DatabaseTransaction {
    private final DatabaseTransaction delegate;

    /**
     * Creates a transaction that passes every call to another one.
     *
     * @param delegate receives the calls
     */
    protected DelegatingTransaction(DatabaseTransaction delegate) {
        this.delegate = delegate;
    }

    @Override
    public <R extends Record> Records<R> records(RecordType<R> type) {
        return delegate.records(type);
    }

    @Override
    public long next(String sequence) {
        return delegate.next(sequence);
    }

    @Override
    public void deferDurability() {
        delegate.deferDurability();
    }

    @Override
    public void run(String script) {
        delegate.run(script);
    }

    @Override
    public void enforce(List<RowQuota> quotas) {
        delegate.enforce(quotas);
    }

    @Override
    public OptionalLong estimatedRows(String table) {
        return delegate.estimatedRows(table);
    }

    @Override
    public OptionalLong count(RowQuota quota) {
        return delegate.count(quota);
    }
}
