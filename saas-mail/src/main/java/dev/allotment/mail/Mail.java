// SPDX-License-Identifier: Apache-2.0
package dev.allotment.mail;

import java.time.Instant;

/**
 * An email to one recipient.
 *
 * @param id the same if the same email is sent again, so that receivers can detect the copy. Letters, digits, dots and
 *     hyphens
 * @param to the address alone, without a name
 * @param subject line breaks become spaces
 * @param html shown instead of the text by programs that support it
 */
public record Mail(String id, String to, String subject, String text, String html, Instant sentAt) {
    /**
     * Checks the id.
     *
     * @throws IllegalArgumentException if the id is invalid
     */
    public Mail {
        if (!id.matches("[A-Za-z0-9.-]{1,100}")) {
            throw new IllegalArgumentException(
                    "Invalid id of an email: expected 1 to 100 letters, digits, dots and hyphens, found " + id.length()
                            + " characters");
        }
    }

    /** Does not contain the content, which may include secrets. */
    @Override
    public String toString() {
        return "Mail[" + id + "]";
    }
}
