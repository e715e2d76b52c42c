// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

/**
 * The result of a health check.
 *
 * @param up whether it works
 * @param message for the operator; empty if it works
 */
public record Health(boolean up, String message) {
    /** Returns the result of a successful check. */
    public static Health healthy() {
        return new Health(true, "");
    }

    /** Returns the result of a failed check. */
    public static Health down(String message) {
        return new Health(false, message);
    }
}
