// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

/** What not every {@link Backend} can do. The kit checks that one declared works, and one not declared is refused. */
public enum Capability {
    /** What was committed is there after the backend was closed, or its process killed, and opened again. */
    DURABLE,
    /** Several processes may have the same storage open at once. Not declared: a second one gets {@code backend.in-use}. */
    SHARED,
    /** {@link DatabaseTransaction#run} executes scripts; else they are refused with {@code backend.unsupported}. */
    SCRIPTS,
    /** Each database has a login of its own that gets into no other: {@link Databases#login}. */
    LOGINS,
    /** {@link DatabaseTransaction#enforce} has the database hold limits of rows; else it is refused. */
    ROW_QUOTAS,
    /** Databases that others have made can become its own: {@link Databases#adopt}. */
    ADOPTION,
    /** A database can go to another server of the same dialect: {@link Databases#send} and {@link Databases#receive}. */
    TRANSFER
}
