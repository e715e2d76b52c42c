// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.identity;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.identity.IdentityProvider;
import dev.allotment.identity.IdentityProviderId;
import java.util.HashMap;
import java.util.Map;

/**
 * How many requests this node sends to providers at a time. Those of customers have few places, so that a slow provider
 * of one customer holds up only the sign-ins of this customer, and all of them together leave threads for others.
 * Guarded by its methods.
 */
final class ProviderPlaces {
    private static final int OF_CUSTOMER = 4;
    private static final int OF_ALL_CUSTOMERS = 16;
    private static final int OF_EVERYONE = 16;

    private final Map<IdentityProviderId, Integer> asking = new HashMap<>();
    private int ofCustomers;

    /** @throws SaasException {@code identity.provider-busy} */
    synchronized void take(IdentityProvider provider) {
        boolean own = provider.customerId() != null;
        int taken = asking.getOrDefault(provider.id(), 0);
        if (taken >= (own ? OF_CUSTOMER : OF_EVERYONE) || (own && ofCustomers >= OF_ALL_CUSTOMERS)) {
            throw new SaasException(
                    ErrorCategory.CONFLICT,
                    ErrorCodes.IDENTITY_PROVIDER_BUSY,
                    "Too many sign-ins wait for the identity provider at the moment. Try again in some seconds.",
                    Map.of(),
                    true,
                    null);
        }
        asking.put(provider.id(), taken + 1);
        ofCustomers += own ? 1 : 0;
    }

    synchronized void leave(IdentityProvider provider) {
        asking.computeIfPresent(provider.id(), (any, count) -> count == 1 ? null : count - 1);
        ofCustomers -= provider.customerId() != null ? 1 : 0;
    }
}
