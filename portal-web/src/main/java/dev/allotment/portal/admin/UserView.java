// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.portal.web.Form;
import java.util.List;

/**
 * One account, or a new one.
 *
 * @param id 0: a new one
 * @param self whether it is the visitor's own
 */
public record UserView(
        long id, String login, boolean self, Form form, Form password, List<DatabaseRow> databases, String since) {
    public UserView {
        databases = List.copyOf(databases);
    }
}
