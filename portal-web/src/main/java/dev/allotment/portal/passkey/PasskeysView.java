// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.passkey;

import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.Moment;
import java.util.List;

/**
 * The content of the page about the passkeys of a user.
 *
 * @param form the problem of what was done last
 * @param available whether this installation has passkeys
 * @param room whether the user can add one
 * @param needed whether the user can do nothing else before
 */
public record PasskeysView(List<Row> rows, Form form, boolean available, boolean room, boolean needed) {
    public PasskeysView {
        rows = List.copyOf(rows);
    }

    /**
     * A passkey.
     *
     * @param place where it is
     */
    public record Row(long id, String name, String place, Moment created, Moment used) {}
}
