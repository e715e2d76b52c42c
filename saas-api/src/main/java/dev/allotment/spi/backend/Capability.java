// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

/**
 * What only some {@link Backend}s can do with methods that all have. An {@linkplain Databases ability} is declared by
 * its accessor instead. The kit tests that a declared capability works, and that one that is not declared is refused.
 */
public enum Capability {
    /** Committed data survives closing the backend and killing its process. */
    DURABLE,

    /**
     * Several processes may open the same storage at the same time. Without it, the second one gets {@code
     * backend.in-use}.
     */
    SHARED,

    /** {@link DatabaseTransaction#run} executes scripts. */
    SCRIPTS,

    /** Each tenant database has a separate login that reaches no other: {@link Databases#login}. */
    LOGINS,

    /** The database enforces row quotas: {@link DatabaseTransaction#enforce}. */
    ROW_QUOTAS
}
