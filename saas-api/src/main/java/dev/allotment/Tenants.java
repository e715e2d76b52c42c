// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import static dev.allotment.AllowedFor.Keys.PROVIDED_SESSION;
import static dev.allotment.AllowedFor.Keys.READ_ONLY;
import static dev.allotment.AllowedFor.Keys.TENANTS;
import static dev.allotment.Permission.CHANGE_TENANTS;
import static dev.allotment.Permission.SUSPEND_TENANTS;
import static dev.allotment.Permission.VIEW;
import static dev.allotment.Permission.VIEW_INSTALLATION;

import dev.allotment.fleet.Maintenance;
import java.net.URI;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The tenants. A portal user sees those of its customer. Safe for use by several threads.
 *
 * <p>Every change of more than one step survives a crash: see {@link Operation}. What takes long can be started
 * without waiting for it: see {@link AsyncOperations}.
 */
@AllowedFor({READ_ONLY, TENANTS})
@Needs(VIEW)
public interface Tenants extends Lookup<TenantId, Tenant> {
    /**
     * Creates a tenant and opens it. It can be used when this returns. If this throws, nothing is left behind.
     *
     * @throws SaasException {@code tenant.name-invalid}, {@code tenant.name-taken}, {@code plan.limit-reached}, {@code
     *     plan.no-name-template}, {@code template.not-ready}, {@code server.none}, {@code server.labels-missing},
     *     {@code server.full}, {@code account.invalid} for an owner or an administrator, {@code account.login-taken}
     *     for an administrator with the owner's login, {@code configuration.invalid} for a language or a key, {@code
     *     idempotency.mismatch}, {@code operation.in-progress} (the same key is in progress; retryable), {@code
     *     operation.cancelled}, {@code record.missing} for plan, owner or customer
     */
    @AllowedFor(TENANTS)
    CreatedTenant create(CreateTenant command);

    /**
     * Turns an existing database into a tenant, and opens it. Its content stays. The tables of the control plane are
     * added, and on PostgreSQL it gets a separate role. If this throws, the database is as it was.
     *
     * @throws SaasException {@code database.unknown}, {@code database.not-adoptable}, {@code database.foreign},
     *     {@code backend.unsupported}, and as {@link #create}
     */
    CreatedTenant adopt(AdoptTenant command);

    /**
     * Copies a tenant to its server or to another one. The copy is opened after every neutraliser of the embedder and
     * of its add-ons has succeeded. If one fails, there is no copy.
     *
     * <p>The section Preview copies of docs/tenants.md says what is different for a preview copy ({@link
     * DuplicateTenant.Builder#preview}).
     *
     * @throws SaasException as {@link #create}, {@code configuration.invalid} for the hours, {@code
     *     backend.unsupported} between kinds of servers, {@code database.not-transferable} with what another server
     *     cannot have, {@code neutraliser.failed}, {@code addon.failed}
     */
    @AllowedFor(TENANTS)
    CreatedTenant duplicate(DuplicateTenant command);

    /**
     * Returns how many of the tenants that a filter selects have each of some values in a field, such as {@code
     * counts(Tenant.PLAN_ID, plans, Filter.equal(Tenant.STATE, TenantState.OPEN))}. One query, where the database of
     * the catalog can do that.
     *
     * @param values not null
     * @return a count for each value, in the order of the values; 0 for one that no tenant has
     * @throws SaasException as {@link #list}
     */
    @AllowedFor({READ_ONLY, TENANTS})
    @Needs(VIEW)
    <V> Map<V, Long> counts(
            RecordField<Tenant, V> field, Collection<? extends V> values, Filter<? super Tenant> filter);

    /** Returns the tenant with a database name, if it is not deleted. */
    @AllowedFor({READ_ONLY, TENANTS})
    @Needs(VIEW)
    Optional<Tenant> findByName(String name);

    /**
     * Returns the tenant that is reached at a host, which may be its own host or a {@link CustomDomain}, if it is not
     * deleted. Never returns a tenant that is reached at a path, nor one at the host of the main database.
     *
     * @param host as a client sends it: in any case, with or without port and trailing dot
     */
    @AllowedFor({READ_ONLY, TENANTS})
    @Needs(VIEW)
    Optional<Tenant> findByHost(String host);

