// SPDX-License-Identifier: Apache-2.0
package dev.allotment.fleet;

import dev.allotment.Internal;
import dev.allotment.ServerId;
import dev.allotment.TenantId;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One difference between the catalog and a database server. A check returns the same finding until the difference is
 * gone.
 *
 * <p>Immutable.
 *
 * @param code what it is about
 * @param serverId the database server; null: none, it concerns the catalog only
 * @param serverName the name of that server; empty without one
 * @param database the name of the database on the server, or in the catalog if the server has none; null: none
 * @param uuid the identity of the database; null: none
 * @param tenantId the tenant; null: none
 * @param message what was found and what was expected: one sentence for an operator
 * @param automatic whether {@link Reconciliation#repair} repairs it without more information. Never true for a repair
 *     that drops a database
 * @param remedy what repairs it: what {@code repair} would do, or what the operator can do
 */
public record Finding(
        FindingCode code,
        @Nullable ServerId serverId,
        String serverName,
        @Nullable String database,
        @Nullable UUID uuid,
        @Nullable TenantId tenantId,
        String message,
        boolean automatic,
        String remedy) {
    /** Creates a record from all its components. Only the control plane creates one. */
    @Internal
    public Finding {}

    /**
     * Returns what identifies the difference, for {@link RepairRequest#only}: its code, server, identity and name. A
     * later check returns the same key until the difference is gone.
     */
    public String key() {
        return String.join(
                "/",
                code.code(),
                serverId == null ? "" : serverId.toString(),
                uuid == null ? "" : uuid.toString(),
                database == null ? "" : database);
    }
}
