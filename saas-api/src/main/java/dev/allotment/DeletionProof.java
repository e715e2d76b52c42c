// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import dev.allotment.fleet.Servers;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The proof that a deleted tenant's database is gone. It is stored in the audit log. If the customer is erased, the
 * names in it are replaced.
 *
 * <p>Immutable.
 *
 * @param event the identity of the entry of the audit log
 * @param tenant the tenant
 * @param uuid the identity that the tenant had
 * @param name the last name of its database
 * @param server the name of its database server
 * @param requestedBy the login of the account that deleted it; {@code host} for the embedding program itself, which
 *     also deletes expired trials
 * @param requestedAt when the deletion was requested
 * @param verifiedAt when the server was checked and had nothing left of the tenant, or was found to be {@linkplain
 *     Servers#giveUp given up}
 * @param verified what the server was checked for, such as {@code database} and {@code login}; empty if the server
 *     had been given up and could not be checked
 * @param backup what the pre-deletion backup returned; null: no backup was made
 */
public record DeletionProof(
        UUID event,
        TenantId tenant,
        UUID uuid,
        String name,
        String server,
        String requestedBy,
        Instant requestedAt,
        Instant verifiedAt,
        List<String> verified,
        @Nullable String backup) {
    /** Creates a record from all its components. Only the control plane creates one. */
    @Internal
    public DeletionProof {
        verified = List.copyOf(verified);
    }
}
