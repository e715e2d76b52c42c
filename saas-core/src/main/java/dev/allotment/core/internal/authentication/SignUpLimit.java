// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.authentication;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.core.internal.base.Throttle;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keeps strangers from opening any number of accounts, each with a trial, and from finding out by that which logins there are.
 *
 * @param perClientAddress how many an hour; 0: any number
 */
public record SignUpLimit(Throttle throttle, int perClientAddress) {
    /**
     * Counts one more, also where nothing comes of it.
     *
     * @param clientAddress null: not known, and then not counted
     * @throws SaasException {@code account.signup-too-often}
     */
    public void count(@Nullable String clientAddress) {
        if (clientAddress != null && !throttle.admits(clientAddress, perClientAddress)) {
            throw new SaasException(
                    ErrorCategory.CONFLICT,
                    ErrorCodes.ACCOUNT_SIGNUP_TOO_OFTEN,
                    "Too many accounts were asked for from your address, more than " + perClientAddress
                            + " within an hour; try again in a while.",
                    Map.of("limit", Integer.toString(perClientAddress)),
                    true,
                    null);
        }
    }
}
