// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant;

import dev.allotment.Member;
import java.util.Set;

/**
 * Who has signed in.
 *
 * @param secret of the session
 * @param groups XML ids
 */
record SignedIn(String secret, Member member, Set<String> groups) {
    /** Never the secret. */
    @Override
    public String toString() {
        return "SignedIn[" + member.id() + "]";
    }
}
