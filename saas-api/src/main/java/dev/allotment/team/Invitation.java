// SPDX-License-Identifier: Apache-2.0
package dev.allotment.team;

import dev.allotment.CustomerId;
import dev.allotment.Internal;
import dev.allotment.TeamRole;
import dev.allotment.UserId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An invitation to the team of a customer, without its secret. Immutable.
 *
 * @param id the number
 * @param customerId the customer
 * @param email the address that it is bound to, in lower case
 * @param role the role that accepting it gives
 * @param tenants the tenants to which the role will apply
 * @param state what became of it
 * @param invitedBy the account that sent it; null: the embedder
 * @param createdAt when it was created
 * @param expiresAt until when it can be accepted
 */
public record Invitation(
        InvitationId id,
        CustomerId customerId,
        String email,
        TeamRole role,
        TenantLimit tenants,
        InvitationState state,
        @Nullable UserId invitedBy,
        Instant createdAt,
        Instant expiresAt) {
    /** Creates a record from all its components. Only the core does. */
    @Internal
    public Invitation {}
}
