// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.database;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.access.Group;
import dev.allotment.access.GroupId;
import dev.allotment.access.Member;
import dev.allotment.access.MemberChange;
import dev.allotment.access.MemberId;
import dev.allotment.access.Members;
import dev.allotment.access.NewMember;
import dev.allotment.core.internal.addon.AddonRegistry;
import dev.allotment.core.internal.addon.AddonRows;
import dev.allotment.core.internal.authentication.ApiKeyAuthenticator;
import dev.allotment.core.internal.authentication.ApiKeyUseCases;
import dev.allotment.core.internal.authentication.Authenticator;
import dev.allotment.core.internal.authentication.Passwords;
import dev.allotment.core.internal.authentication.Place;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.MemberActor;
import dev.allotment.core.internal.base.RecordLookup;
import dev.allotment.core.internal.base.UnitOfWork;
import dev.allotment.core.internal.record.CredentialRows;
import dev.allotment.core.internal.record.MemberRows;
import dev.allotment.core.internal.record.SessionRows;
import dev.allotment.core.internal.rule.TextRules;
import dev.allotment.spi.backend.Membership;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Manages the members of one tenant database. */
public final class MemberUseCases extends RecordLookup<MemberId, Member> implements Members {
    private final CoreContext context;
    private final Passwords passwords;
    private final Authenticator<Member> memberAuthenticator;
    private final ApiKeyAuthenticator<Member> memberKeys;
    private final AddonRegistry addonRegistry;
    private final StoredTenant tenant;
    private final MemberActor actor;

    MemberUseCases(
            CoreContext context,
            Passwords passwords,
            Authenticator<Member> memberAuthenticator,
            ApiKeyAuthenticator<Member> memberKeys,
            AddonRegistry addonRegistry,
            StoredTenant tenant,
            UnitOfWork work,
            MemberActor actor) {
        super(work, RecordTypes.MEMBERS, "User");
        this.context = context;
        this.passwords = passwords;
        this.memberAuthenticator = memberAuthenticator;
        this.memberKeys = memberKeys;
        this.addonRegistry = addonRegistry;
        this.tenant = tenant;
        this.actor = actor;
    }

    @Override
    protected long number(MemberId id) {
        return id.value();
    }

    /** Outsiders see only themselves. */
    @Override
    protected Filter<Member> visible(Transaction tx) {
        Member member = actor.member();
        return member == null || !member.share() ? Filter.all() : Filter.equal(Member.ID, member.id());
    }

    @Override
    public Optional<Member> authenticate(String login, String password, @Nullable String clientAddress) {
        String normal = TextRules.normalLogin(login);
        Optional<Authenticator.Account<Member>> account = memberAuthenticator.signIn(
                place(), normal, password, clientAddress, () -> work().transact(tx -> byLogin(tx, normal)));
        account.ifPresent(
                each -> TenantDatabaseView.requireOpen(tenant, each.user().id()));
        return account.flatMap(each -> recordSignIn(each, password, clientAddress));
    }

    @Override
    public Optional<Member> authenticate(MemberId id, String password, @Nullable String clientAddress) {
        Optional<Member> member = memberAuthenticator
                .check(
                        place(),
                        id.value(),
                        password,
                        clientAddress,
                        () -> work().transact(tx ->
                                tx.records(RecordTypes.MEMBERS).find(id.value()).map(each -> account(tx, each))))
                .map(Authenticator.Account::user);
        member.ifPresent(each -> TenantDatabaseView.requireOpen(tenant, each.id()));
        return member;
    }

    @Override
    public boolean throttled(String login, @Nullable String clientAddress) {
        return memberAuthenticator.throttled(place(), TextRules.normalLogin(login), clientAddress);
    }

    /** Empty if the member was deleted or set inactive after its password was read. */
    private Optional<Member> recordSignIn(
            Authenticator.Account<Member> account, String password, @Nullable String clientAddress) {
        String newHash = passwords.isOutdated(account.hash())
                ? passwords.hash(password, clientAddress == null ? where() : clientAddress)
                : null;
        if (newHash == null && Authenticator.isNoted(account.user().lastLoginAt(), context.now())) {
            return work().transact(tx ->
                    tx.records(RecordTypes.MEMBERS).find(account.id()).filter(Member::active));
        }
        return work().transact(tx -> {
            Optional<Member> seen = tx.records(RecordTypes.MEMBERS)
                    .lock(account.id())
                    .filter(Member::active)
                    .map(each -> each.toBuilder().lastLoginAt(context.now()).build());
            seen.ifPresent(each -> {
                tx.records(RecordTypes.MEMBERS).update(each);
                CredentialRows.replacePasswordHash(tx, account.id(), account.hash(), newHash);
            });
            return seen;
        });
    }

