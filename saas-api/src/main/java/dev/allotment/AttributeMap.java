// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the builders of records with attributes or labels share. */
final class AttributeMap {
    private AttributeMap() {}

    /** @param value null: without the attribute */
    static Map<String, String> with(Map<String, String> attributes, String key, @Nullable String value) {
        Map<String, String> changed = new HashMap<>(attributes);
        if (value == null) {
            changed.remove(key);
        } else {
            changed.put(key, value);
        }
        return changed;
    }
}
