// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.account;

import dev.allotment.Parameter;
import dev.allotment.portal.web.PortalSite;

/** What the operator says about signing up. */
public final class SignUpSetting {
    private SignUpSetting() {}

    /** Whether strangers may. */
    public static boolean open(PortalSite site) {
        return site.saas()
                .parameters()
                .value(Parameter.INVITATION_SCOPE)
                .filter("b2c"::equals)
                .isPresent();
    }

    /** Whether an address has to be shown to be one's own. */
    public static boolean confirmed(PortalSite site) {
        return site.saas()
                .parameters()
                .value(Parameter.SIGNUP_CONFIRMATION)
                .filter("true"::equalsIgnoreCase)
                .isPresent();
    }
}