    private String where() {
        return tenant.uuid().toString();
    }

    private Place place() {
        return Place.of(tenant);
    }

    private static Optional<Authenticator.Account<Member>> byLogin(Transaction tx, String login) {
        return CredentialRows.byLogin(tx, RecordTypes.MEMBERS, login, member -> account(tx, member), () -> {});
    }

    private static Authenticator.Account<Member> account(Transaction tx, Member member) {
        long id = member.id().value();
        return new Authenticator.Account<>(
                member, id, member.login(), member.active(), CredentialRows.passwordHash(tx, id));
    }

    @Override
    public Member create(NewMember wanted) {
        actor.require(Group.ACCESS_RIGHTS, "create users");
        Member draft = new Member(
                new MemberId(0),
                TextRules.login(wanted.login()),
                TextRules.name(wanted.name(), ErrorCodes.ACCOUNT_INVALID, "A user"),
                TextRules.email(wanted.email()),
                wanted.active(),
                wanted.share(),
                false,
                TextRules.lang(wanted.lang(), ErrorCodes.ACCOUNT_INVALID),
                TextRules.zone(wanted.tz(), ErrorCodes.ACCOUNT_INVALID),
                context.now(),
                null);
        String password = wanted.password();
        String hash = password == null ? null : passwords.hashChosen(draft.login(), password, where());
        return translatingDuplicate(() -> work().transact(tx -> {
            if (counts(draft)) {
                MemberRows.checkLimit(tx);
            }
            if (tx.records(RecordTypes.MEMBERS).count(Filter.equal(Member.LOGIN, draft.login())) > 0) {
                throw loginTaken(draft.login());
            }
            Member stored = tx.records(RecordTypes.MEMBERS).insert(draft);
            CredentialRows.setPasswordHash(tx, stored.id().value(), hash);
            addToFirstGroups(tx, stored);
            List<GroupId> first = groupIds(tx, stored.id());
            List<GroupId> groups = wanted.groups().apply(first);
            if (!groups.equals(first)) {
                setGroups(tx, stored, groups);
            }
            return stored;
        }));
    }

    /** The groups that a new member of its kind starts in. */
    private void addToFirstGroups(Transaction tx, Member member) {
        String first = member.share() ? Group.PORTAL : Group.USER;
        MemberRows.group(tx, first).ifPresent(group -> MemberRows.add(tx, group.id(), member.id()));
        if (!member.share()) {
            AddonRows.addToEveryonesGroups(addonRegistry, tx, member.id());
        }
    }

    private static Member translatingDuplicate(Supplier<Member> work) {
        try {
            return work.get();
        } catch (SaasException e) {
            throw e.code().equals(ErrorCodes.RECORD_DUPLICATE) ? loginTaken("") : e;
        }
    }

    private static SaasException loginTaken(String login) {
        return new SaasException(
                ErrorCategory.CONFLICT,
                ErrorCodes.ACCOUNT_LOGIN_TAKEN,
                "Another user of this database has this login already.",
                Map.of("login", login),
                false,
                null);
    }

    @Override
    public Member update(MemberId id, MemberChange change) {
        requireSelfOrRight(id, "change other users");
        UnaryOperator<List<GroupId>> groups = change.groups();
        if (groups != null) {
            actor.require(Group.ACCESS_RIGHTS, "change the groups of users");
        }
        String password = change.password();
        String hash = password == null ? null : hashToSet(id, password);
        Member changed = translatingDuplicate(() -> work().transact(tx -> {
            Member present = lock(tx, id);
            Member merged = merge(present, change.record().apply(present));
            if (counts(merged) && !counts(present)) {
                MemberRows.checkLimit(tx);
            }
            tx.records(RecordTypes.MEMBERS).update(merged);
            if (!merged.active()) {
                ApiKeyUseCases.revokeAll(tx, where(), id.value(), context.now());
            }
            if (merged.share() != present.share()) {
                // An outsider who kept a regular member's groups would not count against the limit.
                MemberRows.memberships(tx, id)
                        .forEach(each -> tx.records(RecordTypes.MEMBERSHIPS).delete(each.id()));
                addToFirstGroups(tx, merged);
            }
            if (groups != null) {
                setGroups(tx, merged, groups.apply(groupIds(tx, id)));
            }
            if (hash != null) {
                CredentialRows.setPasswordHash(tx, id.value(), hash);
            }
            return merged;
        }));
        boolean out = !changed.active() || hash != null;
        work().whenStored(() -> {
            if (out) {
                closeSessions(id);
            }
            forget(id);
        });
        return changed;
    }

