// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant.session;

import dev.allotment.access.Member;
import dev.allotment.support.SupportSession;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A signed-in member, or an operator who sees or acts as one.
 *
 * @param secret of the session
 * @param groups the XML ids of the member's groups
 * @param support the session of the operator; null: the member itself has signed in
 */
public record SignedIn(
        String secret,
        Member member,
        Set<String> groups,
        @Nullable SupportSession support) {
    SignedIn withSupport(SupportSession session) {
        return new SignedIn(secret, member, groups, session);
    }

    /** Does not contain the secret. */
    @Override
    public String toString() {
        return "SignedIn[" + member.id() + "]";
    }
}
