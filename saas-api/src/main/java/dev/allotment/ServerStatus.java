// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How a database server is.
 *
 * @param health of the last time that it was asked; up where it never was
 * @param askedAt null: never, by this process
 * @param databases on it: those of tenants, deleted ones that are kept for a while too, of templates, and spares
 * @param crowded more than the control plane wants on one server
 * @param full it takes no more databases
 */
public record ServerStatus(
        Server server, Health health, @Nullable Instant askedAt, long databases, boolean crowded, boolean full) {}
