// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.configuration;

import dev.allotment.jdbc.ScriptRunner;
import dev.allotment.spi.backend.RowQuota;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * For a transaction in the control plane's own session, which only reads and writes records. It refuses, and remembers,
 * everything that could run code of the tenant: that needs a session with the tenant's rights. For one transaction; not
 * thread-safe.
 */
public final class WithoutTenantCode implements ScriptRunner {
    private final Supplier<String> quotaOwner;
    private final boolean configuring;
    private boolean needed;

    /**
     * Creates a runner.
     *
     * @param quotaOwner returns the role that owns tables with record quotas
     * @param configuring whether scripts may run and quotas may change
     */
    public WithoutTenantCode(Supplier<String> quotaOwner, boolean configuring) {
        this.quotaOwner = quotaOwner;
        this.configuring = configuring;
    }

    /** Whether something was refused here that a session with the tenant's rights may do. */
    public boolean needsTenantRights() {
        return needed;
    }

    private SQLException refusal() {
        needed = true;
        return new SQLException("This needs a session with the rights of the tenant");
    }

    @Override
    public void run(Connection connection, String script) throws SQLException {
        if (!configuring) {
            REFUSED.run(connection, script);
        }
        throw refusal();
    }

    @Override
    public void enforce(Connection connection, List<RowQuota> quotas) throws SQLException {
        if (!configuring) {
            REFUSED.enforce(connection, quotas);
        }
        if (!PostgresRowQuotas.areEnforced(connection, quotas, quotaOwner)) {
            throw refusal();
        }
    }

    @Override
    public OptionalLong count(Connection connection, RowQuota quota) throws SQLException {
        throw refusal();
    }
}
