// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The client databases. A portal user sees those of its customer. Every change of more than one step survives being killed:
 * see {@link Operation}. What takes long can be begun without waiting for it: see {@link AsyncOperations}.
 */
public interface Tenants extends Lookup<TenantId, Tenant> {
    /**
     * Makes a client database and opens it. When this returns, it can be used.
     *
     * @throws SaasException {@code tenant.name-invalid}, {@code tenant.name-taken}, {@code plan.limit-reached}, {@code
     *     plan.no-name-template}, {@code template.not-ready}, {@code server.none}, {@code server.full}, {@code account.invalid}
     *     for an owner or an administrator, {@code account.login-taken} for an administrator with the owner's login, {@code
     *     configuration.invalid} for a language or a key, {@code idempotency.mismatch}, {@code operation.in-progress} (the same
     *     key is being worked on: repeat), {@code operation.cancelled}, {@code record.missing} for plan, owner or customer;
     *     whatever is thrown, nothing is left behind
     */
    CreatedTenant create(CreateTenant command);

    /**
     * Makes a database that others have made a client database, and opens it. What is in it stays; the tables of the control
     * plane, its users, parameters and groups among them, come to it, and on PostgreSQL it gets a role of its own. Where that
     * fails, it is what it was before.
     *
     * @throws SaasException {@code database.unknown}, {@code database.not-adoptable}, {@code database.foreign}, {@code
     *     backend.unsupported}, and as {@link #create}
     */
    CreatedTenant adopt(AdoptTenant command);

    /**
     * Makes a copy of a client database on its server or another one, and opens it when every neutraliser of the host and of the
     * add-ons in it has made it harmless; when one fails, there is no copy.
     *
     * @throws SaasException as {@link #create}, {@code backend.unsupported} between kinds of servers, {@code
     *     database.not-transferable} saying what cannot be had on another server, {@code neutraliser.failed}, {@code addon.failed}
     */
    CreatedTenant duplicate(DuplicateTenant command);

    /** The tenant that holds a database name, if it lives. */
    Optional<Tenant> findByName(String name);

    /**
     * The tenant that is reached under a host of its own or a {@link TenantAlias}, if it lives; never one that is reached under
     * a path, nor at the main database's host.
     *
     * @param host as a client sends it: in any case, with or without a port and a dot at the end
     */
    Optional<Tenant> findByHost(String host);

    /**
     * Ends its connections and gives it another name; its identity stays. The name that it had is kept from others for as long
     * as that of a deleted one, and it may have it back at once.
     *
     * @throws SaasException {@code tenant.name-invalid}, {@code tenant.name-taken}, {@code tenant.state} where it is neither open
     *     nor suspended, {@code tenant.busy}; whatever is thrown, it bears its old name
     */
    Tenant rename(TenantId tenant, String name);

    /**
     * Signs everybody out and closes it. Its database is kept for as many days as {@link Parameter#RETENTION_DAYS} says, and
     * then removed by the maintenance; at once where that is 0, or the tenant is outside any plan. The row stays as a
     * tombstone. Its name stays taken as long as the database is kept, and for a while after that unless it was outside any
     * plan. Deleting what is deleted is no error.
     *
     * @throws SaasException {@code tenant.state} while it is being made, {@code tenant.busy}
     */
    Tenant delete(TenantId tenant);

    /**
     * As {@link #delete}, and the database is removed at once, also one that is kept for a while; for whoever has to be
     * forgotten.
     *
     * @throws SaasException as {@link #delete}; whatever a final backup fails with
     */
    Tenant purge(TenantId tenant);

    /**
     * Takes a deletion back as long as the database is kept: it is open again, or suspended where it was or has a cause to be.
     * A trial that would be deleted again at once, since its time was over long ago, ends now instead.
     *
     * @throws SaasException {@code tenant.state} where it is not kept (any more), {@code plan.limit-reached}, {@code tenant.busy}
     */
    Tenant restore(TenantId tenant);

    /** That a deleted one is gone; empty as long as it is not. For whoever sees the tenant. */
    Optional<DeletionProof> proofOfDeletion(TenantId tenant);

