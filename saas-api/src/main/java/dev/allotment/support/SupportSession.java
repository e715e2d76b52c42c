// SPDX-License-Identifier: Apache-2.0
package dev.allotment.support;

import dev.allotment.Internal;
import dev.allotment.access.MemberIdentity;
import java.time.Instant;

/**
 * An open session of an operator at the application of a tenant. Immutable.
 *
 * @param use the number of the {@link SupportUse}
 * @param database the name of the tenant
 * @param member the member whose view or rights the operator has
 * @param access who the operator is, what the operator may do, and why
 * @param openedAt when it was opened
 */
public record SupportSession(long use, String database, MemberIdentity member, SupportAccess access, Instant openedAt) {
    /** Creates a record from all its components. Only the core does. */
    @Internal
    public SupportSession {}

    /** Returns whether the application must connect with a login that only reads. */
    public boolean looking() {
        return access.right() == SupportRight.LOOK;
    }
}
