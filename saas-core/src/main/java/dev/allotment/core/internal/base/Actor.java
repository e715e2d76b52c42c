// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.base;

import dev.allotment.CustomerId;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.PlanId;
import dev.allotment.RecordField;
import dev.allotment.SaasException;
import dev.allotment.TenantId;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.access.ApiKeyScope;
import dev.allotment.team.TeamMember;
import dev.allotment.team.TenantLimit;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The identity whose rights apply at the main database.
 *
 * @param user null: the embedder, which may do everything
 * @param clientAddress the client address; null: not known
 * @param serving whether it serves itself: it has an administrator's rights, since the use case has checked that it
 *     acts on its own records
 * @param scope of the API key or the session that it acts with
 * @param byKey whether it acts with an API key, also if the scope contains everything
 * @param customer that it acts for; null: the embedder acts for none
 * @param member its membership in the team of the customer, as {@link Door} has read it for this call; null: it has no
 *     rights of a team. Only those of portal accounts count
 * @param operating whether it has the rights of an operator: an administrator has them, and an operator with another
 *     role has them for a call that {@link Door} has let in
 */
public record Actor(
        @Nullable User user,
        @Nullable String clientAddress,
        boolean serving,
        ApiKeyScope scope,
        boolean byKey,
        @Nullable CustomerId customer,
        @Nullable TeamMember member,
        boolean operating) {
    public static final Actor HOST = new Actor(null, null);

    /** The login of the account that belongs to the system. */
    public static final String SYSTEM_LOGIN = "__system__";

    /** How records name the embedder; no account can have it as its login. */
    public static final String HOST_LOGIN = "host";

    public Actor(@Nullable User user, @Nullable String clientAddress) {
        this(user, clientAddress, ApiKeyScope.EVERYTHING, false, user == null ? null : user.customerId());
    }

    public Actor(
            @Nullable User user,
            @Nullable String clientAddress,
            ApiKeyScope scope,
            boolean byKey,
            @Nullable CustomerId customer) {
        this(user, clientAddress, false, scope, byKey, customer, null, user == null || user.administrator());
    }

    /** The same actor, for a self-service request whose ownership was checked. */
    public Actor servingItself() {
        return new Actor(user, clientAddress, true, scope, byKey, customer, member, operating);
    }

    /** The same actor, for another customer, in whose team it may have no place. */
    public Actor actingFor(CustomerId other) {
        return new Actor(user, clientAddress, serving, scope, byKey, other, null, operating);
    }

    /** The same actor, in a session that contains this. */
    public Actor limitedTo(ApiKeyScope sessionScope) {
        return new Actor(user, clientAddress, serving, sessionScope, byKey, customer, member, operating);
    }

    /** The same actor, with an API key. */
    public Actor withKey(ApiKeyScope keyScope) {
        return new Actor(user, clientAddress, serving, keyScope, true, customer, member, operating);
    }

    /** The same actor, with the account that is stored now and its membership. */
    Actor entering(User stored, @Nullable TeamMember present) {
        return new Actor(stored, clientAddress, serving, scope, byKey, customer, present, stored.administrator());
    }

    /** The same actor, an operator whose role permits a call. */
    Actor permitted() {
        return new Actor(user, clientAddress, serving, scope, byKey, customer, member, true);
    }

    /** Whether its role counts, which is that of a portal account. */
    public boolean portal() {
        return user != null && user.portal();
    }

    /**
     * Whether the rule of a team that its people need second factors applies to it: not to the embedder, administrators
     * and programs, nor to a person for whom the provider of the customer has opened the session.
     */
    public boolean followsFactorRule() {
        return portal() && !byKey && !serving && !provided();
    }

    /**
     * Whether the rule of a team that its people sign in with its provider applies to it. A key that is for the team
     * fulfills it, since it was made by who fulfilled it then. Other keys may be older than the membership.
     */
    public boolean followsProviderRule() {
        return portal() && !serving && scope.customer() == null;
    }

    /** Whether the identity provider of a customer has opened its session, which is limited to the customer. */
    public boolean provided() {
        return !byKey && scope.customer() != null;
    }

    /** The name in the audit log. */
    public String login() {
        return user == null ? HOST_LOGIN : user.login();
    }

    /** Whether it may do for this call what an administrator may. */
    public boolean administrator() {
        return operating || serving;
    }

    /** Whether it is the embedder or an administrator, regardless of the call. */
    public boolean unlimited() {
        return user == null || user.administrator();
    }

    /**
     * Whether it sees and sets the embedder's attributes of tenants, customers and plans. A user that serves itself
     * does not, and neither does a key that is limited to one customer or plan: it may be in a customer's hands.
     */
    public boolean seesAttributes() {
        return (user == null || !user.portal()) && !limitedToTenants();
    }

    /** Whether it sees the records of all customers and plans. */
    public boolean seesAll() {
        return administrator() && !limitedToTenants();
    }

    /**
     * The records that it sees by their customers: a portal account sees those of the customer that it acts for, if it
     * is in its team, and an API key for one customer sees those of that one.
     */
    public <R> Filter<R> visible(RecordField<R, CustomerId> field) {
        Filter<R> visible = administrator() ? Filter.all() : ofTeam(field);
        CustomerId only = scope.customer();
        return only == null ? visible : Filter.and(visible, Filter.equal(field, only));
    }

    private <R> Filter<R> ofTeam(RecordField<R, CustomerId> field) {
        return member == null ? Filter.none() : Filter.equal(field, member.customerId());
    }

    /**
     * The records that it sees by their tenants, of those that {@link #visible} selects: a member that is limited sees
     * those of its tenants, and of those that it owns.
     */
    public <R> Filter<R> withinLimit(RecordField<R, TenantId> tenant, RecordField<R, UserId> owner) {
        return limited()
                ? Filter.or(Filter.in(tenant, limit().tenants()), Filter.equal(owner, userId()))
                : Filter.all();
    }

    /** Whether it sees some tenants of the customer only. */
    public boolean limited() {
        return !administrator() && !limit().isAll();
    }

    private TenantLimit limit() {
        return member == null ? TenantLimit.OWNED : member.tenants();
    }

    /** The account, which must not be the embedder. */
    User account() {
        return Objects.requireNonNull(user, "the embedder has no account");
    }

    /** Null: the embedder. */
    public @Nullable UserId userId() {
        return user == null ? null : user.id();
    }

    /** Whether the scope of the API key contains the tenants of one customer or plan only. */
    public boolean limitedToTenants() {
        return scope.customer() != null || scope.plan() != null;
    }

    /**
     * Refuses to put a tenant where the scope of the API key does not reach.
     *
     * @param customer of the tenant; null: none
     * @param plan of the tenant; null: none
     * @throws SaasException {@code access.not-allowed}
     */
    public void requireInScope(@Nullable CustomerId customer, @Nullable PlanId plan) {
        boolean within = (scope.customer() == null || scope.customer().equals(customer))
                && (scope.plan() == null || scope.plan().equals(plan));
        if (!within) {
            throw ScopedCalls.refused(scope);
        }
    }

    /**
     * Refuses an actor that is not an administrator.
     *
     * @throws SaasException {@code access.not-allowed}
     */
    public void requireAdministrator(String what) {
        if (!administrator()) {
            throw refused(what);
        }
    }

    /**
     * Lets an account that is not an administrator's do this with itself only.
     *
     * @throws SaasException {@code access.not-allowed}
     */
    public void requireSelf(UserId id, String what) {
        if (!operating && user != null && !user.id().equals(id)) {
            throw refused(what);
        }
    }

    public SaasException refused(String what) {
        return SaasException.notAllowed(ErrorCodes.ACCESS_NOT_ALLOWED, "You are not allowed to " + what + ".");
    }

    /** Keeps the idempotency keys of different users apart. */
    String idempotencyScope() {
        return user == null ? "host" : user.id().toString();
    }
}
