// SPDX-License-Identifier: Apache-2.0
package dev.allotment.support;

import java.util.Set;

/** What became of a support access. */
public enum SupportAccessState {
    /** The customer has not answered yet. */
    PENDING,

    /** The operator may enter the tenant. */
    GRANTED,

    /** The customer, or its standing answer, has refused. */
    REFUSED,

    /** The operator has withdrawn the request, or has given the access back; or its account was removed. */
    WITHDRAWN,

    /** The customer has ended the access. */
    REVOKED,

    /** No one answered in time, or the time of the access has passed. */
    EXPIRED;

    /** Returns the states that can follow this one. None follow a state in which it has ended. */
    public Set<SupportAccessState> next() {
        return switch (this) {
            case PENDING -> Set.of(GRANTED, REFUSED, WITHDRAWN, EXPIRED);
            case GRANTED -> Set.of(WITHDRAWN, REVOKED, EXPIRED);
            case REFUSED, WITHDRAWN, REVOKED, EXPIRED -> Set.of();
        };
    }
}
