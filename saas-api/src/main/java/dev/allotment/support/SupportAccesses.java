// SPDX-License-Identifier: Apache-2.0
package dev.allotment.support;

import static dev.allotment.AllowedFor.Keys.PROVIDED_SESSION;
import static dev.allotment.AllowedFor.Keys.READ_ONLY;
import static dev.allotment.AllowedFor.Keys.TENANTS;
import static dev.allotment.Permission.ENTER_FOR_SUPPORT;
import static dev.allotment.Permission.MANAGE_TEAM;
import static dev.allotment.Permission.VIEW;

import dev.allotment.AllowedFor;
import dev.allotment.DatabaseLogin;
import dev.allotment.Lookup;
import dev.allotment.Needs;
import dev.allotment.NeedsProof;
import dev.allotment.Role;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.SignInLink;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Support access: an operator requests access to one tenant, the team of its customer grants or refuses it, and the
 * operator enters the application of the tenant while it is granted.
 *
 * <p>An operator who enters tenants has the role {@link Role#SUPPORT} or {@link Role#ADMINISTRATOR}. The embedder is
 * none, and requests access as one of them, with {@link Saas#actingAs}. Only portal accounts in the team of the
 * customer answer: neither the embedder nor an operator can do that for them.
 *
 * <p>Reading shows a portal account what concerns the customer that it acts for, and operators everything. Safe for
 * use by several threads.
 */
@AllowedFor({READ_ONLY, TENANTS})
@Needs(VIEW)
public interface SupportAccesses extends Lookup<SupportAccessId, SupportAccess> {
    /** How long a request can be answered. */
    Duration PENDING = Duration.ofDays(7);

    /** For how many hours access can be granted at least. */
    int MIN_HOURS = 3;

    /** For how many hours access can be granted at most. */
    int MAX_HOURS = 168;

    /** For how many hours access is granted, unless the customer chooses otherwise. */
    int DEFAULT_HOURS = 24;

    /** How long a link of {@link #open} is valid. */
    Duration LINK_LIFE = Duration.ofMinutes(1);

    /** A session ends after it was not used for this long. */
    Duration IDLE = Duration.ofHours(1);

    /**
     * Requests access to a tenant for the acting operator. If the customer has a standing answer, the result is already
     * granted or refused.
     *
     * @throws SaasException {@code support.invalid} for the reason or the member; {@code support.already-requested} if
     *     the operator has requested the same right there, or has it; {@code record.missing} if the tenant does not
     *     exist; {@code tenant.state} if it is deleted, or belongs to no customer; {@code backend.unsupported} for
     *     {@link SupportRight#LOOK} if its backend has logins for applications, but none that only read; {@code
     *     access.not-allowed}
     */
    @Needs(ENTER_FOR_SUPPORT)
    SupportAccess request(NewSupportAccess request);

    /**
     * Withdraws a pending request, or gives granted access back. Its sessions end. For operators.
     *
     * @throws SaasException {@code record.missing}, {@code support.state}, {@code access.not-allowed}
     */
    @Needs(ENTER_FOR_SUPPORT)
    SupportAccess withdraw(SupportAccessId access);

    /**
     * Grants a pending request.
     *
     * @param hours for how long, from now on: {@link #MIN_HOURS} to {@link #MAX_HOURS}
     * @throws SaasException {@code record.missing}; {@code support.invalid} for the hours; {@code support.state} if it
     *     is not pending; {@code access.not-allowed} unless an account in the team of the customer acts
     */
    @AllowedFor(PROVIDED_SESSION)
    @NeedsProof
    @Needs(MANAGE_TEAM)
    SupportAccess grant(SupportAccessId access, int hours);

    /**
     * Refuses a pending request.
     *
     * @throws SaasException {@code record.missing}; {@code support.state} if it is not pending; {@code
     *     access.not-allowed} unless an account in the team of the customer acts
     */
    @AllowedFor(PROVIDED_SESSION)
    @Needs(MANAGE_TEAM)
    SupportAccess refuse(SupportAccessId access);

    /**
     * Revokes granted access. Its sessions and links end at once, on all nodes, and so do its logins at the database.
     *
     * @throws SaasException {@code record.missing}; {@code support.state} if it is not granted; {@code
     *     access.not-allowed} unless an account in the team of the customer acts
     */
    @AllowedFor(PROVIDED_SESSION)
    @Needs(MANAGE_TEAM)
    SupportAccess revoke(SupportAccessId access);

    /**
     * Returns the uses of an access, the newest first.
     *
     * @throws SaasException {@code record.missing}
     */
    @AllowedFor({READ_ONLY, TENANTS})
    @Needs(VIEW)
    List<SupportUse> uses(SupportAccessId access);

    /**
     * Returns the standing answer of the customer that this view acts for; {@link SupportAnswer#ASK} unless it has set
     * another one.
     *
     * @throws SaasException {@code record.missing} if this view acts for no customer
     */
    @AllowedFor({READ_ONLY, TENANTS})
    @Needs(VIEW)
    SupportSetting setting();

    /**
     * Sets the standing answer of the customer that this view acts for. What was answered before stays.
     *
     * @param hours for how long {@link SupportAnswer#GRANT} grants access: {@link #MIN_HOURS} to {@link #MAX_HOURS}
     * @throws SaasException {@code support.invalid} for the hours; {@code access.not-allowed} unless an account in the
     *     team of the customer acts
     */
    @AllowedFor(PROVIDED_SESSION)
    @NeedsProof
    @Needs(MANAGE_TEAM)
    SupportSetting set(SupportAnswer answer, int hours);

    /**
     * Creates a link with which the acting operator enters the application of the tenant. It works once, for {@link
     * #LINK_LIFE}. Only the operator who has requested the access can do this.
     *
     * @throws SaasException {@code record.missing}; {@code support.state} if the access is not granted; {@code
     *     support.member-missing} if the database has no such active member; {@code tenant.state} if the tenant is not
     *     open, or belongs to another customer since; {@code access.not-allowed}, {@code backend.unavailable}
     */
    @NeedsProof
    @Needs(ENTER_FOR_SUPPORT)
    SignInLink open(SupportAccessId access);

    /**
     * Uses up the token of a link, and opens a session. Returns empty if the token is unknown, used, expired or for
     * another tenant, or if the access has ended. For the embedder.
     *
     * @param database the name of the tenant
     * @param token the secret of the link
     * @throws SaasException {@code access.not-allowed}
     */
    Optional<Opened> redeem(String database, String token);

    /**
     * A session that was opened. The secret is never printed.
     *
     * @param secret of the session: 256 random bits in base64url
     * @param session what it is for
     */
    record Opened(String secret, SupportSession session) {
        /** Returns the session, without the secret. */
        @Override
        public String toString() {
            return "Opened[use=" + session.use() + "]";
        }
    }

    /**
     * Returns a session, and restarts its idle timeout. Returns empty if it does not exist or has ended: its access has
     * ended, the operator may not enter tenants any more, the member is not active, or the
     * database was replaced. {@link dev.allotment.access.Access#findSession} never finds it. For the embedder.
     *
     * @throws SaasException {@code access.not-allowed}
     */
    Optional<SupportSession> findSession(String secret);

    /**
     * Ends a session. Does nothing if it does not exist. For the embedder.
     *
     * @throws SaasException {@code access.not-allowed}
     */
    void closeSession(String secret);

    /**
     * Creates a login with which the application serves a session that looks. It only reads, and ends with the session,
     * or after an hour. For the embedder.
     *
     * @throws SaasException {@code support.state} if the session has ended, or may do more than look; {@code
     *     backend.unsupported}, {@code backend.unavailable}; {@code tenant.busy} during a live move; {@code
     *     access.not-allowed}
     */
    DatabaseLogin readingLogin(String secret);
}
