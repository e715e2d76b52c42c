// SPDX-License-Identifier: Apache-2.0
package dev.allotment.hook;

import dev.allotment.spi.backend.DatabaseTransaction;

/** A repair that a host has registered by name, to be run in a client database by a configuration that names it. */
@FunctionalInterface
public interface Fix {
    /** Runs in the transaction of the configuration; what it throws undoes the whole configuration. */
    void apply(DatabaseTransaction database);
}
