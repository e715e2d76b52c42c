// SPDX-License-Identifier: Apache-2.0
package dev.allotment.team;

import static dev.allotment.AllowedFor.Keys.PROVIDED_SESSION;
import static dev.allotment.AllowedFor.Keys.READ_ONLY;
import static dev.allotment.AllowedFor.Keys.TENANTS;
import static dev.allotment.Permission.MANAGE_TEAM;
import static dev.allotment.Permission.OWN;
import static dev.allotment.Permission.VIEW;

import dev.allotment.AllowedFor;
import dev.allotment.CustomerId;
import dev.allotment.Needs;
import dev.allotment.NeedsProof;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.SignUp;
import dev.allotment.TeamRole;
import dev.allotment.User;
import dev.allotment.UserId;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The team of the customer that this view acts for: its members, and invitations to it. An account acts for its own
 * customer unless {@link Saas#actingFor} chose another one. The embedder and administrators choose one with it.
 *
 * <p>A member cannot give a role or tenants that go beyond its own. Only owners appoint, change and remove owners. A
 * member that is limited to some tenants manages only members and invitations that are limited to these. A customer
 * that has accounts always keeps an owner. All changes of one team wait for each other.
 *
 * <p>Safe for use by several threads. Unless this view acts for a customer that exists, the methods about a team are
 * refused with {@code record.missing}. They are so with an API key for the tenants of one plan, too: a member can do
 * more than such a key.
 */
public interface Teams {
    /** How many invitations one customer can create in 24 hours. */
    int MAX_INVITATIONS_PER_DAY = 50;

    /** How often the secret of one invitation can be sent. */
    int MAX_SENDINGS = 5;

    /** Returns the members of the team, those with the oldest membership first. */
    @AllowedFor({READ_ONLY, TENANTS})
    @Needs(VIEW)
    List<Teammate> members();

    /**
     * Returns the teams of the acting account, those with the oldest membership first; none for the embedder. A session
     * that the identity provider of a customer has opened sees the team of that customer only.
     */
    @AllowedFor({READ_ONLY, PROVIDED_SESSION})
    @Needs({})
    List<Team> mine();

    /** Changes the role and the tenants of a member, as {@link #update} does. */
    @NeedsProof
    @AllowedFor(TENANTS)
    @Needs(MANAGE_TEAM)
    default Teammate change(UserId account, TeamRole role, TenantLimit tenants) {
        return update(account, present -> present.with(role, tenants));
    }

    /**
     * Changes the role and the tenants of a member under a lock.
     *
     * @param change receives the member as stored and returns it as wanted, which {@link Teammate#with} makes; may be
     *     called more than once; everything but role and tenants is ignored. What it throws is thrown
     * @throws SaasException {@code record.missing} if the account is not in the team, {@code team.last-owner}, {@code
     *     team.invalid} if the customer has no such tenant, {@code access.not-allowed}
     */
    @NeedsProof
    @AllowedFor(TENANTS)
    @Needs(MANAGE_TEAM)
    Teammate update(UserId account, UnaryOperator<Teammate> change);

    /**
     * Removes a member from the team. It loses its rights at once: its sessions for the customer end, and so do its
     * sessions, sign-in links and codes at tenants of the customer; its API keys for the customer are revoked. Tenants
     * of the customer that it owns pass to the acting owner, or else to the owner who has been in the team longest.
     *
     * @throws SaasException {@code record.missing} if the account is not in the team, {@code team.last-owner}, {@code
     *     access.not-allowed}
     */
    @AllowedFor(TENANTS)
    @Needs(MANAGE_TEAM)
    void remove(UserId account);

    /**
     * Removes the acting account from the team, as {@link #remove} does.
     *
     * @throws SaasException {@code team.last-owner}, {@code record.missing} if it is not in the team
     */
    @AllowedFor(TENANTS)
    @Needs({})
    void leave();

    /**
     * Makes a member an owner, and the acting account, if it is one, an administrator.
     *
     * @throws SaasException {@code record.missing} if the account is not in the team, {@code access.not-allowed}
     */
    @NeedsProof
    @AllowedFor(TENANTS)
    @Needs(OWN)
    Teammate handOver(UserId account);

    /**
     * Invites a person. It replaces a pending invitation to the same address. A person whose account is in the team
     * already, with this address as its login, is returned, and gets no invitation.
     *
     * @throws SaasException {@code team.invalid} for the address, the number of days, or tenants that the customer does
     *     not have; {@code team.full} if members and pending invitations reach {@link
     *     dev.allotment.Parameter#TEAM_LIMIT}; {@code team.too-many-invitations} (retryable); {@code
     *     access.not-allowed}
     */
    @NeedsProof
    @AllowedFor(TENANTS)
    @Needs(MANAGE_TEAM)
    SentInvitation invite(NewInvitation invitation);

    /**
     * Decides whether each member of the team needs a second factor or a passkey. A member without one can still sign
     * in with the password and set one up, but has no rights of the team before: what needs them is refused with {@code
     * access.factor-missing}. This applies to people in all their sessions, and not to API keys, the embedder and
     * administrators.
     *
     * @throws SaasException {@code access.factor-missing} if the acting account has neither itself, {@code
     *     access.not-allowed}
     */
    @NeedsProof
    @AllowedFor(TENANTS)
    @Needs(MANAGE_TEAM)
    void requireFactor(boolean required);

    /** Returns whether each member of the team needs a second factor or a passkey. */
    @AllowedFor({READ_ONLY, TENANTS})
    @Needs({})
    boolean requiresFactor();

    /** Returns the invitations to the team, the newest first. Those that have ended are removed after a month. */
    @AllowedFor({READ_ONLY, TENANTS})
    @Needs(value = MANAGE_TEAM, operators = VIEW)
    List<Invitation> invitations();

    /**
     * Gives a pending invitation a new secret, for as long as at first. The old secret is invalid from then on. Accepts
     * one that has expired, too, if there is room in the team.
     *
     * @throws SaasException {@code record.missing}, {@code team.invitation-ended}, {@code team.too-many-invitations},
     *     {@code team.full}, {@code access.not-allowed}
     */
    @AllowedFor(TENANTS)
    @Needs(MANAGE_TEAM)
    SentInvitation resend(InvitationId invitation);

    /**
     * Revokes an invitation. Does nothing if it has ended.
     *
     * @throws SaasException {@code record.missing}, {@code access.not-allowed}
     */
    @AllowedFor(TENANTS)
    @Needs(MANAGE_TEAM)
    Invitation revoke(InvitationId invitation);

    /** Returns the pending invitation that has a secret, of any customer. The secret is not used up. */
    @Needs({})
    Optional<OpenedInvitation> inspect(String secret);

    /**
     * Accepts an invitation for the acting account. The secret is used up. An account that is in the team already keeps
     * its role.
     *
     * @param otherAddress whether the person has confirmed that an account with another login than the invited address
     *     shall accept
     * @throws SaasException {@code team.invitation-ended} if the secret is unknown, used or expired; {@code
     *     team.other-address} if the login is not the invited address, and this was not confirmed; {@code
     *     access.not-allowed} unless an account acts
     */
    @Needs({})
    TeamMember accept(String secret, boolean otherAddress);

    /**
     * Creates an account for the invited address, and accepts the invitation with it. The secret was sent to this
     * address, so the address is confirmed. This also works if sign-up is off. The secret is used up.
     *
     * @param secret {@link SentInvitation#emailedSecret}
     * @param account its login is the invited address, and so is its email address
     * @param clientAddress for the audit log; null: not known
     * @return the account, which acts for the customer of the team
     * @throws SaasException {@code team.invitation-ended} if the secret is unknown, used or expired; {@code
     *     team.other-address} if the login is not the invited address; {@code account.login-taken} if there is an
     *     account with this login, which can {@link #accept} the invitation; {@code account.invalid}; {@code
     *     access.not-allowed} for {@link SentInvitation#secret}
     */
    @Needs({})
    User signUp(String secret, SignUp account, @Nullable String clientAddress);

    /**
     * Declines an invitation. The secret is used up. Does nothing if it is unknown, used or expired.
     */
    @Needs({})
    void decline(String secret);

    /**
     * Returns the customer that this view acts for; empty for the embedder, unless {@link Saas#actingFor} chose one.
     */
    @AllowedFor({READ_ONLY, TENANTS})
    @Needs({})
    Optional<CustomerId> customer();
}
