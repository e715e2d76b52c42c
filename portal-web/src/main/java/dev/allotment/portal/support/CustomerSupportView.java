// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.support;

import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.Moment;
import java.util.List;

/**
 * The content of the customer's page about support access.
 *
 * @param open the requests that wait for an answer, or were granted
 * @param ended the other ones, the newest first
 * @param most how many requests that have ended the page shows
 * @param hours for how long access can be granted
 * @param setting the standing answer
 * @param changeable whether the visitor can set it
 * @param form the problem of what was done last
 */
public record CustomerSupportView(
        List<AccessRow> open,
        List<AccessRow> ended,
        int most,
        List<Hours> hours,
        Setting setting,
        boolean changeable,
        Form form) {
    public CustomerSupportView {
        open = List.copyOf(open);
        ended = List.copyOf(ended);
        hours = List.copyOf(hours);
    }

    /** A number of hours to choose. */
    public record Hours(int value, String text) {}

    /**
     * The standing answer of a customer.
     *
     * @param answer in lower case
     * @param changed when it was set; none: never
     */
    public record Setting(String answer, int hours, Moment changed) {}
}
