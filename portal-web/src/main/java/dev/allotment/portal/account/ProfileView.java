// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.account;

import dev.allotment.portal.web.Form;
import java.util.List;

/**
 * The content of the account page: its four forms, and the request for an erasure.
 *
 * @param erasable whether the user can request an erasure
 * @param requested the day on which the user requested one; empty if none is open
 * @param languages of pages and emails
 */
public record ProfileView(
        String login,
        Form profile,
        Form address,
        Form password,
        Form export,
        boolean erasable,
        String requested,
        List<LanguageChoice> languages) {
    /** Copies the list. */
    public ProfileView {
        languages = List.copyOf(languages);
    }

    /**
     * A language that the account can have.
     *
     * @param value its tag, such as {@code de}
     * @param text its name in itself
     */
    public record LanguageChoice(String value, String text, boolean chosen) {}
}
