// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.move;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.core.internal.server.Abilities;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.StoredTenant;
import java.util.List;
import java.util.Map;

/** What keeps a tenant from being moved: a move drops the original, so the copy has to have everything. */
final class MoveObstacles {
    private MoveObstacles() {}

    /**
     * Refuses a database that another server would not have unchanged, while it is open and has the tenant's name.
     *
     * @throws SaasException {@code database.not-transferable}
     */
    static void refuse(Databases databases, DatabaseRef database, StoredTenant tenant) {
        List<String> doubts = Abilities.transfer(databases).transferDoubts(database);
        if (!doubts.isEmpty()) {
            int more = doubts.size() - 1;
            throw new SaasException(
                    ErrorCategory.CONFLICT,
                    ErrorCodes.DATABASE_NOT_TRANSFERABLE,
                    "Database \"" + tenant.name() + "\" cannot be moved: another server may refuse a part of it, "
                            + doubts.get(0) + (more == 0 ? "" : " and " + more + " more")
                            + ". The move would drop the only database that has it. Remove that first.",
                    Map.of("database", tenant.name()),
                    false,
                    null);
        }
    }
}
