// SPDX-License-Identifier: Apache-2.0
package dev.allotment.access;

import static dev.allotment.AllowedFor.Keys.PROVIDED_SESSION;
import static dev.allotment.AllowedFor.Keys.READ_ONLY;
import static dev.allotment.AllowedFor.Keys.TENANTS;
import static dev.allotment.Permission.ENTER_TENANTS;
import static dev.allotment.Permission.RESEND;
import static dev.allotment.Permission.VIEW_INSTALLATION;

import dev.allotment.AllowedFor;
import dev.allotment.CustomDomains;
import dev.allotment.CustomerId;
import dev.allotment.Internal;
import dev.allotment.Needs;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.SignInLink;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.User;
import dev.allotment.UserId;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Sign-in links, authorization codes, password resets and sessions. Safe for use by several threads.
 *
 * <p>Secrets are random, and only their hashes are stored.
 */
public interface Access {
    /**
     * Creates a sign-in link for the owner of a tenant. It works once and expires after one hour.
     *
     * @throws SaasException {@code tenant.state} if the tenant has no owner or is not open, {@code
     *     access.not-allowed}
     */
    @AllowedFor(TENANTS)
    @Needs(ENTER_TENANTS)
    SignInLink issue(TenantId tenant);

    /**
     * Uses up the token of a sign-in link, and returns whom it signs in. Returns empty if the token is unknown, used,
     * expired, or for another tenant.
     *
     * @param database the name of the tenant
     * @param token the secret of the link
     */
    @Needs({})
    Optional<Redeemed> redeem(String database, String token);

    /** Whom a token signs in, and where. */
    record Redeemed(Tenant tenant, Member member) {}

    /** Returns whom a token would sign in, without using it up. Returns empty if {@link #redeem} would. */
    @Needs({})
    Optional<Redeemed> inspect(String token);

    /**
     * Returns whether an authorization response may be sent to a URI. It must be exactly {@link
     * AuthorizationRequest#REDIRECT_PATH} at a host of the tenant, or at one of its {@link CustomDomains}, and the
     * tenant must not be deleted.
     *
     * @param client the UUID of the tenant
     * @throws SaasException {@code access.not-allowed}
     */
    @AllowedFor(READ_ONLY)
    @Needs(VIEW_INSTALLATION)
    boolean isRedirectUri(UUID client, String redirectUri);

    /**
     * Issues an authorization code that signs the acting user in to its own tenant. The code works once and expires
     * after one minute.
     *
     * @return the code, to be sent to the redirect URI
     * @throws SaasException {@code access.client-unknown}, {@code access.redirect-invalid} (in both cases do not
     *     redirect), {@code access.not-allowed} if the acting user is not the owner, or its role for the
     *     customer of the tenant does not let it enter
     */
    @AllowedFor(PROVIDED_SESSION)
    @Needs({})
    String authorize(AuthorizationRequest request);

    /**
     * Exchanges an authorization code for a sign-in link. Any failure invalidates the code.
     *
     * @param client the UUID of the tenant
     * @param redirectUri the one that the code was requested with
     * @param verifier null: none
     * @return empty if the code is unknown, used, expired or for another tenant, or if redirect URI or verifier do
     *     not match
     */
    @Needs({})
    Optional<SignInLink> exchange(UUID client, String code, String redirectUri, @Nullable String verifier);

    /**
     * Creates a secret that sets a new password. It expires after one hour. Send it to the account's email address
     * and nowhere else.
     *
     * <p>Returns empty if there is no such active account, or if it has no email address. Do not show the difference
     * to the caller, because it reveals which accounts exist.
     */
    Optional<Reset> requestPasswordReset(String login);

    /**
     * Creates a secret with which the user of a new account chooses the first password. It expires after seven days,
     * and works as one of {@link #requestPasswordReset}. Send it to the account's email address and nowhere else.
     *
     * @return empty if there is no such active account, if it has no email address, or if its user has signed in
     * @throws SaasException {@code access.not-allowed} if the actor is not an administrator
     */
    @Needs(RESEND)
    Optional<Reset> invite(UserId user);

