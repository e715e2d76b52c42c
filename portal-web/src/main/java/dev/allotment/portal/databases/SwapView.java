// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.databases;

import dev.allotment.portal.web.Choice;
import dev.allotment.portal.web.Form;
import java.util.List;

/**
 * The content of the page on which a database is exchanged with a copy of it.
 *
 * @param back the path of the database's page
 * @param name the name of the database
 * @param others the databases that may be copies of it
 * @param key the idempotency key of the form
 */
public record SwapView(String back, String name, List<Choice> others, String key, Form form) {
    public SwapView {
        others = List.copyOf(others);
    }
}
