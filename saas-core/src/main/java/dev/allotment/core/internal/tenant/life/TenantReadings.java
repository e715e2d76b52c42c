// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.life;

import dev.allotment.DatabaseActivity;
import dev.allotment.DatabaseLoad;
import dev.allotment.ErrorCodes;
import dev.allotment.PlanVersion;
import dev.allotment.SaasException;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.core.internal.addon.AddonVersions;
import dev.allotment.core.internal.authentication.ApiKeyUseCases;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.FailureLog;
import dev.allotment.core.internal.database.RecordQuotas;
import dev.allotment.core.internal.database.TenantDatabases;
import dev.allotment.core.internal.database.TenantParameters;
import dev.allotment.core.internal.operation.KnownOperations;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.core.internal.operation.OperationMarkers;
import dev.allotment.core.internal.plan.PlanVersions;
import dev.allotment.core.internal.record.MemberRows;
import dev.allotment.core.internal.record.TenantLookup;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.core.internal.server.DatabaseServers;
import dev.allotment.core.internal.tenant.change.SuspensionSchedule;
import dev.allotment.core.internal.tenant.move.DailyLoad;
import dev.allotment.core.internal.usage.UsageRows;
import dev.allotment.spi.backend.AppliedOperation;
import dev.allotment.spi.backend.DatabaseEntry;
import dev.allotment.spi.backend.FencingToken;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads what tenants use, from their databases and from the reports of their applications, and stores it. */
public final class TenantReadings {
    private static final Logger LOG = System.getLogger("dev.allotment.tenants");

    private final CoreContext context;
    private final DatabaseServers servers;
    private final TenantDatabases tenantDatabases;
    private final TenantChanges tenantChanges;
    private final Runnable unknownChange;
    private final FailureLog failures;

    /** @param unknownChange called after a database has shown a change that the catalog does not know */
    public TenantReadings(
            CoreContext context,
            DatabaseServers servers,
            TenantDatabases tenantDatabases,
            TenantChanges tenantChanges,
            Runnable unknownChange) {
        this.context = context;
        this.servers = servers;
        this.tenantDatabases = tenantDatabases;
        this.tenantChanges = tenantChanges;
        this.unknownChange = unknownChange;
        this.failures = new FailureLog("dev.allotment.tenants", context.node());
    }

    /** What the database of a tenant does at the moment; empty if its server does not know. */
    public Optional<DatabaseLoad> load(Actor actor, TenantId id) {
        return servers.sessionBounds().load(new TenantLookup(context.work(), actor).get(id));
    }

    /** What the database of a tenant does now, and what takes time in it; empty if its backend does not know. */
    public Optional<DatabaseActivity> activity(Actor actor, TenantId id) {
        actor.requireAdministrator("see what databases do");
        return Optional.ofNullable(tenantDatabases.activity(new TenantLookup(context.work(), actor).get(id)));
    }

    /**
     * Reads what a tenant uses. Limits, expiry and suspension are only compared: the catalog leads, and a database that
     * differs, because it was restored or its server failed over, gets the catalog's values again. If the catalog is
     * the older of the two, nothing is written.
     */
    public StoredTenant sync(Actor actor, TenantId id) {
        actor.requireAdministrator("sync tenants");
        StoredTenant tenant = context.catalog().transact(tx -> withEntitlements(tx, see(actor, tx, id)));
        long size = tenantDatabases.size(tenant);
        Map<String, String> settings = tenantDatabases.transact(tenant, TenantParameters::settings);
        int users = (int) (long) tenantDatabases.<Long>transact(tenant, tx -> {
            ApiKeyUseCases.removeVoid(tx, tenant.uuid().toString(), context.now());
            return MemberRows.regular(tx);
        });
        String addons = tenantDatabases.transact(tenant, AddonVersions::read);
        Map<String, String> counts = servers.registry().enforcesRecordQuotas(tenant.serverId())
                ? tenantDatabases.transact(tenant, RecordQuotas::counts)
                : Map.of();
        DatabaseLoad load = servers.sessionBounds().load(tenant).orElse(null);
        StoredTenant synced = context.catalog().transact(tx -> {
            StoredTenant after = see(actor, tx, id);
            StoredTenant read = after.toBuilder()
                    .usersCount(users)
                    .databaseSizeBytes(size)
                    .syncedAt(context.now())
                    .addonVersions(
                            Objects.equals(after.addonVersions(), tenant.addonVersions())
                                    ? addons
                                    : after.addonVersions())
                    .build();
            StoredTenant loaded = DailyLoad.read(read, load == null ? null : load.activeTime(), context.now());
            return used(actor, tx, after, loaded, counts);
        });
        // What was changed meanwhile is newer than what was read; only what differs from both is stale.
        List<String> stale = TenantParameters.stale(synced, settings);
        if (!stale.isEmpty() && !TenantParameters.stale(tenant, settings).isEmpty()) {
            if (knowsLastChange(synced)) {
                writeAgain(actor, synced, stale);
            } else {
                LOG.log(
                        Level.WARNING,
                        () -> "Tenant database " + synced.name() + " (tenant " + synced.id() + ") has other values of "
                                + String.join(", ", stale) + ", and an operation that the catalog does not know has"
                                + " changed it. It is left unchanged: the catalog is older");
                unknownChange.run();
            }
        }
        removeOutdatedMarkers(tenant);
        return synced;
    }

