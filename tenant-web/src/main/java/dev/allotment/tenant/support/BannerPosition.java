// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant.support;

/** Finds the end of the start tag of a page's body. Not thread-safe. */
final class BannerPosition {
    private static final String TAG = "<body";

    private int matched;
    private int quote;
    private boolean found;

    /** Returns the index after the start tag, if it ends in these bytes of the page; -1 if it does not. */
    int next(byte[] bytes, int from, int length) {
        for (int index = from; !found && index < from + length; index++) {
            if (ends(bytes[index] & 0xff)) {
                found = true;
                return index + 1;
            }
        }
        return -1;
    }

    private boolean ends(int each) {
        if (matched < TAG.length()) {
            int lower = each >= 'A' && each <= 'Z' ? each + 32 : each;
            matched = lower == TAG.charAt(matched) ? matched + 1 : lower == '<' ? 1 : 0;
            return false;
        }
        if (matched == TAG.length()) {
            // Not "<bodywork>".
            boolean name = each == '>' || each == '/' || each <= ' ';
            matched = name ? matched + 1 : 0;
            return each == '>';
        }
        if (quote != 0) {
            quote = each == quote ? 0 : quote;
            return false;
        }
        quote = each == '"' || each == '\'' ? each : 0;
        return each == '>';
    }
}
