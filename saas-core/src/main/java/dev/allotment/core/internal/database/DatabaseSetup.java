// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.database;

import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.User;
import dev.allotment.access.Group;
import dev.allotment.access.GroupId;
import dev.allotment.access.Member;
import dev.allotment.access.MemberId;
import dev.allotment.core.internal.addon.AddonRegistry;
import dev.allotment.core.internal.addon.AddonRows;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.core.internal.parameter.ParameterRows;
import dev.allotment.core.internal.record.CredentialRows;
import dev.allotment.core.internal.record.MemberRows;
import dev.allotment.core.internal.server.Abilities;
import dev.allotment.spi.backend.Adoption;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.DatabaseTransaction;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.Membership;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Fills new tenant databases, and writes what they know about their tenant. */
public final class DatabaseSetup {
    private static final String BASE = "base";

    /** The login of the placeholder for the owner in a template or a spare. */
    private static final String OWNER_PLACEHOLDER = "__owner__";

    private final CoreContext context;
    private final OperationLeases operationLeases;
    private final AddonRegistry addonRegistry;

    public DatabaseSetup(CoreContext context, OperationLeases operationLeases, AddonRegistry addonRegistry) {
        this.context = context;
        this.operationLeases = operationLeases;
        this.addonRegistry = addonRegistry;
    }

    /** Thrown if the first members of a database would not get the numbers 1 and 2. */
    private static final class NumbersSpent extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /**
     * Fills a database for the first time. If a rolled-back transaction has used up the numbers that the first members
     * must have, the database, which is empty, is created again.
     */
    public <T extends @Nullable Object> T first(
            StoredOperation operation, Databases databases, DatabaseRef database, Supplier<T> filling) {
        storeToken(operation, databases, database);
        return first(operation, filling, () -> {
            databases.drop(database);
            databases.create(database);
        });
    }

    /**
     * Stores the fencing token of a run that took the operation over, in a database that is closed. From then on, the
     * stalled run cannot drop what this run fills.
     */
    private static void storeToken(StoredOperation operation, Databases databases, DatabaseRef database) {
        if (operation.fencingToken() > 1) {
            databases.close(database);
        }
    }

    /** Fills a database that need not be empty: its caller recreates the base schema if the numbers are used up. */
    private <T extends @Nullable Object> T first(StoredOperation operation, Supplier<T> filling, Runnable recreate) {
        try {
            return filling.get();
        } catch (NumbersSpent e) {
            // Earlier than the database server would refuse it.
            operationLeases.requireMine(operation);
            recreate.run();
            return filling.get();
        }
    }

    /** Adds members 1 and 2 and the groups that every database has; does nothing if they exist. */
    public void addBase(DatabaseTransaction tx, String lang, String tz) {
        if (tx.records(RecordTypes.MEMBERS).find(Member.ADMINISTRATOR.value()).isPresent()) {
            return;
        }
        Instant now = context.now();
        tx.records(RecordTypes.MEMBERS)
                .insert(new Member(
                        new MemberId(0), "__system__", "System", null, false, false, false, lang, tz, now, null));
        Member administrator = tx.records(RecordTypes.MEMBERS)
                .insert(new Member(
                        new MemberId(0), "admin", "Administrator", null, true, false, false, lang, tz, now, null));
        if (!administrator.id().equals(Member.ADMINISTRATOR)) {
            throw new NumbersSpent();
        }
        List<Group> groups = new ArrayList<>();
        groups.add(group(tx, Group.USER, "Internal User"));
        group(tx, Group.PORTAL, "Portal");
        groups.add(group(tx, Group.ACCESS_RIGHTS, "Access Rights"));
        groups.add(group(tx, Group.SYSTEM, "Settings"));
        for (Group group : groups) {
            MemberRows.add(tx, group.id(), administrator.id());
        }
        AddonRows.refresh(addonRegistry, tx);
    }

    private static Group group(Transaction tx, String xmlId, String name) {
        return tx.records(RecordTypes.GROUPS).insert(new Group(new GroupId(0), xmlId, name, BASE));
    }

    /**
     * Writes identity, limits, entitlements, expiry and suspension from the catalog. Entitlements that the tenant does
     * not have are removed.
     */
    public static void writeParameters(Transaction tx, StoredTenant tenant, boolean suspended) {
        ParameterRows.set(tx, TenantParameters.of(tenant, suspended), TenantParameters.ENTITLEMENTS);
    }

    /**
     * Adds the base like {@link #addBase}, and the member of the owner, if there is no owner yet.
     *
     * @param account of the owner; null: there is none
     * @return the owner
     */
    public @Nullable Member addMembers(DatabaseTransaction tx, String lang, String tz, @Nullable User account) {
        return addMembers(tx, lang, tz, account, known(tx, account));
    }

    /**
     * Adds the members when {@link #known} was read already.
     *
     * @return the owner
     */
    public @Nullable Member addMembers(
            DatabaseTransaction tx, String lang, String tz, @Nullable User account, List<Member> members) {
        List<Member> known = members;
        if (known.stream().noneMatch(each -> each.id().equals(Member.ADMINISTRATOR))) {
            addBase(tx, lang, tz);
            known = known(tx, account);
        }
        Optional<Member> placeholder = withLogin(known, OWNER_PLACEHOLDER);
        Optional<Member> owner = known.stream().filter(Member::owner).findFirst();
        if (owner.isEmpty() && account != null) {
            owner = Optional.of(addOwner(tx, account, withLogin(known, account.login()), placeholder));
        }
        MemberId taken = owner.map(Member::id).orElse(null);
        placeholder.filter(each -> !each.id().equals(taken)).ifPresent(each -> remove(tx, each));
        return owner.orElse(null);
    }

