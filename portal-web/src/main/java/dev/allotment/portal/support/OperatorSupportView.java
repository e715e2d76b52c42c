// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.support;

import dev.allotment.portal.web.Form;
import java.util.List;

/**
 * The content of the operators' page about support access.
 *
 * @param rows all open requests, and then those that have ended, the newest first
 * @param most how many requests that have ended the page shows
 * @param requesting whether the visitor can request access
 * @param form the values of a new request
 */
public record OperatorSupportView(List<AccessRow> rows, int most, boolean requesting, Form form) {
    public OperatorSupportView {
        rows = List.copyOf(rows);
    }
}