    /**
     * Brings the tenant schema of a tenant up to date, even if it is recorded as such. Tenants that are outdated are
     * found with {@code Filter.notEqual(Tenant.SCHEMA_VERSION, schema.version())}.
     *
     * <p>The application of an open tenant continues meanwhile, unless the tenant has record quotas: then it is closed
     * until this returns. If this throws, the tenant is open or suspended as before, with the version that its database
     * had, as far as the embedder's migration is undone by a failure.
     *
     * @throws SaasException {@code schema.failed}, {@code schema.none}, {@code tenant.state} if it is neither open nor
     *     suspended, {@code tenant.busy}, {@code backend.unsupported} if its server has no logins
     */
    @AllowedFor(TENANTS)
    Tenant migrate(TenantId tenant);

    /**
     * Closes the connections of a tenant and renames it. Its identity stays. The old name stays reserved as long as
     * that of a deleted tenant; the tenant itself may take it back at once. If this throws, it has its old name.
     *
     * @throws SaasException {@code tenant.name-invalid}, {@code tenant.name-taken}, {@code tenant.state} if it is
     *     neither open nor suspended, {@code tenant.busy}
     */
    @AllowedFor(TENANTS)
    Tenant rename(TenantId tenant, String name);

    /**
     * Moves a tenant to another database server, with its identity and everything that belongs to it. Does nothing if
     * it is there already, so this can be repeated.
     *
     * <p>Takes as long as copying the database. The tenant is closed to its application meanwhile. If both servers can
     * {@linkplain dev.allotment.spi.backend.Replication replicate} it, a large database stays open, and is closed for a
     * moment only. If this throws before the copy is complete, the tenant is where and as it was. After that, the move
     * is finished even if the server that the tenant came from goes down. The section Failures of
     * docs/moving-tenants.md says what happens if a server goes down before.
     *
     * @throws SaasException {@code tenant.state} if it is neither open nor suspended, {@code tenant.busy}, {@code
     *     server.none} if the server accepts no databases, {@code server.labels-missing}, {@code server.full}, {@code
     *     server.other-hosts}, {@code backend.unsupported} between kinds of servers, {@code backend.unavailable} if one
     *     of the two servers does not respond, {@code database.not-transferable}, {@code tenant.name-taken} or {@code
     *     tenant.name-invalid} on that server, {@code database.foreign} if it has a database of this tenant already;
     *     {@code record.missing}
     */
    Tenant move(TenantId tenant, ServerId server);

    /**
     * Returns the tenants with which {@link #swap} exchanges the database of a tenant, the newest first: those that
     * were
     * restored from a backup of it or copied from it, and that the caller may swap. Looks at the newest 100 of the
     * customer. A swap may still be refused, because the other one is neutralised, or exceeds the limits.
     *
     * @throws SaasException {@code record.missing}
     */
    @AllowedFor(PROVIDED_SESSION)
    @Needs(value = CHANGE_TENANTS, operators = VIEW)
    List<Tenant> swapCandidates(TenantId tenant);

    /**
     * Exchanges the databases of a tenant and of another one, which was restored from a backup of it or copied from it.
     * Nothing is copied, so this takes a moment, however large they are. Both are closed meanwhile.
     *
     * <p>Each of the two keeps its identity, name, hosts, owner, customer, plan, limits and login of its application.
     * Everything else in the database is that of the other one, with the files of the application. All sessions of
     * members of both and unused sign-in links end. The other tenant is suspended, for the cause {@code swapped}, and
     * is deleted when {@link SwapTenants#keptHours} have passed. Until then, the same call takes the swap back.
     *
     * <p>An administrator may do this, and an account that owns both tenants. The section Swapping with a restored
     * tenant of docs/backups.md says more of these rights, of API keys and record quotas, and of what becomes of the
     * other tenant.
     *
     * @return the first tenant
     * @throws SaasException {@code tenant.not-swappable} if the other one is not a copy of the first one, has another
     *     customer or server, or another version of the tenant schema, if one of them is a preview copy, or if an
     *     owner's tenant would exceed its limits; {@code tenant.neutralised} without the caller's consent; {@code
     *     tenant.state} if one of them is neither open nor suspended; {@code tenant.busy}, {@code access.not-allowed},
     *     {@code record.missing}; {@code backend.unsupported} if the server cannot do that; {@code
     *     configuration.invalid} for the hours; {@code idempotency.mismatch}, {@code operation.in-progress}. Then both
     *     are as they were
     */
    @AllowedFor(TENANTS)
    @Needs(CHANGE_TENANTS)
    Tenant swap(SwapTenants command);

