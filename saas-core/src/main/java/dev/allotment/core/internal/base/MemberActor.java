// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.base;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.access.ApiKeyScope;
import dev.allotment.access.Member;
import dev.allotment.access.MemberIdentity;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import java.util.Optional;
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

    /**
     * Refuses to act as a member of another database. The tenant may have got another one since the member was read, in
     * which the number means another person.
     *
     * @param tx in the database that is to be used
     * @throws SaasException {@code access.denied}
     */
    public void requireSelf(Transaction tx) {
        if (member != null && find(tx, member.identity()).isEmpty()) {
            throw denied();
        }
    }

    /** The member with this number, if it has this login. */
    public static Optional<Member> find(Transaction tx, MemberIdentity identity) {
        return tx.records(RecordTypes.MEMBERS)
                .find(identity.id().value())
                .filter(found -> found.login().equals(identity.login()));
    }

    public static SaasException denied() {
        return SaasException.notAllowed(ErrorCodes.ACCESS_DENIED, "Access Denied");
    }

    public SaasException refused(String what) {
        return SaasException.notAllowed(ErrorCodes.ACCESS_NOT_ALLOWED, "You are not allowed to " + what + ".");
    }
}
