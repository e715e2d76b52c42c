// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.account;

import dev.allotment.access.SecondFactors.Setup;
import dev.allotment.portal.web.Form;
import org.jspecify.annotations.Nullable;

/**
 * The content of the page on which a second factor is set up.
 *
 * @param setup null: it has not been started
 * @param action the path that the code is sent to; the start has {@code /start} after it
 * @param redirect where to go after signing in, a path of this site; empty for the start page of the user
 * @param required whether the user can do nothing else
 */
public record SetupView(Form form, @Nullable Setup setup, String action, String redirect, boolean required) {
    /** Returns the secret in groups that are easy to type. */
    public String secret() {
        return setup == null ? "" : String.join(" ", setup.secret().split("(?<=\\G.{4})"));
    }

    /** Returns the address that opens an app on the same device. */
    public String address() {
        return setup == null ? "" : setup.uri().toString();
    }
}
