// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.team;

import dev.allotment.Customer;
import dev.allotment.CustomerId;
import dev.allotment.ErrorCodes;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.NewUser;
import dev.allotment.Permission;
import dev.allotment.Query;
import dev.allotment.Role;
import dev.allotment.SaasException;
import dev.allotment.SignUp;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.core.internal.account.AccountUseCases;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.Door;
import dev.allotment.core.internal.base.RecordLookup;
import dev.allotment.core.internal.base.Secrets;
import dev.allotment.core.internal.record.TeamRows;
import dev.allotment.core.internal.rule.TextRules;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.StoredInvitation;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.team.Invitation;
import dev.allotment.team.InvitationId;
import dev.allotment.team.InvitationState;
import dev.allotment.team.NewInvitation;
import dev.allotment.team.OpenedInvitation;
import dev.allotment.team.SentInvitation;
import dev.allotment.team.TeamMember;
import dev.allotment.team.Teams;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Invitations to teams. A secret counts once, and only its hash is stored. */
final class Invitations {
    private static final Duration DAY = Duration.ofDays(1);

    private final CoreContext context;
    private final Actor actor;

    Invitations(CoreContext context, Actor actor) {
        this.context = context;
        this.actor = actor;
    }

    SentInvitation invite(NewInvitation wanted) {
        String email = address(wanted.email());
        if (wanted.days() < 1 || wanted.days() > NewInvitation.MAX_DAYS) {
            throw invalid("can be accepted for 1 to " + NewInvitation.MAX_DAYS + " days; found " + wanted.days());
        }
        String secret = context.secrets().next();
        return context.catalog().transact(tx -> {
            Manager manager = Manager.lock(tx, actor, Permission.MANAGE_TEAM);
            manager.requireWithin(wanted.role(), wanted.tenants());
            manager.requireTenants(wanted.tenants());
            CustomerId customer = manager.customer();
            Optional<TeamMember> member = account(tx, email).flatMap(each -> Door.membership(tx, customer, each.id()));
            if (member.isPresent()) {
                return new SentInvitation(
                        TeamUseCases.teammates(tx, List.of(member.get())).get(0), null, null, null);
            }
            Instant now = context.now();
            requireFewToday(tx, customer, now);
            Filter<StoredInvitation> same =
                    Filter.and(TeamRows.pending(customer, now), Filter.equal(StoredInvitation.EMAIL, email));
            for (StoredInvitation each :
                    tx.records(RecordTypes.TEAM_INVITATIONS).list(Query.where(same))) {
                manager.requireWithin(each.role(), each.tenants());
                end(tx, each, InvitationState.REVOKED);
            }
            TeamRows.requireRoom(tx, customer, now);
            StoredInvitation stored = tx.records(RecordTypes.TEAM_INVITATIONS)
                    .insert(new StoredInvitation(
                            new InvitationId(0),
                            customer,
                            email,
                            wanted.role(),
                            wanted.tenants(),
                            Secrets.hash(secret),
                            InvitationState.PENDING,
                            1,
                            actor.userId(),
                            now,
                            wanted.days(),
                            now.plus(Duration.ofDays(wanted.days()))));
            return sent(tx, stored, secret);
        });
    }

    /** The form in which a login would be stored, since the two are compared. */
    private static String address(String email) {
        String normal = TextRules.normalLogin(email);
        int at = normal.indexOf('@');
        boolean valid = at > 0
                && at == normal.lastIndexOf('@')
                && at < normal.length() - 1
                && normal.length() <= TextRules.MAX_LOGIN
                && normal.chars().noneMatch(each -> Character.isWhitespace(each) || each == ',' || each == ';')
                && !TextRules.hasControl(normal);
        if (!valid) {
            throw invalid("is for one email address; found " + TextRules.describe(normal));
        }
        return normal;
    }

    private static SaasException invalid(String what) {
        return SaasException.invalid(ErrorCodes.TEAM_INVALID, "An invitation " + what + ".");
    }

    private static Optional<User> account(Transaction tx, String login) {
        return tx.records(RecordTypes.USERS).list(Query.where(Filter.equal(User.LOGIN, login))).stream()
                .findFirst();
    }

    /** Each invitation sends an email, so a customer must not send them to everyone. */
    private static void requireFewToday(Transaction tx, CustomerId customer, Instant now) {
        Filter<StoredInvitation> today = Filter.and(
                Filter.equal(StoredInvitation.CUSTOMER_ID, customer),
                Filter.compare(StoredInvitation.CREATED_AT, Filter.Operator.GREATER, now.minus(DAY)));
        if (tx.records(RecordTypes.TEAM_INVITATIONS).count(today) >= Teams.MAX_INVITATIONS_PER_DAY) {
            throw tooMany("The customer has created " + Teams.MAX_INVITATIONS_PER_DAY + " invitations in 24 hours");
        }
    }

