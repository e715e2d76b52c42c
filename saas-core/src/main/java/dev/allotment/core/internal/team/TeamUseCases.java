// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.team;

import dev.allotment.Customer;
import dev.allotment.CustomerId;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Permission;
import dev.allotment.Query;
import dev.allotment.SignUp;
import dev.allotment.TeamRole;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.core.internal.account.AccountUseCases;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.Door;
import dev.allotment.core.internal.base.FactorRules;
import dev.allotment.core.internal.base.RecordLookup;
import dev.allotment.core.internal.record.TeamRows;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.team.Invitation;
import dev.allotment.team.InvitationId;
import dev.allotment.team.NewInvitation;
import dev.allotment.team.OpenedInvitation;
import dev.allotment.team.SentInvitation;
import dev.allotment.team.Team;
import dev.allotment.team.TeamMember;
import dev.allotment.team.Teammate;
import dev.allotment.team.Teams;
import dev.allotment.team.TenantLimit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Manages the members of teams, and leaves invitations to {@link Invitations}. */
public final class TeamUseCases implements Teams {
    private final CoreContext context;
    private final MemberRemoval removal;
    private final Invitations invitations;
    private final AccountUseCases accounts;
    private final EmailedSecrets emailedSecrets;
    private final Actor actor;

    TeamUseCases(
            CoreContext context,
            MemberRemoval removal,
            AccountUseCases accounts,
            EmailedSecrets emailedSecrets,
            Actor actor) {
        this.context = context;
        this.removal = removal;
        this.accounts = accounts;
        this.emailedSecrets = emailedSecrets;
        this.invitations = new Invitations(context, actor);
        this.actor = actor;
    }

    @Override
    public List<Teammate> members() {
        return context.catalog().transact(tx -> {
            CustomerId customer = Manager.customer(actor);
            if (tx.records(RecordTypes.CUSTOMERS).find(customer.value()).isEmpty()) {
                throw TeamRows.missing(customer);
            }
            return teammates(tx, TeamRows.of(tx, customer));
        });
    }

    static List<Teammate> teammates(Transaction tx, List<TeamMember> members) {
        Map<UserId, User> accounts = new HashMap<>();
        tx.records(RecordTypes.USERS)
                .list(Query.where(Filter.in(
                        User.ID, members.stream().map(TeamMember::userId).toList())))
                .forEach(each -> accounts.put(each.id(), each));
        return members.stream()
                .flatMap(each ->
                        Optional.ofNullable(accounts.get(each.userId()))
                                .map(account -> teammate(each, account))
                                .stream())
                .toList();
    }

    private static Teammate teammate(TeamMember member, User account) {
        return new Teammate(member, account.login(), account.name(), account.email(), account.active());
    }

    @Override
    public List<Team> mine() {
        UserId account = actor.userId();
        if (account == null) {
            return List.of();
        }
        return context.catalog().transact(tx -> {
            CustomerId only = actor.provided() ? actor.scope().customer() : null;
            List<TeamMember> memberships = TeamRows.of(tx, account).stream()
                    .filter(each -> only == null || each.customerId().equals(only))
                    .toList();
            CustomerId home = tx.records(RecordTypes.USERS)
                    .find(account.value())
                    .map(User::customerId)
                    .orElse(null);
            Map<CustomerId, String> names = new HashMap<>();
            tx.records(RecordTypes.CUSTOMERS)
                    .list(Query.where(Filter.in(
                            Customer.ID,
                            memberships.stream().map(TeamMember::customerId).toList())))
                    .forEach(each -> names.put(each.id(), each.name()));
            return memberships.stream()
                    .map(each -> new Team(
                            each,
                            names.getOrDefault(each.customerId(), ""),
                            each.customerId().equals(home)))
                    .toList();
        });
    }

    @Override
    public Teammate update(UserId account, UnaryOperator<Teammate> change) {
        return context.catalog().transact(tx -> {
            Manager manager = Manager.lock(tx, actor, Permission.MANAGE_TEAM);
            TeamMember present = member(tx, manager.customer(), account);
            manager.requireWithin(present.role(), present.tenants());
            TeamMember wanted =
                    change.apply(teammates(tx, List.of(present)).get(0)).member();
            manager.requireWithin(wanted.role(), wanted.tenants());
            if (!wanted.tenants().equals(present.tenants())) {
                // A tenant of the present limit may have passed to another customer, which must not keep the role.
                manager.requireTenants(wanted.tenants());
            }
            TeamMember changed = present.with(wanted.role(), wanted.tenants());
            if (!changed.owner() || !changed.tenants().covers(present.tenants())) {
                TeamRows.requireAnotherOwner(tx, present);
            }
            return store(tx, changed, present);
        });
    }

