// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the builders of records with attributes, labels or entitlements share. */
final class AttributeMap {
    private AttributeMap() {}

    /** @param value null: without the attribute */
    static <V> Map<String, V> with(Map<String, V> attributes, String key, @Nullable V value) {
        Map<String, V> changed = new HashMap<>(attributes);
        if (value == null) {
            changed.remove(key);
        } else {
            changed.put(key, value);
        }
        return changed;
    }
}
