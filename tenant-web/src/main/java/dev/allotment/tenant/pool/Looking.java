// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant.pool;

/**
 * A session of support that only reads.
 *
 * @param use its number
 * @param secret of the session
 */
public record Looking(long use, String secret) {
    /** Does not contain the secret. */
    @Override
    public String toString() {
        return "Looking[use=" + use + "]";
    }
}
