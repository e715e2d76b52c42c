// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.plan;

import dev.allotment.core.internal.rule.UrlRules;

/** The rules for the address where owners manage their payment. */
final class BillingUrlRules {
    static final String RULE = "an https address of at most 2000 characters of ASCII, without spaces or a user name, in"
            + " which {tenant} and {customer} are after the host";

    private static final int MAX = 2000;

    private BillingUrlRules() {}

    static boolean isValid(String url) {
        // What replaces them has no character with a meaning in an address.
        return url.length() <= MAX
                && UrlRules.parsed(url.replace("{tenant}", "0").replace("{customer}", "0"), MAX)
                        .filter(each -> UrlRules.hasScheme(each, "https"))
                        .filter(each -> url.startsWith(each.getRawAuthority(), "https://".length()))
                        .isPresent();
    }
}
