// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.time.Instant;
import java.util.Optional;

/** Access tokens into client databases, and sessions. Secrets are random and stored hashed. */
public interface Access {
    /**
     * A new way in for the owner; good for one hour, once.
     *
     * @throws SaasException {@code tenant.state} where it has no owner or is not open, {@code access.not-allowed}
     */
    Entry issue(TenantId tenant);

    /** Uses a token up. Empty where it is unknown, used, expired, or for another database. */
    Optional<Redeemed> redeem(String database, String token);

    /** Who a token was for. */
    record Redeemed(Tenant tenant, Member member) {}

    /**
     * Opens a session for a user who has just been authenticated, at the main database or a client database.
     *
     * @return the secret, 256 random bits in base64url
     */
    String openSession(String database, long user);

    /** Empty where there is none, it has ended, or its user is not active any more. Keeps it from ending by idleness. */
    Optional<Session> findSession(String secret);

    /** Ends it; unknown ones are no error. */
    void closeSession(String secret);

    /**
     * An open session.
     *
     * @param user the id of a {@link User} or {@link Member} of that database
     */
    record Session(String database, long user, Instant createdAt, Instant expiresAt) {}
}
