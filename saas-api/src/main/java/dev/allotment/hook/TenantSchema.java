// SPDX-License-Identifier: Apache-2.0
package dev.allotment.hook;

import dev.allotment.DatabaseLogin;

/**
 * The tables of the embedder's own application in every tenant database, and how they are brought up to date.
 *
 * <p>The embedder registers one at the builder, on every node. The control plane calls {@link #migrate} for new
 * templates, for a new, copied or adopted database before it is opened, before a suspended or deleted tenant is opened
 * again, and for {@link dev.allotment.Tenants#migrate}. It records {@link #version} in the catalog afterwards, so that
 * one query finds the tenants that are outdated.
 *
 * <p>Add-ons are the other way to bring tables into tenant databases: see {@link Addon}. Both may be used together.
 * Implementations must be safe for use by several threads.
 */
public interface TenantSchema {
    /**
     * Returns the version that a database has after {@link #migrate}: numbers separated by dots, such as {@code 1.10},
     * optionally followed by a hyphen and up to 64 letters and digits, such as a hash of the scripts.
     *
     * <p>A database with another text is outdated, unless its numbers are higher: then a node with a newer build of the
     * embedder has migrated it, and this node leaves it alone. Does no I/O, and always returns the same.
     */
    String version();

    /**
     * Brings a database up to {@link #version}. It may run again for the same database, after it succeeded, failed, or
     * was killed at any point, so it must find out in the database what is left to do.
     *
     * <p>No other call works on the same database at the same time, unless its node lost its lease and does not know
     * it. It may take long, if the embedder calls {@link dev.allotment.fleet.Maintenance#renewLeases} meanwhile.
     *
     * @param login connects with the rights of the tenant's application, until this method returns. The application is
     *     locked out meanwhile, unless {@link dev.allotment.Tenants#migrate} migrates an open tenant
     * @throws MigrationFailedException if the database could not be brought up to date, and it is known which migration
     *     failed
     * @throws Exception if the database could not be brought up to date; the caller receives {@code schema.failed}
     *     with this as the cause. Administrators read its message and those of its causes, which have no secrets
     */
    void migrate(DatabaseLogin login) throws Exception;
}
