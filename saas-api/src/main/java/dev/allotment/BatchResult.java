// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What became of something that was done with many client databases.
 *
 * @param done in order
 * @param failed what was wrong with each of the others, in order
 */
public record BatchResult(List<TenantId> done, Map<TenantId, SaasException> failed) {
    public BatchResult {
        done = List.copyOf(done);
        failed = Collections.unmodifiableMap(new LinkedHashMap<>(failed));
    }
}
