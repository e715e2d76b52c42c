// SPDX-License-Identifier: Apache-2.0
package dev.allotment.fleet;

import static dev.allotment.AllowedFor.Keys.READ_ONLY;
import static dev.allotment.Permission.VIEW_INSTALLATION;

import dev.allotment.AllowedFor;
import dev.allotment.AsyncOperations;
import dev.allotment.Needs;
import dev.allotment.OperationKind;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import java.util.List;

/**
 * Compares the catalog with the database servers, in both directions, and repairs differences. Requires an
 * administrator.
 *
 * <p>They differ after a backup of the catalog or of a server was restored, after a failover that lost the last
 * transactions, and after an operator changed databases or rights by hand. Operations in progress are not differences,
 * so both may be called while nodes work. Safe for use by several threads.
 *
 * <p>Costs one query for each server, and reads the catalog page by page. A server that cannot be read is a finding,
 * and the others are still checked.
 */
public interface Reconciliation {
    /** Checks all servers in service, except those given up as lost. Changes nothing. */
    @AllowedFor(READ_ONLY)
    @Needs(VIEW_INSTALLATION)
    ReconciliationReport check();

    /**
     * Checks one server. Changes nothing.
     *
     * @throws SaasException {@code record.missing}
     */
    @AllowedFor(READ_ONLY)
    @Needs(VIEW_INSTALLATION)
    ReconciliationReport check(ServerId server);

    /**
     * Checks, and repairs what is {@linkplain Finding#automatic safe to repair}, or only {@linkplain
     * RepairRequest#only what was chosen} of it. Databases that no record knows are
     * never opened, closed or given to another tenant; they are dropped only if the request names them.
     *
     * <p>Repairs of a tenant are operations of the kind {@link OperationKind#REPAIR_TENANT}. One repair that fails does
     * not prevent the others. {@link AsyncOperations#repair} does the same without waiting for the result.
     *
     * @return a result for each finding that the request selects
     * @throws SaasException {@code repair.unknown} if the request names a database to drop that is not among the
     *     findings, or may not be dropped; then nothing is repaired
     */
    List<RepairResult> repair(RepairRequest request);
}
