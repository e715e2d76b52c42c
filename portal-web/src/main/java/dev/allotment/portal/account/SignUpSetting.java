// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.account;

import dev.allotment.Parameter;
import dev.allotment.portal.web.PortalSite;

/** Reads the operator's settings for sign-up. */
public final class SignUpSetting {
    private SignUpSetting() {}

    /** Whether anyone may sign up. */
    public static boolean open(PortalSite site) {
        return site.saas()
                .parameters()
                .value(Parameter.INVITATION_SCOPE)
                .filter("b2c"::equals)
                .isPresent();
    }

    /** Whether a new user has to confirm the email address. */
    public static boolean confirmed(PortalSite site) {
        return site.saas()
                .parameters()
                .value(Parameter.SIGNUP_CONFIRMATION)
                .filter("true"::equalsIgnoreCase)
                .isPresent();
    }
}