    /**
     * Returns until when a user who has never signed in can choose a password with a secret of {@link #invite} or
     * {@link #requestPasswordReset}; empty if there is none.
     *
     * @throws SaasException {@code access.not-allowed} if the actor is not an administrator
     */
    @Needs(VIEW_INSTALLATION)
    Optional<Instant> invitedUntil(UserId user);

    /**
     * Makes the secrets useless with which a user who has never signed in could choose a password. Does nothing if
     * there are none.
     *
     * @throws SaasException {@code access.not-allowed} if the actor is not an administrator
     */
    void revokeInvitation(UserId user);

    /** Whether {@link #resetPassword} accepts a secret now. The secret is not used up. */
    @Needs({})
    boolean canResetPassword(String secret);

    /**
     * Sets a new password with a secret of {@link #requestPasswordReset} or {@link #invite}, and closes all sessions as
     * {@link #closeSessions} does. The secret is used up.
     *
     * @return the account; empty if the secret is unknown, used or expired
     * @throws SaasException {@code account.invalid} for the password; the secret stays valid then
     */
    @Needs({})
    Optional<User> resetPassword(String secret, String newPassword);

    /**
     * A secret that sets a new password. The secret is never printed.
     *
     * @param secret works once, see {@link #resetPassword}
     * @param user the account
     * @param email where to send the secret
     */
    record Reset(String secret, User user, String email) {
        /** Returns the account, without the secret. */
        @Override
        public String toString() {
            return "Reset[user=" + user.id() + "]";
        }
    }

    /**
     * Opens a session for the account or the member that has this number at present. No password is checked. For a user
     * that was authenticated, use {@link #openSession(String, long, String)}.
     *
     * @param database the main database or the name of a tenant
     * @param user the id of the account or the member
     * @return the secret of the session: 256 random bits in base64url
     */
    @Needs({})
    String openSession(String database, long user);

    /**
     * Opens a session for an account or a member that the caller has just authenticated. If the database of a tenant
     * was
     * replaced since, by a swap or a restore in place, the number may be that of another person.
     *
     * @param database the main database or the name of a tenant
     * @param user the id of the account or the member
     * @param login its login
     * @return the secret of the session: 256 random bits in base64url
     * @throws SaasException {@code access.denied} if the user does not exist, has another login or is not active
     */
    @Needs({})
    String openSession(String database, long user, String login);

    /**
     * Returns a session and restarts its idle timeout. Returns empty if it does not exist, has expired, or its user
     * is not active any more.
     */
    @Needs({})
    Optional<Session> findSession(String secret);

    /**
     * Makes a session at the main database act for another customer. It must be a session of the acting account, or
     * this view must have all rights.
     *
     * @throws SaasException {@code access.denied} if the session does not exist or has expired, {@code record.missing}
     *     if its account is not in the team of the customer
     */
    @Needs({})
    void switchCustomer(String secret, CustomerId customer);

    /** Closes a session. Does nothing if the session does not exist. */
    @Needs({})
    void closeSession(String secret);

    /**
     * Closes all sessions of an account or a member.
     *
     * <p>For an account, this also closes its sessions as the owner of tenants, and revokes the access tokens and
     * codes that would sign it in there. If a tenant database is unavailable, so that its owner is not known, all
     * sessions there are closed.
     *
     * @param database the main database or the name of a tenant
     * @param user the id of the account or the member
     */
    @Needs({})
    void closeSessions(String database, long user);

    /**
     * An open session.
     *
     * @param database the main database or the name of a tenant
     * @param user the id of a {@link User} or a {@link Member} of that database
     * @param login its login
     * @param byBrowser whether {@link SignIns} opened it
     * @param customer the customer that a session at the main database acts for, see {@link Saas#actingFor}; null: that
     *     of the account, or the session is at a tenant
     * @param provided whether the identity provider of the customer has opened the session, which is limited to the
     *     customer, see {@link Saas#actingInSession}
     */
    record Session(
            String database,
            long user,
            String login,
            Instant createdAt,
            Instant expiresAt,
            boolean byBrowser,
            @Nullable CustomerId customer,
            boolean provided) {
        /** Creates a record from all its components. Only the core does, see {@link #findSession}. */
        @Internal
        public Session {}
    }
}
