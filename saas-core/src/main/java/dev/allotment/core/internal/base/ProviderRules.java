// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.base;

import dev.allotment.CustomerId;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.SaasException;
import dev.allotment.UserId;
import dev.allotment.access.ApiKeyScope;
import dev.allotment.identity.IdentityProvider;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.team.TeamMember;

/**
 * Which teams require their identity provider. Owners do not need a session of it: if the provider fails, they let the
 * others in again.
 */
public final class ProviderRules {
    private ProviderRules() {}

    /** Whether a member needs a session of the provider to act for the customer. */
    public static boolean isRequired(Transaction tx, TeamMember member) {
        return !member.owner()
                && tx.records(RecordTypes.IDENTITY_PROVIDERS)
                                .count(Filter.and(
                                        Filter.equal(IdentityProvider.CUSTOMER_ID, member.customerId()),
                                        Filter.equal(IdentityProvider.ACTIVE, true),
                                        Filter.equal(IdentityProvider.REQUIRED, true)))
                        > 0;
    }

    /**
     * Refuses to make an API key that would act for a team for which its owner needs a session of the provider.
     *
     * @throws SaasException {@code identity.required}
     */
    public static void requireForKey(Transaction tx, UserId account, ApiKeyScope scope) {
        CustomerId only = scope.customer();
        boolean required = tx.records(RecordTypes.TEAM_MEMBERS).list(FactorRules.memberships(account)).stream()
                .filter(each -> only == null || each.customerId().equals(only))
                .anyMatch(each -> isRequired(tx, each));
        if (required) {
            throw missing();
        }
    }

    static SaasException missing() {
        return SaasException.notAllowed(
                ErrorCodes.IDENTITY_REQUIRED,
                "The team requires that you sign in with its identity provider. Sign in with it first.");
    }
}