    /**
     * Deletes a tenant: signs everyone out and closes it. Does nothing if it is already deleted.
     *
     * <p>The database is retained for {@link Parameter#RETENTION_DAYS} days, and then removed by the maintenance. It
     * is removed at once if the parameter is 0, or if the tenant is outside any plan or a preview copy. The record
     * stays as a tombstone. The name stays reserved while the database is retained, and for a cool-down after that,
     * unless the tenant was outside any plan or a preview copy.
     *
     * @throws SaasException {@code tenant.state} while it is being created, {@code tenant.busy}
     */
    @AllowedFor(TENANTS)
    @NeedsProof
    Tenant delete(TenantId tenant);

    /**
     * Deletes a tenant and removes its database at once, even if it is soft-deleted.
     *
     * @throws SaasException as {@link #delete}, and any exception of the pre-deletion backup
     */
    @AllowedFor(TENANTS)
    @NeedsProof
    Tenant purge(TenantId tenant);

    /**
     * Restores a soft-deleted tenant while its database is retained. It is open again, or suspended if it was
     * suspended before or there is a cause now. If a trial expired so long ago that it would be deleted again at once,
     * its expiry is set to the present time.
     *
     * @throws SaasException {@code tenant.state} if it is not retained, {@code plan.limit-reached}, {@code
     *     tenant.busy}
     */
    @AllowedFor(TENANTS)
    Tenant restore(TenantId tenant);

    /**
     * Returns the proof of deletion, or empty if the database still exists. Requires read access to the tenant.
     *
     * @throws SaasException {@code record.missing}
     */
    @AllowedFor({READ_ONLY, TENANTS})
    @Needs(VIEW)
    Optional<DeletionProof> proofOfDeletion(TenantId tenant);

    /**
     * Changes limits, blocking, expiry, trial, customer, maintenance window, tags and attributes under a lock, and
     * sends limits and expiry to the tenant database. A preview copy becomes an ordinary tenant if previewOf is set to
     * null, and if its customer changes; it keeps its expiry.
     *
     * @param change receives the tenant as stored and returns it as wanted; may be called more than once; may change
     *     maxUsers, storageLimitMb, blockOnExpiration, blockOnStorageExceed, expiresAt, trial, customerId,
     *     maintenanceWindow, tags and attributes, and set previewOf to null
     * @throws SaasException {@code configuration.invalid} for a change of another field, a negative limit, a time
     *     outside the years 1 to 9999, a wrong tag, attribute or maintenance window, or no customer on a plan; {@code
     *     plan.limit-reached} for the new customer, {@code record.missing} for the customer, {@code tenant.state} if it
     *     is neither open nor suspended, {@code tenant.busy}
     */
    @AllowedFor(TENANTS)
    Tenant update(TenantId tenant, UnaryOperator<Tenant> change);

    /**
     * Changes when a tenant expires. A tenant that is suspended only because it expired is resumed by the next {@link
     * Maintenance#run}.
     *
     * @param expiresAt null: never
     * @param reason for the audit log, not blank
     * @throws SaasException {@code configuration.invalid} for the reason, or a time outside the years 1 to 9999;
     *     {@code tenant.state}, {@code tenant.busy}
     */
    @AllowedFor(TENANTS)
    Tenant extend(TenantId tenant, @Nullable Instant expiresAt, String reason);

    /**
     * Returns what {@link #switchPlan} would do. Changes nothing.
     *
     * @param version 0: the version that is sold now
     * @throws SaasException {@code record.missing}, {@code tenant.state}, {@code addon.unknown}, {@code
     *     configuration.invalid}: what {@link #switchPlan} refuses even if it is forced
     */
    @AllowedFor({READ_ONLY, TENANTS})
    @Needs(VIEW_INSTALLATION)
    PlanSwitch previewSwitch(TenantId tenant, PlanId plan, int version);

    /**
     * Moves a tenant to another plan or version, completely or not at all. Limits and blocking become those of the
     * version, and add-ons are installed and removed. Trial, expiry and server stay. Moving it to its present version
     * restores limits that were changed for it alone.
     *
     * @throws SaasException {@code plan.switch-refused} with the reasons, unless forced; {@code record.missing},
     *     {@code tenant.state}, {@code tenant.busy}, {@code addon.unknown}, {@code addon.failed}, {@code
     *     configuration.invalid} if it belongs to no customer
     */
    @AllowedFor(TENANTS)
    Tenant switchPlan(SwitchPlan command);

