// SPDX-License-Identifier: Apache-2.0
package dev.allotment.support;

import dev.allotment.Internal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One use of a support access: a session at the application of the tenant. Immutable.
 *
 * @param id the number
 * @param accessId the access
 * @param member the login of the member whose view or rights the operator had
 * @param openedAt when the operator entered the application
 * @param usedAt when the session was last used, to five minutes
 * @param endedAt when it ended; null: it is open
 */
public record SupportUse(
        long id,
        SupportAccessId accessId,
        String member,
        Instant openedAt,
        Instant usedAt,
        @Nullable Instant endedAt) {
    /** Creates a record from all its components. Only the core does. */
    @Internal
    public SupportUse {}
}