    private static SaasException tooMany(String what) {
        return SaasException.unavailable(
                ErrorCodes.TEAM_TOO_MANY_INVITATIONS, what + ", which is the limit. Try again later.", null);
    }

    private SentInvitation sent(Transaction tx, StoredInvitation stored, String secret) {
        record(
                tx,
                stored,
                EventType.TEAM_INVITATION_CREATED,
                Map.of(
                        "role",
                        stored.role().name(),
                        "expiresAt",
                        stored.expiresAt().toString()));
        return new SentInvitation(null, view(stored), secret, null);
    }

    private void record(Transaction tx, StoredInvitation invitation, EventType type, Map<String, String> more) {
        Map<String, String> details = new HashMap<>(more);
        details.put("invitation", invitation.id().toString());
        TeamRows.record(context, tx, actor, type, invitation.customerId(), details);
    }

    private Invitation view(StoredInvitation row) {
        boolean expired = row.state() == InvitationState.PENDING && !row.pendingAt(context.now());
        return new Invitation(
                row.id(),
                row.customerId(),
                row.email(),
                row.role(),
                row.tenants(),
                expired ? InvitationState.EXPIRED : row.state(),
                row.invitedBy(),
                row.createdAt(),
                row.expiresAt());
    }

    private StoredInvitation end(Transaction tx, StoredInvitation invitation, InvitationState state) {
        StoredInvitation ended = invitation.withState(state);
        tx.records(RecordTypes.TEAM_INVITATIONS).update(ended);
        record(tx, ended, EventType.valueOf("TEAM_INVITATION_" + state), Map.of());
        return ended;
    }

    /** Revokes the pending invitations that a member has sent, who is removed: they could bring it back. */
    void revokeOf(Transaction tx, TeamMember removed) {
        tx
                .records(RecordTypes.TEAM_INVITATIONS)
                .list(Query.where(TeamRows.pending(removed.customerId(), context.now())))
                .stream()
                .filter(each -> removed.userId().equals(each.invitedBy()))
                .forEach(each -> end(tx, each, InvitationState.REVOKED));
    }

    List<Invitation> list() {
        Query<StoredInvitation> all = Query.where(Filter.equal(StoredInvitation.CUSTOMER_ID, Manager.customer(actor)))
                .orderByDescending(StoredInvitation.ID);
        return context
                .catalog()
                .transact(tx -> tx.records(RecordTypes.TEAM_INVITATIONS).list(all))
                .stream()
                .map(this::view)
                .toList();
    }

    SentInvitation resend(InvitationId id) {
        String secret = context.secrets().next();
        return context.catalog().transact(tx -> {
            Manager manager = Manager.lock(tx, actor, Permission.MANAGE_TEAM);
            StoredInvitation found = lock(tx, manager, id);
            if (found.state() != InvitationState.PENDING) {
                throw ended();
            }
            if (found.sent() >= Teams.MAX_SENDINGS) {
                throw tooMany("The invitation was sent " + Teams.MAX_SENDINGS + " times");
            }
            Instant now = context.now();
            if (!found.pendingAt(now)) {
                TeamRows.requireRoom(tx, manager.customer(), now);
            }
            StoredInvitation again = found.sentAgain(Secrets.hash(secret), now.plus(Duration.ofDays(found.days())));
            tx.records(RecordTypes.TEAM_INVITATIONS).update(again);
            return sent(tx, again, secret);
        });
    }

    Invitation revoke(InvitationId id) {
        return context.catalog().transact(tx -> {
            StoredInvitation found = lock(tx, Manager.lock(tx, actor, Permission.MANAGE_TEAM), id);
            return view(found.state() == InvitationState.PENDING ? end(tx, found, InvitationState.REVOKED) : found);
        });
    }

    private static StoredInvitation lock(Transaction tx, Manager manager, InvitationId id) {
        StoredInvitation found = tx.records(RecordTypes.TEAM_INVITATIONS)
                .lock(id.value())
                .filter(each -> each.customerId().equals(manager.customer()))
                .orElseThrow(() -> RecordLookup.missing(RecordTypes.TEAM_INVITATIONS, "Invitation", id.value()));
        manager.requireWithin(found.role(), found.tenants());
        return found;
    }

    Optional<OpenedInvitation> inspect(String secret, boolean emailed) {
        return context.catalog()
                .transact(tx -> byHash(tx, secret)
                        .filter(each -> each.pendingAt(context.now()))
                        .map(each -> new OpenedInvitation(
                                view(each),
                                tx.records(RecordTypes.CUSTOMERS)
                                        .find(each.customerId().value())
                                        .map(Customer::name)
                                        .orElse(""),
                                each.invitedBy() == null
                                        ? null
                                        : tx.records(RecordTypes.USERS)
                                                .find(each.invitedBy().value())
                                                .map(User::name)
                                                .orElse(null),
                                emailed)));
    }