    /** Whether the member counts against the limit of users. */
    private static boolean counts(Member member) {
        return member.active() && !member.share();
    }

    private Member merge(Member present, Member wanted) {
        boolean rights = !wanted.login().equals(present.login())
                || wanted.active() != present.active()
                || wanted.share() != present.share();
        if (rights && !actor.in(Group.ACCESS_RIGHTS)) {
            throw actor.refused("change the login or activity of a user");
        }
        if (rights && present.id().value() < Member.ADMINISTRATOR.value()) {
            throw SaasException.conflict(
                    ErrorCodes.ACCOUNT_IN_USE, "User 1 belongs to the system and cannot be changed.");
        }
        if (wanted.share() && (present.owner() || present.id().equals(Member.ADMINISTRATOR))) {
            throw SaasException.conflict(
                    ErrorCodes.ACCOUNT_IN_USE,
                    "The owner and the administrator of a database cannot become outsiders.");
        }
        if (!wanted.active() && present.active()) {
            requireNotSelf(present.id(), "set yourself inactive");
        }
        if (!wanted.active() && present.active() && present.id().equals(Member.ADMINISTRATOR)) {
            throw SaasException.conflict(ErrorCodes.ACCOUNT_IN_USE, "The administrator cannot be set inactive.");
        }
        return new Member(
                present.id(),
                TextRules.login(wanted.login()),
                TextRules.name(wanted.name(), ErrorCodes.ACCOUNT_INVALID, "A user"),
                TextRules.email(wanted.email()),
                wanted.active(),
                wanted.share(),
                present.owner(),
                TextRules.lang(wanted.lang(), ErrorCodes.ACCOUNT_INVALID),
                TextRules.zone(wanted.tz(), ErrorCodes.ACCOUNT_INVALID),
                present.createdAt(),
                present.lastLoginAt());
    }

    private void requireNotSelf(MemberId id, String what) {
        Member member = actor.member();
        if (member != null && member.id().equals(id)) {
            throw SaasException.conflict(
                    ErrorCodes.ACCOUNT_IN_USE, "You cannot " + what + "; ask another administrator.");
        }
    }

    private void requireSelfOrRight(MemberId id, String what) {
        Member member = actor.member();
        if (member != null && !member.id().equals(id)) {
            actor.require(Group.ACCESS_RIGHTS, what);
            requireNotAboveActor(id, what);
        }
    }

    /** A member who may manage members must not become a system administrator by taking one over. */
    private void requireNotAboveActor(MemberId id, String what) {
        if (!actor.in(Group.SYSTEM) && inGroup(id, Group.SYSTEM)) {
            throw actor.refused(what + " who administer the system");
        }
    }

    @Override
    public void changePassword(MemberId id, String oldPassword, String newPassword) {
        Member member = actor.member();
        if (member != null && !member.id().equals(id)) {
            throw actor.refused("change the password of another user");
        }
        // First, since hashing costs too much to do it for a caller who does not know the old password.
        Member known = authenticate(id, oldPassword, actor.clientAddress())
                .orElseThrow(() -> SaasException.notAllowed(ErrorCodes.ACCESS_DENIED, "Access Denied"));
        storePassword(id, passwords.hashChosen(known.login(), newPassword, where()));
    }

    @Override
    public void setPassword(MemberId id, String newPassword) {
        storePassword(id, hashToSet(id, newPassword));
    }

    private String hashToSet(MemberId id, String newPassword) {
        actor.require(Group.ACCESS_RIGHTS, "set passwords of users");
        requireNotAboveActor(id, "set passwords of users");
        return passwords.hashChosen(get(id).login(), newPassword, where());
    }

    private void storePassword(MemberId id, String hash) {
        work().transact(tx -> {
            lock(tx, id);
            CredentialRows.setPasswordHash(tx, id.value(), hash);
            return null;
        });
        signOut(id);
    }

    private void signOut(MemberId id) {
        work().whenStored(() -> {
            closeSessions(id);
            forget(id);
        });
    }

    private void forget(MemberId id) {
        memberAuthenticator.forget(place(), id.value());
        memberKeys.forget(where(), id.value());
    }

    private void closeSessions(MemberId id) {
        context.catalog().transact(tx -> {
            SessionRows.closeAll(tx, where(), id.value());
            return null;
        });
    }

