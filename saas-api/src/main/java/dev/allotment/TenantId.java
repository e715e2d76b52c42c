// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

/**
 * The number of a tenant, for life; names can change, this never does.
 *
 * @param value positive, or 0 in a record that has not been stored yet
 */
public record TenantId(long value) {
    /**
     * Refuses negative numbers.
     *
     * @throws IllegalArgumentException if negative
     */
    public TenantId {
        if (value < 0) {
            throw new IllegalArgumentException("An id is not negative: " + value);
        }
    }

    @Override
    public String toString() {
        return Long.toString(value);
    }
}
