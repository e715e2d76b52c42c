// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * That a client database is gone. It is told by an entry of the audit log, which nothing changes.
 *
 * @param event the identity of that entry
 * @param uuid the identity that the database had for life
 * @param name its last name
 * @param server the name of its database server
 * @param requestedBy the login of whoever deleted it; {@code host} for the host itself, which also deletes expired trials
 * @param verifiedAt when the server was asked, and had nothing left of it; or was found to be {@link Servers#giveUp given up}
 * @param verified what the server was asked for, such as {@code database} and {@code login}; nothing where it had been given up
 *     as lost, so that what was on it could not be reached
 * @param backup what the final backup said of itself; null: none was made
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
    public DeletionProof {
        verified = List.copyOf(verified);
    }
}
