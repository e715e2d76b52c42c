// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.SaasException;
import java.util.List;
import java.util.regex.Pattern;

/** The words that plans and client databases are marked with, to select many at once. */
final class Tags {
    private static final Pattern TAG = Pattern.compile("[a-z0-9][a-z0-9_.:-]{0,49}");
    private static final int MOST = 50;

    private Tags() {}

    /**
     * Each once, in order.
     *
     * @param code of the error, as the caller documents it
     */
    static List<String> checked(List<String> tags, String code) {
        List<String> distinct = tags.stream().distinct().sorted().toList();
        if (distinct.size() > MOST) {
            throw SaasException.invalid(code, "There are at most " + MOST + " tags, found " + distinct.size() + ".");
        }
        for (String tag : distinct) {
            if (!TAG.matcher(tag).matches()) {
                throw SaasException.invalid(
                        code,
                        "A tag has 1 to 50 lower case letters, digits, hyphens, underscores, dots and colons, and begins"
                                + " with a letter or a digit; found " + Texts.describe(tag) + ".");
            }
        }
        return distinct;
    }
}
