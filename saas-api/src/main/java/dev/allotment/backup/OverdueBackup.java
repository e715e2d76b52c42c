// SPDX-License-Identifier: Apache-2.0
package dev.allotment.backup;

import dev.allotment.TenantId;
import java.time.Instant;

/**
 * A scheduled backup that was not made in time.
 *
 * @param tenant the tenant that is to be backed up
 * @param name the name of the tenant
 * @param dueAt since when the backup is due
 */
public record OverdueBackup(TenantId tenant, String name, Instant dueAt) {}
