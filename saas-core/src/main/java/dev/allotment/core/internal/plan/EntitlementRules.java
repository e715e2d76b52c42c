// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.plan;

import dev.allotment.Entitlement;
import dev.allotment.SaasException;
import dev.allotment.core.internal.base.AttributeRules;
import dev.allotment.core.internal.rule.TextRules;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The rules for the entitlements of plans. */
final class EntitlementRules {
    private static final int MOST = 50;

    private EntitlementRules() {}

    /** Adds what is wrong. */
    static void check(List<String> problems, Map<String, Entitlement> entitlements) {
        if (entitlements.size() > MOST) {
            problems.add("entitlements: at most " + MOST + ", found " + entitlements.size());
        }
        new TreeMap<>(entitlements).forEach((name, entitlement) -> {
            if (!AttributeRules.isKey(name)) {
                problems.add("entitlements: a name consists of 1 to 64 lowercase letters, digits, dots, underscores and"
                        + " hyphens, and starts with a letter or a digit; found " + TextRules.describe(name));
            }
            try {
                Entitlement.parse(entitlement.text());
            } catch (SaasException e) {
                problems.add(
                        "entitlements: " + TextRules.describe(name) + " must be true, false, or a whole number of at"
                                + " most 18 digits; found " + TextRules.describe(entitlement.text()));
            }
        });
    }
}
