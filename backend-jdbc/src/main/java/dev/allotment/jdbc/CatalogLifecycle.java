// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jdbc;

import org.jspecify.annotations.Nullable;

/** What the catalog of a backend does apart from transactions; see {@link dev.allotment.spi.backend.Catalog}. */
public interface CatalogLifecycle {
    /** Brings the schema up to date. */
    void migrate();

    /** Whether the schema is up to date. */
    boolean isMigrated();

    /** Identifies where the catalog is stored; null if that is unknown. */
    @Nullable
    String place();

    /** Identifies the line of changes that the newest connection continues; null if that is unknown. Does no I/O. */
    @Nullable
    String timeline();

    /** Gives the catalog another identity. */
    void separate();
}
