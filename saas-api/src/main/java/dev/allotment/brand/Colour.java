// SPDX-License-Identifier: Apache-2.0
package dev.allotment.brand;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * An opaque colour. Immutable.
 *
 * @param rgb red, green and blue with 8 bits each; higher bits are ignored
 */
public record Colour(int rgb) {
    /** White. */
    public static final Colour WHITE = new Colour(0xffffff);

    /** Black. */
    public static final Colour BLACK = new Colour(0);

    private static final Pattern HEX = Pattern.compile("#[0-9a-fA-F]{6}");
    private static final int MASK = 0xffffff;

    /** Creates a colour. */
    public Colour {
        rgb &= MASK;
    }

    /**
     * Reads a colour.
     *
     * @param hex a number sign and six hexadecimal digits, such as {@code #1f6f5c}
     * @throws SaasException {@code brand.invalid} for any other text
     */
    public static Colour of(String hex) {
        if (!HEX.matcher(hex).matches()) {
            throw SaasException.invalid(
                    ErrorCodes.BRAND_INVALID,
                    "A colour is # and six hexadecimal digits, such as #1f6f5c; found " + BrandRules.shown(hex) + ".");
        }
        return new Colour(Integer.parseInt(hex.substring(1), 16));
    }

    /** Returns the relative luminance as WCAG 2 defines it: 0 for black, 1 for white. */
    public double luminance() {
        return 0.2126 * linear(rgb >> 16 & 0xff) + 0.7152 * linear(rgb >> 8 & 0xff) + 0.0722 * linear(rgb & 0xff);
    }

    private static double linear(int channel) {
        double value = channel / 255.0;
        return value <= 0.04045 ? value / 12.92 : Math.pow((value + 0.055) / 1.055, 2.4);
    }

    /** Returns the contrast ratio as WCAG 2 defines it, from 1 to 21. The order of the two does not matter. */
    public double contrast(Colour other) {
        double mine = luminance();
        double others = other.luminance();
        return (Math.max(mine, others) + 0.05) / (Math.min(mine, others) + 0.05);
    }

    /**
     * Returns the colour nearest to this one, on the way to another one, that has a contrast to a background; the other
     * one if none has.
     *
     * @param contrast the ratio to reach
     */
    public Colour reaching(double contrast, Colour background, Colour towards) {
        Colour found = this;
        for (int part = 1; found.contrast(background) < contrast && part <= 256; part++) {
            found = mixed(towards, part);
        }
        return found;
    }

    private Colour mixed(Colour other, int parts) {
        int mixed = 0;
        for (int shift = 16; shift >= 0; shift -= 8) {
            int mine = rgb >> shift & 0xff;
            int others = other.rgb >> shift & 0xff;
            mixed |= ((mine * (256 - parts) + others * parts) / 256) << shift;
        }
        return new Colour(mixed);
    }

    /** Returns a number sign and six hexadecimal digits in lower case. */
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "#%06x", rgb);
    }
}
