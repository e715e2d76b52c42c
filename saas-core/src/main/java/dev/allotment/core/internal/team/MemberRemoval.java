// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.team;

import dev.allotment.CustomerId;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Permission;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.access.Member;
import dev.allotment.core.internal.account.AccountSessions;
import dev.allotment.core.internal.authentication.ApiKeyUseCases;
import dev.allotment.core.internal.authentication.SignIn;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.FailureLog;
import dev.allotment.core.internal.database.TenantDatabases;
import dev.allotment.core.internal.record.CredentialRows;
import dev.allotment.core.internal.record.MemberRows;
import dev.allotment.core.internal.record.TeamRows;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.team.TeamMember;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Removes members from teams, with everything that signs them in.
 *
 * <p>The databases of tenants that the account owns get another owner first. Then one transaction of the catalog does
 * the rest. If the process dies in between, the account is still in the team, and the removal can be repeated.
 */
final class MemberRemoval {
    private final CoreContext context;
    private final TenantDatabases tenantDatabases;
    private final SignIn signIn;

    MemberRemoval(CoreContext context, TenantDatabases tenantDatabases, SignIn signIn) {
        this.context = context;
        this.tenantDatabases = tenantDatabases;
        this.signIn = signIn;
    }

    /** A removal that is allowed, and who gets what the account owns. */
    private record Allowed(TeamMember member, User heir, List<StoredTenant> owned) {}

    /** @param needed null: the account removes itself */
    void remove(Actor actor, UserId account, @Nullable Permission needed) {
        CustomerId customer = Manager.customer(actor);
        Allowed found = context.catalog().transact(tx -> allowed(tx, actor, account, needed));
        AccountSessions sessions = AccountSessions.of(context, tenantDatabases, account, customer);
        found.owned().forEach(each -> passDatabase(each, found.heir()));
        context.catalog().transact(tx -> {
            Allowed allowed = allowed(tx, actor, account, needed);
            sessions.end(tx);
            allowed.owned().forEach(each -> passTenant(tx, each.id().value(), allowed.heir()));
            ApiKeyUseCases.revokeFor(tx, account, customer, isHome(tx, account, customer), context.now());
            new Invitations(context, actor).revokeOf(tx, allowed.member());
            tx.records(RecordTypes.TEAM_MEMBERS).delete(allowed.member().id());
            TeamRows.settle(tx, account);
            TeamRows.record(
                    context, tx, actor, EventType.TEAM_MEMBER_REMOVED, customer, Map.of("account", account.toString()));
            return null;
        });
        signIn.forget(account);
    }

    private static boolean isHome(Transaction tx, UserId account, CustomerId customer) {
        return tx.records(RecordTypes.USERS)
                .find(account.value())
                .filter(user -> user.customerId().equals(customer))
                .isPresent();
    }

    private Allowed allowed(Transaction tx, Actor actor, UserId account, @Nullable Permission needed) {
        Manager manager = Manager.lock(tx, actor, needed);
        TeamMember member = TeamUseCases.member(tx, manager.customer(), account);
        TeamMember by = manager.member();
        if (by == null || by.id() != member.id()) {
            manager.requireWithin(member.role(), member.tenants());
        }
        TeamRows.requireAnotherOwner(tx, member);
        List<StoredTenant> owned = tx.records(RecordTypes.TENANTS)
                .list(Query.where(Filter.and(
                        Filter.equal(StoredTenant.CUSTOMER_ID, manager.customer()),
                        Filter.equal(StoredTenant.OWNER_ID, account),
                        TenantRows.WITH_DATABASE)));
        return new Allowed(member, heir(tx, member, by), owned);
    }

    /** The acting owner, or else the active owner, or any, who has been in the team longest. */
    private static User heir(Transaction tx, TeamMember removed, @Nullable TeamMember by) {
        TeamMember heir = by != null && by.owner() && by.id() != removed.id()
                ? by
                : TeamRows.otherOwners(tx, removed).stream()
                        .findFirst()
                        .orElseGet(() -> TeamRows.of(tx, removed.customerId()).stream()
                                .filter(each -> each.owner() && each.id() != removed.id())
                                .findFirst()
                                .orElseThrow(() -> TeamRows.lastOwner(removed)));
        return tx.records(RecordTypes.USERS).find(heir.userId().value()).orElseThrow(() -> TeamRows.lastOwner(removed));
    }

    /** Nodes forget what they know about the members of the database, such as the password of the former owner. */
    private static void passTenant(Transaction tx, long tenant, User heir) {
        Records<StoredTenant> tenants = tx.records(RecordTypes.TENANTS);
        tenants.lock(tenant)
                .ifPresent(locked -> tenants.update(locked.toBuilder()
                        .ownerId(heir.id())
                        .replacements(locked.replacements() + 1)
                        .build()));
    }

    /** A database that cannot be reached must not keep the account in the team. */
    private void passDatabase(StoredTenant tenant, User heir) {
        try {
            tenantDatabases.transact(tenant, tx -> {
                passOwner(tx, tenant, heir);
                return null;
            });
        } catch (SaasException e) {
            new FailureLog("dev.allotment.access", context.node())
                    .warn("A database keeps the member of an owner that left the team", tenant.id(), e);
        }
    }

    /** The heir becomes the owner: its member replaces that of the former owner, or is there already. */
    private void passOwner(Transaction tx, StoredTenant tenant, User heir) {
        Optional<Member> found = MemberRows.owner(tx);
        if (found.isEmpty() || found.get().login().equals(heir.login())) {
            return;
        }
        Member former = found.get();
        Records<Member> members = tx.records(RecordTypes.MEMBERS);
        Optional<Member> same = members.list(Query.where(Filter.equal(Member.LOGIN, heir.login()))).stream()
                .findFirst();
        if (former.id().equals(Member.ADMINISTRATOR)) {
            // The administrator of the database is not a person of the team.
            return;
        }
        CredentialRows.setPasswordHash(tx, former.id().value(), null);
        ApiKeyUseCases.revokeAll(tx, tenant.uuid().toString(), former.id().value(), context.now());
        if (same.isPresent()) {
            members.update(former.toBuilder().owner(false).active(false).build());
            members.update(same.get().toBuilder().owner(true).active(true).build());
        } else {
            members.update(former.toBuilder()
                    .login(heir.login())
                    .name(heir.name())
                    .email(Objects.requireNonNullElse(heir.email(), former.email()))
                    .lastLoginAt(null)
                    .build());
        }
    }
}
