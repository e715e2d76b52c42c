// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.account;

import dev.allotment.ApiKey;
import dev.allotment.ApiKeyScope;
import dev.allotment.portal.databases.TenantWords;
import java.time.Instant;

/** An API key as the pages list it. */
public record ApiKeyRow(long id, String name, String scope, String created, String expires, String lastUsed) {
    /** Returns the row of a key. */
    public static ApiKeyRow of(ApiKey key) {
        Instant end = key.expiresAt();
        Instant used = key.lastUsedAt();
        return new ApiKeyRow(
                key.id().value(),
                key.name(),
                words(key.scope()),
                TenantWords.minute(key.createdAt()),
                end == null ? "never" : TenantWords.minute(end),
                used == null ? "never" : TenantWords.minute(used));
    }

    /** Says what revoking it does. */
    public String consequence() {
        return "Programs that use this key are refused at once. It was created on " + created
                + (lastUsed.equals("never") ? ", and never used." : ", and last used on " + lastUsed + ".")
                + " This cannot be undone.";
    }

    private static String words(ApiKeyScope scope) {
        if (scope.equals(ApiKeyScope.EVERYTHING)) {
            return "Full access";
        }
        if (scope.equals(ApiKeyScope.READ_ONLY)) {
            return "Read only";
        }
        if (scope.customer() != null) {
            return "Customer " + scope.customer();
        }
        return scope.plan() == null ? "Nothing" : "Plan " + scope.plan();
    }
}
