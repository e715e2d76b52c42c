// SPDX-License-Identifier: Apache-2.0
package dev.allotment.team;

/**
 * The number of an invitation. It never changes.
 *
 * @param value positive, or 0 in a record that has not been stored yet
 */
public record InvitationId(long value) {
    /**
     * Checks the number.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public InvitationId {
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
