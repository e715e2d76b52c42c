// SPDX-License-Identifier: Apache-2.0
package dev.allotment.hook;

import java.util.Optional;

/**
 * A transaction inside a tenant database, for a {@link Fix} or a {@link Neutraliser}.
 *
 * <p>It belongs to the calling thread, until the hook returns. What the hook throws rolls everything back.
 */
public interface TenantTransaction {
    /**
     * Executes SQL with the rights of the tenant's application.
     *
     * @param script any number of statements in the dialect of the backend
     * @throws dev.allotment.SaasException {@code addon.failed} if a statement fails, with the database's error as the
     *     cause; the transaction cannot be used after that. {@code backend.unsupported} if the backend runs no
     *     scripts
     */
    void run(String script);

    /** Returns the value of a parameter of the tenant; empty if the tenant does not have it. */
    Optional<String> parameter(String key);

    /**
     * Sets a parameter of the tenant.
     *
     * @param key at most 256 characters
     * @param hidden whether members cannot see the parameter
     */
    void setParameter(String key, String value, boolean hidden);
}
