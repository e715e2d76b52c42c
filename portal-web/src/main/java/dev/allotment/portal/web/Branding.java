// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.web;

import java.util.regex.Pattern;

/**
 * What an embedding product changes about the pages.
 *
 * @param title of the product, 1 to 60 characters
 * @param colour of what stands out, such as {@code #1f6f5c}
 */
public record Branding(String title, String colour) {
    private static final Pattern COLOUR = Pattern.compile("#[0-9a-fA-F]{6}");
    private static final int LONGEST_TITLE = 60;
    private static final double ENOUGH = 4.5;

    /**
     * Refuses what would break a page.
     *
     * @throws IllegalArgumentException naming what was found and expected
     */
    public Branding {
        if (title.isBlank() || title.length() > LONGEST_TITLE) {
            throw new IllegalArgumentException(
                    "The title has 1 to " + LONGEST_TITLE + " characters, found " + title.length() + ".");
        }
        if (!COLOUR.matcher(colour).matches()) {
            throw new IllegalArgumentException(
                    "The colour is six hexadecimal digits after #, found \"" + colour + "\".");
        }
    }

    /** A stylesheet that sets the colour, and one that can be read on top of it. */
    String stylesheet() {
        String on = contrast(1.0, luminance()) >= ENOUGH ? "#ffffff" : "#101418";
        return ":root{--brand:" + colour + ";--on-brand:" + on + "}\n";
    }

    private double luminance() {
        int rgb = Integer.parseInt(colour.substring(1), 16);
        return 0.2126 * linear(rgb >> 16 & 0xff) + 0.7152 * linear(rgb >> 8 & 0xff) + 0.0722 * linear(rgb & 0xff);
    }

    /** As WCAG 2 defines it. */
    private static double linear(int channel) {
        double value = channel / 255.0;
        return value <= 0.04045 ? value / 12.92 : Math.pow((value + 0.055) / 1.055, 2.4);
    }

    private static double contrast(double lighter, double darker) {
        return (lighter + 0.05) / (darker + 0.05);
    }
}
