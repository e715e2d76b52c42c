// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.DatabaseLoad;
import java.util.List;

/** Measures what databases take of their server. An ability of {@link Databases}. Safe for use by several threads. */
public interface LoadMeter {
    /**
     * Returns what each database takes of the server now, in any order. Takes no lock, and one query however many
     * databases there are. What is not measured is null.
     */
    List<DatabaseLoad> load();
}
