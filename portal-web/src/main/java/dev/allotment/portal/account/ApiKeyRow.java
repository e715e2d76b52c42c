// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.account;

import dev.allotment.access.ApiKey;
import dev.allotment.access.ApiKeyScope;
import dev.allotment.portal.text.PortalTexts;
import dev.allotment.portal.web.Moment;
import dev.allotment.text.Texts;

/** An API key as the pages list it. */
public record ApiKeyRow(
        long id, String name, String scope, Moment created, Moment expires, Moment lastUsed, String consequence) {
    /** Returns the row of a key. */
    public static ApiKeyRow of(ApiKey key) {
        return of(key, PortalTexts.ENGLISH);
    }

    /** Describes a key in the language of its reader. */
    static ApiKeyRow of(ApiKey key, Texts texts) {
        Moment created = Moment.of(key.createdAt(), texts);
        Moment lastUsed = Moment.orElse(key.lastUsedAt(), texts.text("common.never"), texts);
        return new ApiKeyRow(
                key.id().value(),
                key.name(),
                words(key.scope(), texts),
                created,
                Moment.orElse(key.expiresAt(), texts.text("common.never"), texts),
                lastUsed,
                lastUsed.known()
                        ? texts.text("revoke-key.used", created, lastUsed)
                        : texts.text("revoke-key.unused", created));
    }

    private static String words(ApiKeyScope scope, Texts texts) {
        if (scope.equals(ApiKeyScope.EVERYTHING)) {
            return texts.text("keys.full-access");
        }
        if (scope.equals(ApiKeyScope.READ_ONLY)) {
            return texts.text("keys.read-only");
        }
        if (scope.equals(ApiKeyScope.PAYMENTS)) {
            return texts.text("keys.payments");
        }
        if (scope.customer() != null) {
            return texts.text("keys.customer", String.valueOf(scope.customer()));
        }
        return scope.plan() == null
                ? texts.text("keys.nothing")
                : texts.text("keys.plan", String.valueOf(scope.plan()));
    }
}
