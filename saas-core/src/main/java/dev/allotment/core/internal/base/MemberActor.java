// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.base;

import dev.allotment.ApiKeyScope;
import dev.allotment.ErrorCodes;
import dev.allotment.Member;
import dev.allotment.SaasException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The identity whose rights apply inside a tenant database.
 *
 * @param member null: the embedder, which may do everything and sees hidden records
 * @param groups the XML ids of the member's groups
 * @param scope of the API key that it acts with
 * @param clientAddress the client address; null: not known
 */
public record MemberActor(
        @Nullable Member member,
        Set<String> groups,
        ApiKeyScope scope,
        @Nullable String clientAddress) {
    /** The embedder, or an administrator of the main database, who may do everything within a scope. */
    public static MemberActor host(ApiKeyScope scope, @Nullable String clientAddress) {
        return new MemberActor(null, Set.of(), scope, clientAddress);
    }

    public boolean in(String xmlId) {
        return member == null || groups.contains(xmlId);
    }

    public void require(String xmlId, String what) {
        if (!in(xmlId)) {
            throw refused(what);
        }
    }

    public SaasException refused(String what) {
        return SaasException.notAllowed(ErrorCodes.ACCESS_NOT_ALLOWED, "You are not allowed to " + what + ".");
    }
}