    @Override
    public void delete(MemberId id) {
        actor.require(Group.ACCESS_RIGHTS, "delete users");
        requireNotAboveActor(id, "delete users");
        work().transact(tx -> {
            Member member = lock(tx, id);
            requireNotSelf(id, "delete yourself");
            if (member.owner() || id.value() <= Member.ADMINISTRATOR.value()) {
                throw SaasException.conflict(
                        ErrorCodes.ACCOUNT_IN_USE,
                        "The owner and the administrator of a database cannot be deleted; set another user inactive"
                                + " instead.");
            }
            MemberRows.memberships(tx, id)
                    .forEach(each -> tx.records(RecordTypes.MEMBERSHIPS).delete(each.id()));
            CredentialRows.setPasswordHash(tx, id.value(), null);
            ApiKeyUseCases.removeAll(tx, where(), id.value());
            tx.records(RecordTypes.MEMBERS).delete(id.value());
            return null;
        });
        signOut(id);
    }

    @Override
    public List<Group> groups(MemberId id) {
        return work().transact(tx -> {
            get(tx, id);
            return groups(tx, id);
        });
    }

    static List<Group> groups(Transaction tx, MemberId id) {
        List<GroupId> ids =
                MemberRows.memberships(tx, id).stream().map(Membership::groupId).toList();
        return tx.records(RecordTypes.GROUPS)
                .list(Query.where(Filter.in(Group.ID, ids)).orderBy(Group.XML_ID));
    }

    @Override
    public void setGroups(MemberId id, List<GroupId> groups) {
        actor.require(Group.ACCESS_RIGHTS, "change the groups of users");
        work().transact(tx -> {
            setGroups(tx, lock(tx, id), groups);
            return null;
        });
    }

    private void setGroups(Transaction tx, Member member, List<GroupId> groups) {
        requireMayGrant(tx, member.id(), groups);
        requireFit(tx, member, groups);
        requireAdministratorStays(tx, member.id(), groups);
        Records<Membership> memberships = tx.records(RecordTypes.MEMBERSHIPS);
        Set<GroupId> wanted = new HashSet<>(groups);
        for (Membership membership : MemberRows.memberships(tx, member.id())) {
            if (!wanted.remove(membership.groupId())) {
                memberships.delete(membership.id());
            }
        }
        for (GroupId group : wanted) {
            if (tx.records(RecordTypes.GROUPS).find(group.value()).isEmpty()) {
                throw missing(RecordTypes.GROUPS, "Group", group.value());
            }
            MemberRows.add(tx, group, member.id());
        }
    }

    /** The administrator of a database can give the rights of administrators back to others, so it keeps its own. */
    private static void requireAdministratorStays(Transaction tx, MemberId id, List<GroupId> groups) {
        boolean stays = !id.equals(Member.ADMINISTRATOR)
                || MemberRows.group(tx, Group.SYSTEM)
                        .filter(each -> !groups.contains(each.id()))
                        .isEmpty();
        if (!stays) {
            throw SaasException.conflict(
                    ErrorCodes.ACCOUNT_IN_USE,
                    "User " + id + " is the administrator of the database, so it stays in " + Group.SYSTEM + ".");
        }
    }

    private static List<GroupId> groupIds(Transaction tx, MemberId id) {
        return groups(tx, id).stream().map(Group::id).toList();
    }

    /** Only system administrators may appoint system administrators, and change their groups. */
    private void requireMayGrant(Transaction tx, MemberId id, List<GroupId> groups) {
        Optional<Group> system = MemberRows.group(tx, Group.SYSTEM);
        if (system.isEmpty() || actor.in(Group.SYSTEM)) {
            return;
        }
        if (groups(tx, id).contains(system.get())
                || groups.contains(system.get().id())) {
            throw actor.refused("make users administer the system, or change those who do");
        }
    }

    /** Outsiders do not count against the limit of users, so they may not get a regular member's groups. */
    private static void requireFit(Transaction tx, Member member, List<GroupId> groups) {
        for (String regular : List.of(Group.USER, Group.ACCESS_RIGHTS, Group.SYSTEM)) {
            boolean wanted = MemberRows.group(tx, regular)
                    .filter(each -> groups.contains(each.id()))
                    .isPresent();
            if (wanted && member.share()) {
                throw SaasException.conflict(
                        ErrorCodes.ACCOUNT_INVALID,
                        "User " + member.id() + " is an outsider, who cannot be in " + regular
                                + "; make it a regular user first.");
            }
        }
    }

    @Override
    public boolean inGroup(MemberId id, String xmlId) {
        return groups(id).stream().anyMatch(group -> group.xmlId().equals(xmlId));
    }
}