    /**
     * Changes limits, blocking, expiry and owner under a lock, and sends them to the database.
     *
     * @param change as in {@link Accounts#update}; only maxUsers, storageLimitMb, blockOnExpiration,
     *     blockOnStorageExceed, expiresAt, trial, customerId and tags are taken over
     * @throws SaasException {@code configuration.invalid} for a negative limit, a time outside the years 1 to 9999, a wrong
     *     tag, or no customer on a plan; {@code plan.limit-reached} where the new customer has no place for it, {@code record.missing} for the customer, {@code
     *     tenant.state} where it is neither open nor suspended, {@code tenant.busy}
     */
    Tenant update(TenantId tenant, UnaryOperator<Tenant> change);

    /**
     * Gives it more time, or less. A database that is suspended only since its time was over is resumed by the next {@link
     * Maintenance#run}.
     *
     * @param expiresAt null: never
     * @param reason for the log of changes, not blank
     * @throws SaasException {@code configuration.invalid} for the reason, or a time outside the years 1 to 9999; {@code
     *     tenant.state}, {@code tenant.busy}
     */
    Tenant extend(TenantId tenant, @Nullable Instant expiresAt, String reason);

    /**
     * What {@link #switchPlan} would do; changes nothing.
     *
     * @param version 0: the one that is sold now
     * @throws SaasException {@code record.missing}, {@code tenant.state}, {@code addon.unknown}, {@code configuration.invalid},
     *     as {@link #switchPlan} even where it is forced
     */
    PlanSwitch previewSwitch(TenantId tenant, PlanId plan, int version);

    /**
     * Moves it to another plan or version: limits and blocking become those of the version, add-ons come and go, all or
     * nothing. Whether it is a trial and when it expires stay, and so does its server. Moving it to where it is already is no
     * error, and brings back limits that were changed for it alone.
     *
     * @throws SaasException {@code plan.switch-refused} with the reasons, unless forced; {@code record.missing}, {@code
     *     tenant.state}, {@code tenant.busy}, {@code addon.unknown}, {@code addon.failed}, {@code configuration.invalid} where
     *     it belongs to no customer
     */
    Tenant switchPlan(SwitchPlan command);

    /**
     * Closes it to everyone but its administrator. Suspending what is suspended is no error.
     *
     * @throws SaasException {@code tenant.state} where it is neither open nor suspended, {@code tenant.busy}
     */
    Tenant suspend(TenantId tenant);

    /**
     * Takes back a suspension by {@link #suspend}. It stays suspended while there is another cause: its time is over, or it
     * holds too much.
     *
     * @throws SaasException as {@link #suspend}
     */
    Tenant resume(TenantId tenant);

    /**
     * Does something with every tenant that fits, such as {@code batch(Filter.tagged("eu"), each -> tenants.suspend(each.id()))}:
     * one after the other in the calling thread, in the order of their numbers, each as it is when it is its turn. One that
     * fails does not keep the others from it.
     *
     * @throws SaasException what would be the same for all of them: that it is not allowed, or the backend out of reach; those
     *     before stay done
     */
    BatchResult batch(Filter<? super Tenant> filter, Consumer<? super Tenant> action);

    /**
     * Re-reads users, sizes and limits from the database.
     *
     * @throws SaasException {@code tenant.state} where it is neither open nor suspended
     */
    Tenant sync(TenantId tenant);

    /**
     * Tells how much a client database keeps in files outside of its database, which only its host can know; counts against its
     * limit of storage at once. For administrators.
     *
     * @param bytes not negative
     * @throws SaasException {@code configuration.invalid}, {@code tenant.state}
     */
    Tenant reportFileStorage(TenantId tenant, long bytes);

    /**
     * Sends limits and expiry to the database again.
     *
     * @throws SaasException as {@link #suspend}
     */
    Tenant sendParameters(TenantId tenant);

    /** The names of the main database and of all client databases that live, in order; for everyone. */
    List<String> databaseNames();

    /** The host that it is reached under: its own, or where its server's template has a path, one that it shares. */
    String host(Tenant tenant);

    /**
     * Scheme, host and port that it is reached under, and the path where it has no host of its own; without a slash at the
     * end.
     */
    URI publicUrl(Tenant tenant);
}
