// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.plan;

import java.net.URI;
import java.net.URISyntaxException;

/** The rules for the address where owners manage their payment. */
final class BillingUrlRules {
    static final String RULE = "an https address of at most 2000 characters, without a user name, in which {tenant} and"
            + " {customer} are after the host";

    private static final int MAX = 2000;

    private BillingUrlRules() {}

    static boolean isValid(String url) {
        try {
            // What replaces them has no character with a meaning in an address.
            URI parsed = new URI(url.replace("{tenant}", "0").replace("{customer}", "0"));
            return url.length() <= MAX
                    && "https".equals(parsed.getScheme())
                    && parsed.getHost() != null
                    && parsed.getRawUserInfo() == null
                    && url.startsWith("https://" + parsed.getRawAuthority());
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
