// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.web;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;

/** Turns refusals of the control plane into text for the form that was refused. */
public final class Refusals {
    private Refusals() {}

    /** Returns the text of a refusal. A form that was sent before, and again after a step back, has its own text. */
    public static String text(SaasException e) {
        return e.code().equals(ErrorCodes.IDEMPOTENCY_MISMATCH)
                ? "This form was already sent once, with other values. Check them, and send it again."
                : String.valueOf(e.getMessage());
    }
}
