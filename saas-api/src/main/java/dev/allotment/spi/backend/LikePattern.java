// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

/** Matches SQL patterns without the backtracking that a regular expression could be driven into. */
final class LikePattern {
    private LikePattern() {}

    static boolean matches(String text, String pattern, boolean ignoreCase) {
        int[] input = text.codePoints().toArray();
        int[] rule = pattern.codePoints().toArray();
        int at = 0;
        int rulePosition = 0;
        int lastPercent = -1;
        int resumeAt = 0;
        while (at < input.length) {
            if (rulePosition < rule.length && rule[rulePosition] == '%') {
                lastPercent = rulePosition++;
                resumeAt = at;
            } else if (rulePosition < rule.length && accepts(rule, rulePosition, input[at], ignoreCase)) {
                rulePosition += width(rule, rulePosition);
                at++;
            } else if (lastPercent >= 0) {
                rulePosition = lastPercent + 1;
                at = ++resumeAt;
            } else {
                return false;
            }
        }
        while (rulePosition < rule.length && rule[rulePosition] == '%') {
            rulePosition++;
        }
        return rulePosition == rule.length;
    }

    private static boolean accepts(int[] rule, int position, int character, boolean ignoreCase) {
        if (rule[position] == '_') {
            return true;
        }
        int expected = width(rule, position) == 2 ? rule[position + 1] : rule[position];
        return expected == character
                || (ignoreCase && Character.toLowerCase(expected) == Character.toLowerCase(character));
    }

    private static int width(int[] rule, int position) {
        return rule[position] == '\\' && position + 1 < rule.length ? 2 : 1;
    }
}
