// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A database name that nobody else may take, in the whole control plane.
 *
 * @param name unique
 * @param holder the identity of the tenant or template that has it, or had it
 * @param until null while its holder lives; the end of its quarantine after that
 */
public record ReservedName(
        long id, String name, UUID holder, @Nullable Instant until) {}
