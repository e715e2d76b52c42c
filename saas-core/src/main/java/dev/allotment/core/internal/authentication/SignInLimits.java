// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.authentication;

/**
 * How many failed attempts are allowed within a minute before further ones are refused.
 *
 * @param perLogin for one login
 * @param perClientAddress from one client address
 */
public record SignInLimits(int perLogin, int perClientAddress) {
    /** The limits for a secret that all callers share: only the client address distinguishes them. */
    public SignInLimits forSharedLogin() {
        return new SignInLimits(/* perLogin= */ perClientAddress, /* perClientAddress= */ perLogin);
    }
}
