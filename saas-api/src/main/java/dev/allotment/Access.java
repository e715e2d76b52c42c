// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Access tokens into client databases, and sessions. Secrets are random and stored hashed. */
public interface Access {
    /**
     * A new way in for the owner; good for one hour, once.
     *
     * @throws SaasException {@code tenant.state} where it has no owner or is not open, {@code access.not-allowed}
     */
    SignInLink issue(TenantId tenant);

    /** Uses a token up. Empty where it is unknown, used, expired, or for another database. */
    Optional<Redeemed> redeem(String database, String token);

    /** Who a token was for. */
    record Redeemed(Tenant tenant, Member member) {}

    /** Whom a token would let in, without using it up. Empty where {@link #redeem} would be. */
    Optional<Redeemed> inspect(String token);

    /**
     * Whether an answer may be sent to an address: it is {@link AuthorizationRequest#REDIRECT_PATH} at one of the hosts of a
     * client database that lives, its own or one of its {@link Aliases}, to the letter.
     *
     * @param client the UUID of the client database
     * @throws SaasException {@code access.not-allowed}
     */
    boolean isRedirectUri(UUID client, String redirectUri);

    /**
     * The acting user agrees to be signed in at its own client database.
     *
     * @return the code to send there, good for a minute, once
     * @throws SaasException {@code access.client-unknown}, {@code access.redirect-invalid} (never redirect then), {@code
     *     access.not-allowed} where the acting user is not the owner
     */
    String authorize(AuthorizationRequest request);

    /**
     * A client database turns a code into the owner's way in. Whatever is wrong uses the code up.
     *
     * @param redirectUri the one that the code was asked for with
     * @param verifier null: none
     * @return empty where the code is unknown, used, expired, another client's, or where something does not fit
     */
    Optional<SignInLink> exchange(UUID client, String code, String redirectUri, @Nullable String verifier);

    /**
     * For whoever has forgotten a password: a secret to be sent to the account's e-mail address and nowhere else, good for an
     * hour. Empty where there is no such active account, or none with an address; what a stranger sees must not differ.
     */
    Optional<Reset> requestPasswordReset(String login);

    /**
     * Sets a new password with a secret of {@link #requestPasswordReset}, uses it up, and ends all sessions as {@link
     * #closeSessions} does.
     *
     * @return false where the secret is unknown, used or expired
     * @throws SaasException {@code account.invalid}; the secret is still good then
     */
    boolean resetPassword(String secret, String newPassword);

    /**
     * How to set a new password. The secret is never printed.
     *
     * @param email where to send it
     */
    record Reset(String secret, User user, String email) {
        @Override
        public String toString() {
            return "Reset[user=" + user.id() + "]";
        }
    }

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
     * Ends all sessions of a user at the main database or a client database. At the main database also those of the owner at the
     * client databases of this account, with the access tokens and codes that would let it in there; where a client database
     * cannot say who its owner is, all sessions there.
     */
    void closeSessions(String database, long user);

    /**
     * An open session.
     *
     * @param user the id of a {@link User} or {@link Member} of that database
     */
    record Session(String database, long user, Instant createdAt, Instant expiresAt) {}
}
