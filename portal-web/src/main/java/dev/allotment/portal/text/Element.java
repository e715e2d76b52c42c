// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.text;

import java.util.regex.Pattern;

/**
 * What surrounds words of a text on a page, such as a link. The address is escaped.
 *
 * @param start the start tag
 * @param end the end tag
 */
public record Element(String start, String end) {
    private static final Pattern MARKUP = Pattern.compile("[&<>\"']");

    /** Emphasises words. */
    public static Element strong() {
        return new Element("<strong>", "</strong>");
    }

    /** Makes a link. An address that is neither one of this site nor of the web becomes none. */
    public static Element link(String address) {
        boolean harmless = address.startsWith("/")
                || address.startsWith("https://")
                || address.startsWith("http://")
                || address.startsWith("mailto:")
                || address.startsWith("otpauth:");
        return new Element("<a href=\"" + (harmless ? escaped(address) : "") + "\">", "</a>");
    }

    private static String escaped(String text) {
        return MARKUP.matcher(text).replaceAll(match -> "&#" + match.group().codePointAt(0) + ";");
    }
}
