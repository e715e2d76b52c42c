// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The result of an action on many tenants.
 *
 * @param done the tenants that the action succeeded for, in order
 * @param failed the other tenants with what the action threw for them, in order
 */
public record BatchResult(List<TenantId> done, Map<TenantId, RuntimeException> failed) {
    /** Copies list and map. */
    public BatchResult {
        done = List.copyOf(done);
        failed = Collections.unmodifiableMap(new LinkedHashMap<>(failed));
    }
}
