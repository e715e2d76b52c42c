// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.base;

import dev.allotment.CustomerId;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.PlanId;
import dev.allotment.RecordField;
import dev.allotment.SaasException;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.access.ApiKeyScope;
import org.jspecify.annotations.Nullable;

/**
 * The identity whose rights apply at the main database.
 *
 * @param user null: the embedder, which may do everything
 * @param clientAddress the client address; null: not known
 * @param serving whether it serves itself: it has an administrator's rights, since the use case has checked that it
 *     acts on its own records
 * @param scope of the API key that it acts with
 */
public record Actor(@Nullable User user, @Nullable String clientAddress, boolean serving, ApiKeyScope scope) {
    public static final Actor HOST = new Actor(null, null);

    /** The login of the account that belongs to the system. */
    public static final String SYSTEM_LOGIN = "__system__";

    /** How records name the embedder; no account can have it as its login. */
    public static final String HOST_LOGIN = "host";

    public Actor(@Nullable User user, @Nullable String clientAddress) {
        this(user, clientAddress, false, ApiKeyScope.EVERYTHING);
    }

    /** The same actor, for a self-service request whose ownership was checked. */
    public Actor servingItself() {
        return new Actor(user, clientAddress, true, scope);
    }

    /** The name in the audit log. */
    public String login() {
        return user == null ? HOST_LOGIN : user.login();
    }

    public boolean administrator() {
        return user == null || !user.portal() || serving;
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
     * The records that it sees by their customers: a user that is no administrator sees those of its customer, and an
     * API key for one customer sees those of that one.
     */
    public <R> Filter<R> visible(RecordField<R, CustomerId> customer) {
        Filter<R> visible = user == null || administrator() ? Filter.all() : Filter.equal(customer, user.customerId());
        CustomerId only = scope.customer();
        return only == null ? visible : Filter.and(visible, Filter.equal(customer, only));
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
     * Lets a portal user do this with its own account only.
     *
     * @throws SaasException {@code access.not-allowed}
     */
    public void requireSelf(UserId id, String what) {
        if (user != null && user.portal() && !user.id().equals(id)) {
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