    /** The administrator, the owner, and the member with the owner's placeholder or login. */
    public static List<Member> known(Transaction tx, @Nullable User account) {
        List<String> logins =
                account == null ? List.of(OWNER_PLACEHOLDER) : List.of(OWNER_PLACEHOLDER, account.login());
        return tx.records(RecordTypes.MEMBERS)
                .list(Query.where(Filter.or(
                        Filter.equal(Member.ID, Member.ADMINISTRATOR),
                        Filter.equal(Member.OWNER, true),
                        Filter.in(Member.LOGIN, logins))));
    }

    /**
     * Makes the owner in the content of another installation an ordinary member: that account does not exist here.
     *
     * @param members those that are {@link #known}
     * @return these, without an owner
     */
    public static List<Member> withoutOwner(Transaction tx, List<Member> members) {
        List<Member> changed = new ArrayList<>();
        for (Member member : members) {
            Member ordinary = member.toBuilder().owner(false).build();
            if (member.owner()) {
                tx.records(RecordTypes.MEMBERS).update(ordinary);
            }
            changed.add(ordinary);
        }
        return changed;
    }

    /** Whether a database with an owner's placeholder still waits for its owner, by its {@link #known} members. */
    public static boolean isUntouched(List<Member> known) {
        return withLogin(known, OWNER_PLACEHOLDER).isPresent();
    }

    private static Optional<Member> withLogin(List<Member> members, String login) {
        return members.stream().filter(each -> each.login().equals(login)).findFirst();
    }

    private static void remove(Transaction tx, Member member) {
        MemberRows.memberships(tx, member.id())
                .forEach(each -> tx.records(RecordTypes.MEMBERSHIPS).delete(each.id()));
        tx.records(RecordTypes.MEMBERS).delete(member.id().value());
    }

    /** Adds the owner's placeholder, with the owner's groups, to a database that has no owner yet. */
    public void addOwnerPlaceholder(Transaction tx, String lang, String tz) {
        if (withLogin(known(tx, null), OWNER_PLACEHOLDER).isPresent()) {
            return;
        }
        addToGroups(
                tx,
                tx.records(RecordTypes.MEMBERS)
                        .insert(new Member(
                                new MemberId(0),
                                OWNER_PLACEHOLDER,
                                "Owner",
                                null,
                                false,
                                false,
                                false,
                                lang,
                                tz,
                                context.now(),
                                null)));
    }

    /** If the owner's login is the administrator's, the administrator is the owner. */
    private Member addOwner(Transaction tx, User owner, Optional<Member> same, Optional<Member> placeholder) {
        if (same.isPresent()) {
            Member member = same.get().toBuilder()
                    .owner(true)
                    .name(owner.name())
                    .email(owner.email())
                    .build();
            tx.records(RecordTypes.MEMBERS).update(member);
            return member;
        }
        Member wanted = new Member(
                placeholder.map(Member::id).orElse(new MemberId(0)),
                owner.login(),
                owner.name(),
                owner.email(),
                true,
                false,
                true,
                owner.lang(),
                owner.tz(),
                context.now(),
                null);
        if (placeholder.isPresent()) {
            tx.records(RecordTypes.MEMBERS).update(wanted);
            return wanted;
        }
        Member member = tx.records(RecordTypes.MEMBERS).insert(wanted);
        addToGroups(tx, member);
        return member;
    }

    private void addToGroups(Transaction tx, Member member) {
        Filter<Group> usual = Filter.in(Group.XML_ID, List.of(Group.USER, Group.ACCESS_RIGHTS));
        for (Group group : tx.records(RecordTypes.GROUPS).list(Query.where(usual))) {
            // Not in any group yet.
            tx.records(RecordTypes.MEMBERSHIPS).add(new Membership(0, group.id(), member.id()));
        }
        AddonRows.addToEveryonesGroups(addonRegistry, tx, member.id());
    }

    /** Gives member 2 a login and a password. */
    public static void setAdministrator(Transaction tx, String login, @Nullable String hash) {
        Member administrator = tx.records(RecordTypes.MEMBERS)
                .lock(Member.ADMINISTRATOR.value())
                .orElseThrow();
        tx.records(RecordTypes.MEMBERS)
                .update(administrator.toBuilder().login(login).build());
        CredentialRows.setPasswordHash(tx, administrator.id().value(), hash);
    }

    /** Fills a database that this control plane has made, and that keeps what is in it. */
    public <T extends @Nullable Object> T fillOrphan(
            StoredOperation operation,
            Databases databases,
            DatabaseRef database,
            Function<? super DatabaseTransaction, ? extends T> filling) {
        storeToken(operation, databases, database);
        return databases.<T>transact(database, filling);
    }

    /** Fills the base schema that was just added; adds it again if its numbers are used up. */
    public <T extends @Nullable Object> T fillAdopted(
            StoredOperation operation,
            Databases databases,
            DatabaseRef database,
            Function<? super DatabaseTransaction, ? extends T> filling) {
        storeToken(operation, databases, database);
        return first(operation, () -> databases.<T>transact(database, filling), () -> {
            Adoption adoption = Abilities.adoption(databases);
            adoption.release(database);
            adoption.adopt(database);
        });
    }
}
