// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import org.jspecify.annotations.Nullable;

/**
 * Marks a server that several catalogs can reach with the one that changes it, so that a copy of the catalog is
 * noticed. An ability of {@link Databases}. Safe for use by several threads.
 */
public interface CatalogMarks {
    /** Returns the mark that {@link #setMark} set for this control plane; null if there is none. */
    @Nullable
    String mark();

    /**
     * Stores with the server which catalog changes the databases of this control plane. It survives a restart of the
     * server.
     *
     * @param mark at most 200 printable ASCII characters
     */
    void setMark(String mark);
}
