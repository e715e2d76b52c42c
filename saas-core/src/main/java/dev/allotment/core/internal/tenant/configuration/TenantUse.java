// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.configuration;

import dev.allotment.Plan;
import dev.allotment.PlanSwitch;
import dev.allotment.core.internal.database.TenantDatabases;
import dev.allotment.core.internal.record.MemberRows;
import dev.allotment.spi.backend.StoredTenant;
import java.util.ArrayList;
import java.util.List;

/**
 * What a database has that limits of its tenant count.
 *
 * @param users the active regular members, without an administrator who is not the owner
 * @param bytes the size of the database and of the files
 */
public record TenantUse(long users, long bytes) {
    public static TenantUse of(TenantDatabases databases, StoredTenant tenant) {
        long bytes = databases.size(tenant) + tenant.fileSizeBytes();
        return databases.transact(tenant, tx -> new TenantUse(MemberRows.regular(tx), bytes));
    }

    /** Returns the limits that this exceeds. A limit of 0 is none. */
    public List<PlanSwitch.Excess> exceeded(int maxUsers, int storageLimitMb) {
        List<PlanSwitch.Excess> exceeded = new ArrayList<>();
        exceeded(exceeded, "maxUsers", maxUsers, users);
        exceeded(exceeded, "storageLimitMb", storageLimitMb, (bytes + Plan.MEGABYTE - 1) / Plan.MEGABYTE);
        return exceeded;
    }

    public static void exceeded(List<PlanSwitch.Excess> exceeded, String field, int limit, long found) {
        if (limit > 0 && found > limit) {
            exceeded.add(new PlanSwitch.Excess(field, limit, found));
        }
    }
}