    /** Suspends a tenant without a reason, as {@link #suspend(SuspendTenant)} does. Its owner is notified. */
    @AllowedFor(TENANTS)
    @Needs(SUSPEND_TENANTS)
    Tenant suspend(TenantId tenant);

    /**
     * Suspends a tenant: its application is closed, and only its administrator can sign in. Does nothing if it is
     * suspended by this method already: the reason stays as it was given then.
     *
     * @throws SaasException {@code tenant.state} if it is neither open nor suspended, {@code tenant.busy}, {@code
     *     configuration.invalid} for the reason
     */
    @AllowedFor(TENANTS)
    @Needs(SUSPEND_TENANTS)
    Tenant suspend(SuspendTenant command);

    /**
     * Takes back a suspension by {@link #suspend(SuspendTenant)}. The tenant stays suspended if there is another
     * cause: it has
     * expired, or it exceeds its storage limit.
     *
     * @throws SaasException as {@link #suspend(SuspendTenant)}
     */
    @AllowedFor(TENANTS)
    @Needs(SUSPEND_TENANTS)
    Tenant resume(TenantId tenant);

    /**
     * Runs an action for every tenant that a filter selects, such as {@code batch(Filter.tagged("eu"), each ->
     * tenants.suspend(each.id()))}. The calling thread handles one tenant after the other, in the order of their ids,
     * each in its state at that time. An exception of the action for one tenant, of any kind, is in the result, and
     * does not prevent the others.
     *
     * @throws SaasException only if the tenants cannot be read: {@code access.not-allowed}, {@code
     *     backend.unavailable}
     */
    @AllowedFor(TENANTS)
    @Needs(VIEW)
    BatchResult batch(Filter<? super Tenant> filter, Consumer<? super Tenant> action);

    /**
     * Reads users and sizes from the tenant database. Limits, expiry and suspension are only compared: if the database
     * has others than the catalog, because it was restored from a backup, the catalog's are written to it again.
     *
     * @throws SaasException {@code tenant.state} if it is neither open nor suspended
     */
    @AllowedFor(TENANTS)
    Tenant sync(TenantId tenant);

    /**
     * Records how many bytes a tenant uses in files outside of its database, which only its application knows. They
     * count against its storage limit at once. Requires an administrator.
     *
     * @param bytes not negative
     * @throws SaasException {@code configuration.invalid}, {@code tenant.state}
     */
    @AllowedFor(TENANTS)
    Tenant reportFileStorage(TenantId tenant, long bytes);

    /**
     * Returns what the tenant's application takes of its server, as the maintenance of this process last read it, at
     * most seconds ago; empty if it has not been read, or if the server is down or does not measure it. Does not
     * contact the server. The metrics show the history: {@link Usage} keeps sizes only.
     */
    @AllowedFor({READ_ONLY, TENANTS})
    @Needs(VIEW)
    Optional<DatabaseLoad> load(TenantId tenant);

    /**
     * Reads what the database of a tenant does now, and what takes time in it; empty if its backend does not know. It
     * is read from system tables, and ends within seconds. Requires an administrator: the texts are the tenant's.
     *
     * @throws SaasException {@code tenant.state} if it has no database; {@code backend.unavailable}
     */
    @AllowedFor(TENANTS)
    @Needs(VIEW_INSTALLATION)
    Optional<DatabaseActivity> activity(TenantId tenant);

    /**
     * Sends limits and expiry to the tenant database again.
     *
     * @throws SaasException as {@link #suspend}
     */
    @AllowedFor(TENANTS)
    Tenant sendParameters(TenantId tenant);

    /** Returns the names of the main database and of all open and suspended tenants, in order. Requires no rights. */
    @AllowedFor(READ_ONLY)
    @Needs(
            value = {},
            operators = VIEW)
    List<String> databaseNames();

    /**
     * Returns the first ones of {@link #databaseNames()}.
     *
     * @param limit the maximum number of names, at least 1
     */
    @AllowedFor(READ_ONLY)
    @Needs(
            value = {},
            operators = VIEW)
    List<String> databaseNames(int limit);

    /** Returns the host of a tenant: its own, or a shared one if its server's template has a path. */
    @AllowedFor({READ_ONLY, TENANTS})
    @Needs(VIEW)
    String host(Tenant tenant);

    /**
     * Returns the URL of a tenant: scheme, host and port, and the path if it has no separate host. There is no slash
     * at the end.
     */
    @AllowedFor({READ_ONLY, TENANTS})
    @Needs(VIEW)
    URI publicUrl(Tenant tenant);
}
