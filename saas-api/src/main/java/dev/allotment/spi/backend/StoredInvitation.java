// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.CustomerId;
import dev.allotment.Internal;
import dev.allotment.RecordField;
import dev.allotment.TeamRole;
import dev.allotment.UserId;
import dev.allotment.team.InvitationId;
import dev.allotment.team.InvitationState;
import dev.allotment.team.TenantLimit;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The row of an invitation to the team of a customer.
 *
 * @param id 0 before it is stored
 * @param customerId the customer
 * @param email the address that it is bound to, in lower case
 * @param role the role that accepting it gives
 * @param tenants the tenants to which the role will apply
 * @param hash SHA-256 of the secret in hexadecimal, unique
 * @param state as stored: a pending one may have expired
 * @param sent how often a secret was made for it
 * @param invitedBy the account that sent it; null: the embedder
 * @param createdAt when it was created
 * @param days for how many days each secret is valid
 * @param expiresAt until when it can be accepted
 */
public record StoredInvitation(
        InvitationId id,
        CustomerId customerId,
        String email,
        TeamRole role,
        TenantLimit tenants,
        String hash,
        InvitationState state,
        int sent,
        @Nullable UserId invitedBy,
        Instant createdAt,
        int days,
        Instant expiresAt) {
    /** The field {@code id}, for filters and sort keys. */
    public static final RecordField<StoredInvitation, InvitationId> ID = RecordField.of("id");

    /** The field {@code customerId}, for filters and sort keys. */
    public static final RecordField<StoredInvitation, CustomerId> CUSTOMER_ID = RecordField.of("customerId");

    /** The field {@code email}, for filters and sort keys. */
    public static final RecordField<StoredInvitation, String> EMAIL = RecordField.of("email");

    /** The field {@code role}, for filters and sort keys. */
    public static final RecordField<StoredInvitation, TeamRole> ROLE = RecordField.of("role");

    /** The field {@code tenants}, for filters and sort keys. */
    public static final RecordField<StoredInvitation, TenantLimit> TENANTS = RecordField.of("tenants");

    /** The field {@code hash}, for filters and sort keys. */
    public static final RecordField<StoredInvitation, String> HASH = RecordField.of("hash");

    /** The field {@code state}, for filters and sort keys. */
    public static final RecordField<StoredInvitation, InvitationState> STATE = RecordField.of("state");

    /** The field {@code sent}, for filters and sort keys. */
    public static final RecordField<StoredInvitation, Integer> SENT = RecordField.of("sent");

    /** The field {@code invitedBy}, for filters and sort keys. */
    public static final RecordField<StoredInvitation, UserId> INVITED_BY = RecordField.of("invitedBy");

    /** The field {@code createdAt}, for filters and sort keys. */
    public static final RecordField<StoredInvitation, Instant> CREATED_AT = RecordField.of("createdAt");

    /** The field {@code days}, for filters and sort keys. */
    public static final RecordField<StoredInvitation, Integer> DAYS = RecordField.of("days");

    /** The field {@code expiresAt}, for filters and sort keys. */
    public static final RecordField<StoredInvitation, Instant> EXPIRES_AT = RecordField.of("expiresAt");

    /** Creates a record from all its components. Only the core and {@link RecordType} do. */
    @Internal
    public StoredInvitation {}

    /** Returns the same invitation in another state. */
    public StoredInvitation withState(InvitationState other) {
        return new StoredInvitation(
                id, customerId, email, role, tenants, hash, other, sent, invitedBy, createdAt, days, expiresAt);
    }

    /** Returns the same invitation with another secret. */
    public StoredInvitation sentAgain(String newHash, Instant until) {
        return new StoredInvitation(
                id, customerId, email, role, tenants, newHash, state, sent + 1, invitedBy, createdAt, days, until);
    }

    /** Returns whether it can be accepted. */
    public boolean pendingAt(Instant now) {
        return state == InvitationState.PENDING && now.isBefore(expiresAt);
    }
}
