// SPDX-License-Identifier: Apache-2.0
package dev.allotment.mail;

import java.time.Instant;

/**
 * One message to one person.
 *
 * @param id the same whenever the same message is sent again: receivers tell a repeated one by it. Letters, digits, dots and
 *     hyphens
 * @param to the address alone, without a name
 * @param subject line breaks in it become spaces
 * @param html shown instead of the text by whoever can
 */
public record Mail(String id, String to, String subject, String text, String html, Instant sentAt) {
    public Mail {
        if (!id.matches("[A-Za-z0-9.-]{1,100}")) {
            throw new IllegalArgumentException(
                    "The id of a mail has 1 to 100 letters, digits, dots and hyphens, found one of " + id.length());
        }
    }

    /** What is in it may be a secret. */
    @Override
    public String toString() {
        return "Mail[" + id + "]";
    }
}
