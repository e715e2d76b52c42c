// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.base;

import dev.allotment.CustomerId;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Needs;
import dev.allotment.Permission;
import dev.allotment.Query;
import dev.allotment.Role;
import dev.allotment.SaasException;
import dev.allotment.TeamRole;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.team.TeamMember;
import dev.allotment.team.TenantLimit;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The door that each call of a use case goes through, from every wire and page. It refuses what the scope of the API
 * key does not contain, as {@link ScopedCalls} says, and what the role of an account does not permit, as {@link Needs}
 * says.
 *
 * <p>It reads the account and its role for each call, so a view that was made before knows no rights that are gone. A
 * person has no rights of a team that requires a second factor or a session of its identity provider without one, see
 * {@link FactorRules} and {@link ProviderRules}.
 */
public final class Door {
    private Door() {}

    /**
     * Returns use cases with the rights of an actor.
     *
     * @param api the interface that callers see
     * @param useCases makes the use cases for the rights that the actor has at the time of a call
     */
    public static <T> T of(UnitOfWork work, Actor actor, Class<T> api, Function<Actor, T> useCases) {
        if (actor.user() == null) {
            return ScopedCalls.limited(actor.scope(), api, useCases.apply(actor));
        }
        return api.cast(Proxy.newProxyInstance(
                Door.class.getClassLoader(), new Class<?>[] {api}, (proxy, method, arguments) -> {
                    if (method.getDeclaringClass() == Object.class) {
                        return ScopedCalls.call(useCases.apply(actor), method, arguments);
                    }
                    ScopedCalls.requireContained(actor, api, method);
                    return ScopedCalls.call(useCases.apply(entering(work, actor, api, method)), method, arguments);
                }));
    }

    /** The actor with the rights for one call. */
    private static Actor entering(UnitOfWork work, Actor actor, Class<?> api, Method method) {
        Entering entering = work.orAgain(tx -> entering(tx, actor));
        Actor present = entering.actor();
        if (present.unlimited()) {
            return present;
        }
        Needs needs = ScopedCalls.marked(api, method).getAnnotation(Needs.class);
        return present.portal() ? ofTeam(entering, needs) : ofOperator(present, needs);
    }

    /** What no team role permits gets no rights of a team, and refuses the account. */
    private static Actor ofTeam(Entering entering, @Nullable Needs needs) {
        Actor present = entering.actor();
        if (needs == null || !TeamRole.OWNER.permissions().containsAll(List.of(needs.value()))) {
            return present.entering(present.account(), null);
        }
        if (entering.refusal() != null && needs.value().length > 0) {
            throw entering.refusal();
        }
        for (Permission each : needs.value()) {
            if (present.member() == null || !present.member().may(each)) {
                throw lacking(present, each.name());
            }
        }
        return present;
    }

    /** What needs no permission gets no rights of an operator: it is about the account itself. */
    private static Actor ofOperator(Actor present, @Nullable Needs needs) {
        if (needs == null) {
            throw present.refused("do this: it needs the role " + Role.ADMINISTRATOR);
        }
        Permission[] needed = needs.operators().length > 0 ? needs.operators() : needs.value();
        for (Permission each : needed) {
            if (!present.account().role().permissions().contains(each)) {
                throw lacking(present, each.name());
            }
        }
        return needed.length > 0 ? present.permitted() : present;
    }

    private static SaasException lacking(Actor actor, String permission) {
        return actor.refused("do this: it needs the permission " + permission);
    }

    /**
     * An actor as it enters.
     *
     * @param refusal why its membership does not count in this session; null: it does, or there is none
     */
    private record Entering(Actor actor, @Nullable SaasException refusal) {}

    private static Entering entering(Transaction tx, Actor actor) {
        Actor present = present(tx, actor);
        TeamMember member = present.member();
        SaasException refusal = member == null ? null : refusal(tx, present, member);
        return new Entering(refusal == null ? present : present.entering(present.account(), null), refusal);
    }

    /** What the team requires of a member to sign in, and the member has not done. */
    private static @Nullable SaasException refusal(Transaction tx, Actor actor, TeamMember member) {
        if (actor.followsProviderRule() && ProviderRules.isRequired(tx, member)) {
            return ProviderRules.missing();
        }
        return actor.followsFactorRule() && FactorRules.isMissing(tx, member.customerId(), member.userId())
                ? FactorRules.missing()
                : null;
    }

    /**
     * Returns an actor with its account and its membership as they are now.
     *
     * @throws SaasException {@code access.denied} if the account is gone or not active, or is an operator's in a
     *     session of a customer's provider
     */
    public static Actor present(Transaction tx, Actor actor) {
        if (actor.user() == null) {
            return actor;
        }
        User stored = tx.records(RecordTypes.USERS)
                .find(actor.account().id().value())
                .filter(User::active)
                .filter(user -> user.portal() || !actor.provided())
                .orElseThrow(() -> SaasException.notAllowed(ErrorCodes.ACCESS_DENIED, "Access Denied"));
        CustomerId customer = stored.portal() ? actor.customer() : null;
        return actor.entering(
                stored,
                customer == null
                        ? null
                        : membership(tx, customer, stored.id())
                                .or(() -> founder(tx, customer, stored))
                                .orElse(null));
    }

    /**
     * Makes an account the owner of the customer that was created with it, if that has no team: a node of an older
     * version, which knows no teams, has created both.
     */
    private static Optional<TeamMember> founder(Transaction tx, CustomerId id, User account) {
        return tx.records(RecordTypes.CUSTOMERS)
                .find(id.value())
                .filter(customer ->
                        id.equals(account.customerId()) && customer.createdAt().equals(account.createdAt()))
                .filter(customer ->
                        tx.records(RecordTypes.TEAM_MEMBERS).count(Filter.equal(TeamMember.CUSTOMER_ID, id)) == 0)
                .map(customer -> tx.records(RecordTypes.TEAM_MEMBERS)
                        .insert(new TeamMember(
                                0, id, account.id(), TeamRole.OWNER, TenantLimit.ALL, account.createdAt())));
    }

    /**
     * Refuses an actor that came as the member of a team, and is in it no more.
     *
     * @throws SaasException {@code access.denied}
     */
    public static void requireStillIn(Transaction tx, Actor actor) {
        TeamMember member = actor.member();
        if (member != null
                && membership(tx, member.customerId(), member.userId()).isEmpty()) {
            throw SaasException.notAllowed(ErrorCodes.ACCESS_DENIED, "Access Denied");
        }
    }

    /** Returns the membership of an account in the team of a customer. */
    public static Optional<TeamMember> membership(Transaction tx, CustomerId customer, UserId account) {
        return tx
                .records(RecordTypes.TEAM_MEMBERS)
                .list(Query.where(Filter.and(
                        Filter.equal(TeamMember.CUSTOMER_ID, customer), Filter.equal(TeamMember.USER_ID, account))))
                .stream()
                .findFirst();
    }
}