    private static Optional<StoredInvitation> byHash(Transaction tx, String secret) {
        return tx
                .records(RecordTypes.TEAM_INVITATIONS)
                .list(Query.where(Filter.equal(StoredInvitation.HASH, Secrets.hash(secret))))
                .stream()
                .findFirst();
    }

    /** The pending invitation with a secret. Its customer is locked first, as by all changes of a team. */
    private Optional<StoredInvitation> lockPending(Transaction tx, String secret) {
        return byHash(tx, secret)
                .filter(each -> tx.records(RecordTypes.CUSTOMERS)
                        .lock(each.customerId().value())
                        .isPresent())
                .flatMap(each ->
                        tx.records(RecordTypes.TEAM_INVITATIONS).lock(each.id().value()))
                .filter(each -> each.hash().equals(Secrets.hash(secret)) && each.pendingAt(context.now()));
    }

    TeamMember accept(String secret, boolean otherAddress) {
        UserId account = actor.userId();
        if (account == null) {
            throw actor.refused("accept an invitation: the embedder is not a user");
        }
        return context.catalog().transact(tx -> {
            StoredInvitation found = lockPending(tx, secret).orElseThrow(Invitations::ended);
            User user = tx.records(RecordTypes.USERS)
                    .lock(account.value())
                    .filter(User::active)
                    .orElseThrow(() -> SaasException.notAllowed(ErrorCodes.ACCESS_DENIED, "Access Denied"));
            if (!otherAddress && !user.login().equals(found.email())) {
                throw SaasException.conflict(
                        ErrorCodes.TEAM_OTHER_ADDRESS,
                        "The invitation was sent to another address than the login of this account. Sign in with the"
                                + " other account, or confirm that this one shall accept.");
            }
            return join(tx, found, user.id());
        });
    }

    /** The secret is checked before the password is hashed, which costs too much for callers that try secrets out. */
    User signUp(AccountUseCases accounts, String secret, SignUp wanted, @Nullable String clientAddress) {
        String email = context.catalog()
                .transact(tx -> byHash(tx, secret)
                        .filter(each -> each.pendingAt(context.now()))
                        .map(StoredInvitation::email)
                        .orElseThrow(Invitations::ended));
        if (!TextRules.normalLogin(wanted.login()).equals(email)) {
            throw SaasException.conflict(
                    ErrorCodes.TEAM_OTHER_ADDRESS,
                    "The invitation was sent to another address than the login of the new account. Use the address"
                            + " that it was sent to.");
        }
        SignUp confirmed = wanted.toBuilder().email(email).build();
        AccountUseCases.Prepared prepared =
                accounts.prepare(NewUser.builder(confirmed, Role.PORTAL).build());
        return context.catalog().transact(tx -> {
            StoredInvitation found = lockPending(tx, secret).orElseThrow(Invitations::ended);
            User stored = accounts.store(tx, prepared, found.customerId(), clientAddress);
            new Invitations(context, new Actor(stored, clientAddress)).join(tx, found, stored.id());
            return stored;
        });
    }

    private TeamMember join(Transaction tx, StoredInvitation invitation, UserId account) {
        tx.records(RecordTypes.TEAM_INVITATIONS).update(invitation.withState(InvitationState.ACCEPTED));
        Map<String, String> who = Map.of("account", account.toString());
        record(tx, invitation, EventType.TEAM_INVITATION_ACCEPTED, who);
        Optional<TeamMember> known = Door.membership(tx, invitation.customerId(), account);
        if (known.isPresent()) {
            return known.get();
        }
        Records<TeamMember> members = tx.records(RecordTypes.TEAM_MEMBERS);
        TeamMember added = members.insert(new TeamMember(
                0, invitation.customerId(), account, invitation.role(), invitation.tenants(), context.now()));
        Map<String, String> details = new HashMap<>(who);
        details.put("role", added.role().name());
        record(tx, invitation, EventType.TEAM_MEMBER_ADDED, details);
        TeamRows.settle(tx, account);
        return added;
    }

    void decline(String secret) {
        context.catalog().transact(tx -> {
            lockPending(tx, secret).ifPresent(each -> end(tx, each, InvitationState.DECLINED));
            return null;
        });
    }

    private static SaasException ended() {
        return SaasException.conflict(
                ErrorCodes.TEAM_INVITATION_ENDED,
                "The invitation does not exist, was accepted, declined or revoked, or has expired. Request another"
                        + " one.");
    }
}
