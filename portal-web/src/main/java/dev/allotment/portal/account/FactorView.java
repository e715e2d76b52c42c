// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.account;

import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.Moment;
import java.util.List;

/**
 * The content of the page about the second factor of a user.
 *
 * @param since when it was set up
 * @param required whether the account must have one, or a passkey
 * @param needed whether the user can do nothing else before
 * @param left how many recovery codes are left
 * @param codes new recovery codes, which are shown once; usually none
 */
public record FactorView(
        String login,
        Moment since,
        boolean required,
        boolean needed,
        int left,
        List<String> codes,
        Form renewal,
        Form off) {
    public FactorView {
        codes = List.copyOf(codes);
    }
}
