// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.team;

import dev.allotment.portal.web.Form;
import java.util.List;

/**
 * The content of the page that asks before a team is changed.
 *
 * @param action the path that the form is sent to
 * @param button what it does
 * @param consequences what will happen, in sentences
 */
public record QuestionView(String action, String button, List<String> consequences, Form form) {
    public QuestionView {
        consequences = List.copyOf(consequences);
    }
}