    /** Whether the catalog knows the last operation that changed the database of a tenant. If not, it is older. */
    private boolean knowsLastChange(StoredTenant tenant) {
        List<FencingToken> last = servers.registry().databases(tenant.serverId()).inventory().stream()
                .filter(each -> each.uuid().equals(tenant.uuid()))
                .map(DatabaseEntry::token)
                .filter(Objects::nonNull)
                .toList();
        return context.catalog().transact(tx -> last.stream().allMatch(each -> KnownOperations.contains(tx, each)));
    }

    private void writeAgain(Actor actor, StoredTenant tenant, List<String> stale) {
        if (tenant.schemaVersion() != null) {
            // What it was restored from may have had an older tenant schema.
            context.catalog().transact(tx -> {
                StoredTenant locked = TenantRows.lock(tx, tenant.id().value());
                tx.records(RecordTypes.TENANTS)
                        .update(locked.toBuilder().schemaVersion(null).build());
                return null;
            });
        }
        LOG.log(
                Level.WARNING,
                () -> "Tenant database " + tenant.name() + " (tenant " + tenant.id() + ") has old values of "
                        + String.join(", ", stale) + ", so the catalog's values are written to it again. Was it"
                        + " restored from a backup, or did its server fail over?");
        try {
            tenantChanges.sendParameters(actor, tenant.id());
        } catch (RuntimeException e) {
            boolean busy = e instanceof SaasException known && known.code().equals(ErrorCodes.TENANT_BUSY);
            // An operation that works on the tenant writes the values, or the next reading tries again.
            failures.warnUnless(
                    busy, "The limits of a tenant could not be written to its database again", tenant.id(), e);
        }
    }

    private void removeOutdatedMarkers(StoredTenant tenant) {
        List<AppliedOperation> oldest = tenantDatabases.transact(tenant, OperationMarkers::surplus);
        if (!oldest.isEmpty()) {
            List<AppliedOperation> outdated =
                    context.catalog().transact(tx -> OperationMarkers.outdated(tx, oldest, context.now()));
            tenantDatabases.<@Nullable Void>transact(tenant, tx -> {
                OperationMarkers.remove(tx, outdated);
                return null;
            });
        }
    }

    /** Stores what a tenant uses now, and its consequences. */
    private StoredTenant used(
            Actor actor, Transaction tx, StoredTenant before, StoredTenant read, @Nullable Map<String, String> counts) {
        StoredTenant stored = SuspensionSchedule.scheduled(tx, read, context.now());
        tx.records(RecordTypes.TENANTS).update(stored);
        UsageRows.note(tx, stored, counts, context.now());
        UsageRows.addExceededEvent(context, tx, actor, before, stored);
        return stored;
    }

    public StoredTenant reportFileStorage(Actor actor, TenantId id, long bytes) {
        actor.requireAdministrator("report the file storage of tenants");
        if (bytes < 0) {
            throw SaasException.invalid(
                    ErrorCodes.CONFIGURATION_INVALID, "File storage must be 0 bytes or more; found " + bytes + ".");
        }
        return context.catalog().transact(tx -> {
            StoredTenant tenant = tenants(actor).lock(tx, id);
            TenantRows.requireState(tenant, "given its file storage", TenantState.OPEN, TenantState.SUSPENDED);
            return used(
                    actor, tx, tenant, tenant.toBuilder().fileSizeBytes(bytes).build(), null);
        });
    }

    /**
     * Notes that a tenant could not be read; does nothing if it was deleted meanwhile.
     *
     * @param due whether it must be read again at once; otherwise it counts as read now
     */
    public void markNotRead(Actor actor, TenantId id, boolean due) {
        context.catalog().transact(tx -> {
            StoredTenant tenant = tenants(actor).lock(tx, id);
            Instant now = context.now();
            if (tenant.nextSyncAt() == null) {
                return null;
            }
            tx.records(RecordTypes.TENANTS)
                    .update(
                            due
                                    ? tenant.toBuilder().nextSyncAt(now).build()
                                    : SuspensionSchedule.scheduled(
                                            tx, tenant.toBuilder().syncedAt(now).build(), now));
            return null;
        });
    }

    private StoredTenant see(Actor actor, Transaction tx, TenantId id) {
        StoredTenant tenant = tenants(actor).lock(tx, id);
        TenantRows.requireState(tenant, "synced", TenantState.OPEN, TenantState.SUSPENDED);
        return tenant;
    }

    /**
     * Gives a tenant the entitlements of its version, which a node of an older build does not write when it creates or
     * moves a tenant. While an operation works on the tenant, that one decides.
     */
    private static StoredTenant withEntitlements(Transaction tx, StoredTenant tenant) {
        PlanVersion terms = PlanVersions.of(tx, tenant).orElse(null);
        if (terms == null
                || terms.entitlements().equals(tenant.entitlements())
                || !OperationLeases.isIdle(tx, tenant.id())) {
            return tenant;
        }
        StoredTenant corrected =
                tenant.toBuilder().entitlements(terms.entitlements()).build();
        tx.records(RecordTypes.TENANTS).update(corrected);
        return corrected;
    }

    private TenantLookup tenants(Actor actor) {
        return new TenantLookup(context.work(), actor);
    }
}
