// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.ErrorCodes;
import dev.allotment.Member;
import dev.allotment.SaasException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whose rights count inside a client database.
 *
 * @param member null: the host itself, which may do all and sees what is hidden
 * @param groups the XML ids of the member's groups
 */
record MemberActor(@Nullable Member member, Set<String> groups) {
    static final MemberActor HOST = new MemberActor(null, Set.of());

    boolean in(String xmlId) {
        return member == null || groups.contains(xmlId);
    }

    void require(String xmlId, String what) {
        if (!in(xmlId)) {
            throw refused(what);
        }
    }

    SaasException refused(String what) {
        return SaasException.notAllowed(ErrorCodes.ACCESS_NOT_ALLOWED, "You are not allowed to " + what + ".");
    }
}
