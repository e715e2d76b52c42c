// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.backup;

import java.time.Instant;
import java.util.UUID;

/**
 * An export in the store of the backups.
 *
 * @param id the UUID of its operation
 * @param run the run of the operation that has written it, a number that no other run has
 */
public record StoredExport(UUID tenant, UUID id, Instant expiresAt, long run) {}
