// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.account;

import dev.allotment.CustomerId;
import dev.allotment.ErrorCodes;
import dev.allotment.PlanId;
import dev.allotment.SaasException;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.access.ApiKeyScope;
import dev.allotment.core.internal.authentication.ApiKeyOwner;
import dev.allotment.core.internal.authentication.ApiKeyOwners;
import dev.allotment.core.internal.authentication.Place;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.Door;
import dev.allotment.core.internal.base.FactorRules;
import dev.allotment.core.internal.base.ProviderRules;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import java.util.Optional;

/** The accounts as owners of API keys. */
public final class AccountKeys implements ApiKeyOwners<User> {
    private final CoreContext context;
    private final AccountUseCases accounts;
    private final Actor actor;

    public AccountKeys(CoreContext context, AccountUseCases accounts, Actor actor) {
        this.context = context;
        this.accounts = accounts;
        this.actor = actor;
    }

    @Override
    public Place place() {
        return Place.MAIN;
    }

    @Override
    public Optional<ApiKeyOwner<User>> find(Transaction tx, long id) {
        return tx.records(RecordTypes.USERS).find(id).map(AccountKeys::owner);
    }

    @Override
    public Optional<ApiKeyOwner<User>> lock(Transaction tx, long id) {
        return tx.records(RecordTypes.USERS).lock(id).map(AccountKeys::owner);
    }

    private static ApiKeyOwner<User> owner(User user) {
        return new ApiKeyOwner<>(user, user.id().value(), user.login(), user.active(), !user.portal());
    }

    @Override
    public void checkScope(Transaction tx, ApiKeyOwner<User> owner, ApiKeyScope scope) {
        // A key would do what its owner cannot.
        if (actor.followsFactorRule()) {
            FactorRules.requireInEachTeam(tx, owner.user().id());
        }
        if (actor.followsProviderRule()) {
            ProviderRules.requireForKey(tx, owner.user().id(), scope);
        }
        CustomerId customer = scope.customer();
        PlanId plan = scope.plan();
        boolean own = customer == null
                || owner.administrator()
                || Door.membership(tx, customer, owner.user().id()).isPresent();
        if (customer != null
                && (!own
                        || tx.records(RecordTypes.CUSTOMERS)
                                .find(customer.value())
                                .isEmpty())) {
            throw unknown("customer " + customer);
        }
        if (plan != null && tx.records(RecordTypes.PLANS).find(plan.value()).isEmpty()) {
            throw unknown("plan " + plan);
        }
    }

    private static SaasException unknown(String what) {
        return SaasException.invalid(
                ErrorCodes.API_KEY_INVALID, "The scope of an API key names " + what + ", which does not exist.");
    }

    /** The main database is always open. */
    @Override
    public void requireOpen(long id) {}

    @Override
    public boolean passwordMatches(long id, String password) {
        return accounts.isPassword(new UserId(id), password);
    }

    @Override
    public boolean throttled(String login) {
        return accounts.throttled(login, actor.clientAddress());
    }

    @Override
    public void record(Transaction tx, Change change) {
        context.events().add(tx, actor, change.type(), null, new UserId(change.owner()), change.details());
    }
}
