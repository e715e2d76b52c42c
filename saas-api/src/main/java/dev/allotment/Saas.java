// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A control plane, seen with the rights of whoever acts: all rights for the one that the builder opened, those of one user
 * for {@link #actingAs}. Thread-safe. It starts no thread.
 *
 * <p>Use cases may throw {@code backend.unavailable} (retryable) whenever the database is out of reach.
 */
public interface Saas extends MainRecords, AutoCloseable {
    /** The name of the main database: where accounts, plans and client databases are administered. */
    String mainDatabase();

    Servers servers();

    Templates templates();

    Tenants tenants();

    /** What the acting user may do alone; {@code access.not-allowed} for the host, which is no user. */
    SelfService selfService();

    /** Hosts of client databases besides their own. */
    Aliases aliases();

    Configuration configuration();

    Access access();

    Operations operations();

    /** Begins what takes long, and does not wait for it. */
    AsyncOperations async();

    Events events();

    UsageRecords usage();

    Maintenance maintenance();

    /**
     * Runs several use cases in one transaction of the main database: all that they change is stored when this returns, nothing
     * of it when one of them, or the work, throws. Each sees what those before it have changed.
     *
     * @param work may be called more than once; uses nothing but what it is given, and that no longer than it runs
     */
    <T extends @Nullable Object> T inTransaction(Function<? super MainRecords, ? extends T> work);

    /**
     * The inside of a client database, with all rights when this view has them. A portal user gets to it only as one of its
     * users, through {@link TenantDatabase#actingAs}.
     *
     * @throws SaasException {@code database.unknown}
     */
    TenantDatabase database(String name);

    /**
     * A view with the rights of one account. No password is asked for: authenticate first.
     *
     * @throws SaasException {@code access.denied} where the account does not exist or is not active
     */
    Saas actingAs(UserId user);

    /** As {@link #actingAs(UserId)}, and the audit log says from which address. */
    Saas actingAs(UserId user, @Nullable String clientAddress);

    /** A view with all rights for whoever knows the master password; always empty where none is set. */
    Optional<Saas> withMasterPassword(String password);

    /**
     * As {@link #withMasterPassword(String)}, and the audit log says from which address. Too many wrong ones from an address
     * make it wait, and many times as many from all addresses together make all wait.
     *
     * @param clientAddress the caller's address; null: not known
     */
    Optional<Saas> withMasterPassword(String password, @Nullable String clientAddress);

    /**
     * Sets the master password, on all nodes, for good; needs all rights.
     *
     * @throws SaasException {@code account.invalid}
     */
    void changeMasterPassword(String newPassword);

    /** Asks the backend; never throws. */
    Health health();

    /** Closes what it opened; a backend that was handed in stays open. A second call does nothing. */
    @Override
    void close();
}
