// SPDX-License-Identifier: Apache-2.0
package dev.allotment.backup;

import dev.allotment.Internal;
import dev.allotment.Plan;

/**
 * How much space backups take in the store, compressed and encrypted. The number of each tenant is updated when a
 * backup of it is made or deleted. Backups that cannot be read are not counted.
 *
 * <p>Immutable.
 *
 * @param tenantBytes bytes of the backups of the tenant
 * @param customerBytes bytes of the backups of all tenants of its customer; those of the tenant without a customer
 * @param planBytes bytes that count against the limit: those of all tenants of the customer on the tenant's plan; 0
 *     without a plan
 * @param limitMb the limit in megabytes of 1,048,576 bytes, see {@link Plan#backupLimitMb}; 0: no limit
 */
public record BackupUsage(long tenantBytes, long customerBytes, long planBytes, int limitMb) {
    /** Creates a record from all its components. Only the control plane creates one. */
    @Internal
    public BackupUsage {}

    /** Returns whether the limit is reached. If so, owners cannot make another backup. */
    public boolean limitReached() {
        return limitMb > 0 && planBytes >= limitMb * Plan.MEGABYTE;
    }
}
