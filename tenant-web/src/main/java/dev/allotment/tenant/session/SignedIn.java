// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant.session;

import dev.allotment.access.Member;
import java.util.Set;

/**
 * A signed-in member.
 *
 * @param secret of the session
 * @param groups the XML ids of the member's groups
 */
public record SignedIn(String secret, Member member, Set<String> groups) {
    /** Does not contain the secret. */
    @Override
    public String toString() {
        return "SignedIn[" + member.id() + "]";
    }
}
