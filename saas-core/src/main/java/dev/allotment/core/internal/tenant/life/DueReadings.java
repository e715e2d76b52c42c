// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.life;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.FailureLog;
import dev.allotment.core.internal.server.ServerHealth;
import dev.allotment.core.internal.tenant.change.SuspensionSchedule;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Reads the usage of the tenants whose last reading was long ago. */
public final class DueReadings {
    private static final int BATCH = 100;

    /** How long a node may take to read a tenant before another one tries. */
    private static final Duration SYNC_TAKES = Duration.ofMinutes(10);

    private final CoreContext context;
    private final ServerHealth serverHealth;
    private final TenantReadings tenantReadings;
    private final FailureLog failures;

    public DueReadings(CoreContext context, ServerHealth serverHealth, TenantReadings tenantReadings) {
        this.context = context;
        this.serverHealth = serverHealth;
        this.tenantReadings = tenantReadings;
        this.failures = new FailureLog("dev.allotment.maintenance", context.node());
    }

    int readDue(Actor actor) {
        int done = 0;
        for (int i = 0; i < BATCH; i++) {
            Optional<StoredTenant> next = context.catalog().transact(this::takeUnread);
            if (next.isEmpty()) {
                break;
            }
            done += read(actor, next.get()) ? 1 : 0;
        }
        return done;
    }

    /** Postpones the next reading first, so that no other node reads it meanwhile. */
    private Optional<StoredTenant> takeUnread(Transaction tx) {
        Instant now = context.now();
        List<ServerId> down = serverHealth.down();
        Records<StoredTenant> tenants = tx.records(RecordTypes.TENANTS);
        return tenants.lockFree(SuspensionSchedule.unread(now, down))
                .or(() -> tenants.lockFree(SuspensionSchedule.unreadForLong(now, down)))
                .map(tenant -> {
                    tenants.update(
                            tenant.toBuilder().nextSyncAt(now.plus(SYNC_TAKES)).build());
                    return tenant;
                });
    }

    /**
     * A tenant that cannot be read counts as read, so that the others get their turn. Tenants on a server that is down
     * wait until it is up, and delay no others.
     */
    private boolean read(Actor actor, StoredTenant tenant) {
        try {
            tenantReadings.sync(actor, tenant.id());
            return true;
        } catch (RuntimeException e) {
            boolean busy = e instanceof SaasException known && known.code().equals(ErrorCodes.TENANT_BUSY);
            failures.warnUnless(busy, "A tenant database could not be read", tenant.id(), e);
            tenantReadings.markNotRead(actor, tenant.id(), serverHealth.failed(tenant.serverId(), e));
            return false;
        }
    }
}
