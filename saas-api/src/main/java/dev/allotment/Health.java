// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

/**
 * Whether something works.
 *
 * @param message for the operator; empty when up
 */
public record Health(boolean up, String message) {
    public static Health healthy() {
        return new Health(true, "");
    }

    public static Health down(String message) {
        return new Health(false, message);
    }
}
