// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.web;

import java.util.regex.Pattern;

/**
 * The appearance that an embedder sets.
 *
 * @param title of the product, 1 to 60 characters
 * @param colour the accent colour, such as {@code #1f6f5c}
 */
public record Branding(String title, String colour) {
    private static final Pattern COLOUR = Pattern.compile("#[0-9a-fA-F]{6}");
    private static final int MAX_TITLE_LENGTH = 60;
    private static final double MIN_CONTRAST = 4.5;

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException naming what was found and what was expected
     */
    public Branding {
        if (title.isBlank() || title.length() > MAX_TITLE_LENGTH) {
            throw new IllegalArgumentException(
                    "Invalid title: expected 1 to " + MAX_TITLE_LENGTH + " characters, found " + title.length() + ".");
        }
        if (!COLOUR.matcher(colour).matches()) {
            throw new IllegalArgumentException(
                    "Invalid colour: expected # and six hexadecimal digits, found \"" + colour + "\".");
        }
    }

    /** Returns a stylesheet with the accent colour, and a text colour that is readable on it. */
    String stylesheet() {
        String on = contrast(1.0, luminance()) >= MIN_CONTRAST ? "#ffffff" : "#101418";
        return ":root{--brand:" + colour + ";--on-brand:" + on + "}\n";
    }

    private double luminance() {
        int rgb = Integer.parseInt(colour.substring(1), 16);
        return 0.2126 * linear(rgb >> 16 & 0xff) + 0.7152 * linear(rgb >> 8 & 0xff) + 0.0722 * linear(rgb & 0xff);
    }

    /** Converts a channel as WCAG 2 defines it. */
    private static double linear(int channel) {
        double value = channel / 255.0;
        return value <= 0.04045 ? value / 12.92 : Math.pow((value + 0.055) / 1.055, 2.4);
    }

    private static double contrast(double lighter, double darker) {
        return (lighter + 0.05) / (darker + 0.05);
    }
}
