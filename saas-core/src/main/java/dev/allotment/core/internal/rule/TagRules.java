// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.rule;

import dev.allotment.SaasException;
import java.util.List;
import java.util.regex.Pattern;

/** The rules for tags, which select many plans or tenants at once. */
public final class TagRules {
    private static final Pattern TAG = Pattern.compile("[a-z0-9][a-z0-9_.:-]{0,49}");
    private static final int MOST = 50;

    private TagRules() {}

    /**
     * Returns the tags without duplicates, in order.
     *
     * @param code of the error, as the caller documents it
     */
    public static List<String> checked(List<String> tags, String code) {
        List<String> distinct = tags.stream().distinct().sorted().toList();
        if (distinct.size() > MOST) {
            throw SaasException.invalid(code, "There may be at most " + MOST + " tags, found " + distinct.size() + ".");
        }
        for (String tag : distinct) {
            if (!TAG.matcher(tag).matches()) {
                throw SaasException.invalid(
                        code,
                        "A tag consists of 1 to 50 lower case letters, digits, hyphens, underscores, dots and colons, and starts"
                                + " with a letter or a digit; found " + TextRules.describe(tag) + ".");
            }
        }
        return distinct;
    }
}
