// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.account;

import dev.allotment.access.ApiKey;
import dev.allotment.access.ApiKeyScope;
import dev.allotment.portal.web.Moment;

/** An API key as the pages list it. */
public record ApiKeyRow(long id, String name, String scope, Moment created, Moment expires, Moment lastUsed) {
    /** Returns the row of a key. */
    public static ApiKeyRow of(ApiKey key) {
        return new ApiKeyRow(
                key.id().value(),
                key.name(),
                words(key.scope()),
                Moment.of(key.createdAt()),
                Moment.orElse(key.expiresAt(), "never"),
                Moment.orElse(key.lastUsedAt(), "never"));
    }

    /** Says what revoking it does. */
    public String consequence() {
        return "Programs that use this key are refused at once. It was created on " + created
                + (lastUsed.known() ? ", and last used on " + lastUsed + "." : ", and never used.")
                + " This cannot be undone.";
    }

    private static String words(ApiKeyScope scope) {
        if (scope.equals(ApiKeyScope.EVERYTHING)) {
            return "Full access";
        }
        if (scope.equals(ApiKeyScope.READ_ONLY)) {
            return "Read only";
        }
        if (scope.equals(ApiKeyScope.PAYMENTS)) {
            return "Reporting payments";
        }
        if (scope.customer() != null) {
            return "Customer " + scope.customer();
        }
        return scope.plan() == null ? "Nothing" : "Plan " + scope.plan();
    }
}
