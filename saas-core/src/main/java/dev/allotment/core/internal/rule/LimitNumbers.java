// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.rule;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;

/** Parses numbers in texts. */
public final class LimitNumbers {
    private LimitNumbers() {}

    /** A limit in a stored parameter; 0, which means none, if it is not a number. */
    public static int limit(String text) {
        try {
            return Math.max(0, Integer.parseInt(text.strip()));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /** A limit in a request. @throws SaasException {@code configuration.invalid} */
    public static int checkedLimit(String key, String text) {
        try {
            int number = Integer.parseInt(text.strip());
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // reported below, like a negative number
        }
        throw SaasException.invalid(
                ErrorCodes.CONFIGURATION_INVALID,
                "Parameter " + key + " must be a whole number, 0 for no limit; found " + TextRules.describe(text)
                        + ".");
    }
}