    private Teammate store(Transaction tx, TeamMember changed, TeamMember present) {
        if (!changed.equals(present)) {
            tx.records(RecordTypes.TEAM_MEMBERS).update(changed);
            TeamRows.record(
                    context,
                    tx,
                    actor,
                    EventType.TEAM_MEMBER_CHANGED,
                    changed.customerId(),
                    Map.of(
                            "account",
                            changed.userId().toString(),
                            "role",
                            changed.role().name(),
                            "tenants",
                            changed.tenants().value()));
        }
        return teammates(tx, List.of(changed)).get(0);
    }

    /** The member with an account. It must not be found by the number of an account in another team. */
    static TeamMember member(Transaction tx, CustomerId customer, UserId account) {
        return Door.membership(tx, customer, account)
                .orElseThrow(() -> RecordLookup.missing(RecordTypes.TEAM_MEMBERS, "Team member", account.value()));
    }

    @Override
    public void remove(UserId account) {
        removal.remove(actor, account, Permission.MANAGE_TEAM);
    }

    @Override
    public void leave() {
        UserId self = actor.userId();
        if (self == null) {
            throw actor.refused("leave a team: the embedder is not a user");
        }
        removal.remove(actor, self, null);
    }

    @Override
    public Teammate handOver(UserId account) {
        return context.catalog().transact(tx -> {
            Manager manager = Manager.lock(tx, actor, Permission.OWN);
            TeamMember present = member(tx, manager.customer(), account);
            @Nullable TeamMember former = manager.member();
            if (former != null && former.userId().equals(account)) {
                return teammates(tx, List.of(present)).get(0);
            }
            manager.requireWithin(present.role(), present.tenants());
            TenantLimit tenants = former == null ? TenantLimit.ALL : former.tenants();
            Teammate owner = store(tx, present.with(TeamRole.OWNER, tenants), present);
            if (former != null) {
                TeamRows.requireAnotherOwner(tx, former);
                store(tx, former.with(TeamRole.ADMINISTRATOR, former.tenants()), former);
            }
            return owner;
        });
    }

    @Override
    public SentInvitation invite(NewInvitation invitation) {
        return withEmailedSecret(invitations.invite(invitation));
    }

    @Override
    public void requireFactor(boolean required) {
        context.catalog().transact(tx -> {
            Manager manager = Manager.lock(tx, actor, Permission.MANAGE_TEAM);
            manager.requireWhole();
            UserId account = actor.userId();
            if (required && account != null && !FactorRules.hasAny(tx, account)) {
                throw FactorRules.missing();
            }
            if (FactorRules.set(tx, manager.customer(), required, context.now())) {
                TeamRows.record(
                        context,
                        tx,
                        actor,
                        EventType.TEAM_FACTOR_CHANGED,
                        manager.customer(),
                        Map.of("required", Boolean.toString(required)));
            }
            return null;
        });
    }

    @Override
    public boolean requiresFactor() {
        CustomerId customer = actor.customer();
        return customer != null && context.catalog().transact(tx -> FactorRules.isRequired(tx, customer));
    }

    @Override
    public List<Invitation> invitations() {
        return invitations.list();
    }

    @Override
    public SentInvitation resend(InvitationId invitation) {
        return withEmailedSecret(invitations.resend(invitation));
    }

    @Override
    public Invitation revoke(InvitationId invitation) {
        return invitations.revoke(invitation);
    }

    @Override
    public Optional<OpenedInvitation> inspect(String secret) {
        return invitations.inspect(EmailedSecrets.plain(secret), emailedSecrets.areEmailed(secret));
    }

    @Override
    public TeamMember accept(String secret, boolean otherAddress) {
        return invitations.accept(EmailedSecrets.plain(secret), otherAddress);
    }

    @Override
    public User signUp(String secret, SignUp account, @Nullable String clientAddress) {
        if (!emailedSecrets.areEmailed(secret)) {
            throw actor.refused("create an account with a secret that was not sent by email: it does not confirm the"
                    + " address. Use the link in the email, or sign up first");
        }
        return invitations.signUp(accounts, EmailedSecrets.plain(secret), account, clientAddress);
    }

    @Override
    public void decline(String secret) {
        invitations.decline(EmailedSecrets.plain(secret));
    }

    @Override
    public Optional<CustomerId> customer() {
        return Optional.ofNullable(actor.customer());
    }

    private SentInvitation withEmailedSecret(SentInvitation sent) {
        return sent.secret() == null
                ? sent
                : new SentInvitation(sent.member(), sent.invitation(), sent.secret(), emailedSecrets.of(sent.secret()));
    }
}
