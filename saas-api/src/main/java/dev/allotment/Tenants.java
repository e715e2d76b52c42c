// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The client databases. A portal user sees those of its customer. Every change of more than one step survives being killed:
 * see {@link Operation}.
 */
public interface Tenants extends Lookup<TenantId, Tenant> {
    /**
     * Makes a client database and opens it. When this returns, it can be used.
     *
     * @throws SaasException {@code tenant.name-invalid}, {@code tenant.name-taken}, {@code plan.limit-reached}, {@code
     *     plan.no-name-template}, {@code template.not-ready}, {@code server.none}, {@code idempotency.mismatch}, {@code
     *     operation.in-progress} (the same key is being worked on: repeat), {@code record.missing}; whatever is thrown,
     *     nothing is left behind
     */
    CreatedTenant create(CreateTenant command);

    /**
     * As {@link #create}, but only the name and the place are taken when this returns; the database is made by the host's
     * executor, or where there is none by the next {@link Maintenance#run} on any node. {@link Access#issue} then gives the
     * way in.
     *
     * @throws SaasException as {@link #create}
     */
    Operation createLater(CreateTenant command);

    /**
     * Makes a copy of a client database and opens it.
     *
     * @throws SaasException as {@link #create}, and {@code backend.unsupported} between servers
     */
    CreatedTenant duplicate(DuplicateTenant command);

    /** The tenant that holds a database name, if it lives. */
    Optional<Tenant> findByName(String name);

    /**
     * The tenant that is reached under a host of its own, if it lives; never one that is reached under a path,
     * nor at the main database's host.
     *
     * @param host in lower case, without a port
     */
    Optional<Tenant> findByHost(String host);

    /**
     * Ends its connections and gives it another name; its identity stays.
     *
     * @throws SaasException as {@link #create}
     */
    Tenant rename(TenantId tenant, String name);

    /**
     * Drops the database, and keeps the row as a tombstone. The name stays taken for the retention period unless it was
     * outside any plan. Deleting what is deleted is no error.
     */
    Tenant delete(TenantId tenant);

    /**
     * Changes limits, blocking, expiry and owner under a lock, and sends them to the database.
     *
     * @param change as in {@link Accounts#update}; only maxUsers, totalStorageLimit, blockOnExpiration,
     *     blockOnStorageExceed, expiresAt, trial and customerId are taken over
     */
    Tenant update(TenantId tenant, UnaryOperator<Tenant> change);

    /**
     * Gives it more time, or less. A database that is suspended only since its time was over is resumed by the next {@link
     * Maintenance#run}.
     *
     * @param expiresAt null: never
     * @param reason for the log of changes, not blank
     */
    Tenant extend(TenantId tenant, @Nullable Instant expiresAt, String reason);

    /** Closes it to everyone but its administrator. Suspending what is suspended is no error. */
    Tenant suspend(TenantId tenant);

    /**
     * Takes back a suspension by {@link #suspend}. It stays suspended while there is another cause: its time is over, or it
     * holds too much.
     */
    Tenant resume(TenantId tenant);

    /** Re-reads users, sizes and limits from the database. */
    Tenant sync(TenantId tenant);

    /** Sends limits and expiry to the database again. */
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
