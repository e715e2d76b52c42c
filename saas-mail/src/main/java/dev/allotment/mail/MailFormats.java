// SPDX-License-Identifier: Apache-2.0
package dev.allotment.mail;

import java.util.regex.Pattern;

/** Texts that others chose, made harmless. */
final class MailFormats {
    private static final int MAX_NAME = 80;
    private static final Pattern LIKE_A_HOST = Pattern.compile("[\\p{L}\\d-]{2,}\\.\\p{L}{2,}");

    /** Control characters, line and paragraph separators, and what turns the direction of what follows. */
    private static final Pattern UNWANTED =
            Pattern.compile("[\\p{Cc}\\p{Zl}\\p{Zp}\\u202A-\\u202E\\u2066-\\u2069\\p{Cs}]+");

    private MailFormats() {}

    /** One line. */
    static String line(String text) {
        return UNWANTED.matcher(text).replaceAll(" ").strip();
    }

    /**
     * How a person is addressed: by name, unless somebody has put an advertisement there; a stranger may sign up with
     * somebody else's address.
     */
    static String name(String name, String login) {
        String line = line(name);
        boolean harmless = !line.isEmpty()
                && line.length() <= MAX_NAME
                && line.indexOf('/') < 0
                && !LIKE_A_HOST.matcher(line).find();
        return harmless ? line : line(login);
    }

    static String html(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
