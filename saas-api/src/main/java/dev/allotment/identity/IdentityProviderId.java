// SPDX-License-Identifier: Apache-2.0
package dev.allotment.identity;

/**
 * The number of an identity provider. It never changes.
 *
 * @param value positive, or 0 in a record that has not been stored yet
 */
public record IdentityProviderId(long value) {
    /**
     * Checks the number.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public IdentityProviderId {
        if (value < 0) {
            throw new IllegalArgumentException("An id is not negative: " + value);
        }
    }

    /** Returns the number in decimal. */
    @Override
    public String toString() {
        return Long.toString(value);
    }
}
