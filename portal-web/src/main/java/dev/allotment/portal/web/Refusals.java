// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.web;

import dev.allotment.SaasException;
import dev.allotment.portal.text.Message;
import dev.allotment.portal.text.PortalTexts;

/** Turns refusals of the control plane into text for the form that was refused. */
public final class Refusals {
    private Refusals() {}

    /** Returns the text of a refusal. A form that was sent before, and again after a step back, has its own text. */
    public static String text(SaasException e) {
        return Message.of(PortalTexts.ENGLISH, e).text();
    }
}
