// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.authentication;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.core.internal.base.Throttle;
import dev.allotment.spi.protocol.ClientNetwork;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Limits how many accounts strangers may open, each with a trial, and how many logins they may probe by that.
 * @param perClientAddress how many an hour; 0: any number
 */
public record SignUpLimit(Throttle throttle, int perClientAddress) {
    /**
     * Counts one more attempt, even if it fails.
     *
     * @param clientAddress null: not known, and then not counted
     * @throws SaasException {@code account.signup-too-often}
     */
    public void count(@Nullable String clientAddress) {
        if (clientAddress != null && !throttle.admits(ClientNetwork.of(clientAddress), perClientAddress)) {
            throw new SaasException(
                    ErrorCategory.CONFLICT,
                    ErrorCodes.ACCOUNT_SIGNUP_TOO_OFTEN,
                    "Too many accounts were requested from your address, more than " + perClientAddress
                            + " within an hour; try again later.",
                    Map.of("limit", Integer.toString(perClientAddress)),
                    true,
                    null);
        }
    }
}
