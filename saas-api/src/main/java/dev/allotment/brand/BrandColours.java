// SPDX-License-Identifier: Apache-2.0
package dev.allotment.brand;

import java.util.Optional;

/**
 * The colours that pages and emails derive from the accent of a brand, for light or for dark mode. Immutable.
 *
 * @param accent the background of buttons, and marks
 * @param onAccent text on the accent
 * @param link text in the accent, which is also readable on surfaces that are a little darker or lighter than a page
 */
public record BrandColours(Colour accent, Colour onAccent, Colour link) {
    /** The darkest surface of the pages in light mode. */
    static final Colour LIGHT_PAGE = new Colour(0xf5f6f4);
    /** The lightest surface of the pages in dark mode. */
    static final Colour DARK_PAGE = new Colour(0x1e2623);

    static final double MIN_CONTRAST = 4.5;
    private static final double LINK_CONTRAST = 5.5;
    private static final Colour DARK_TEXT = new Colour(0x101418);

    /** Returns the colours for light mode; empty if the brand has no accent. */
    public static Optional<BrandColours> light(Brand brand) {
        return Optional.ofNullable(brand.accent()).map(accent -> of(accent, LIGHT_PAGE, Colour.BLACK));
    }

    /**
     * Returns the colours for dark mode; empty if the brand has no accent. Without an accent for dark mode, it is the
     * other one, as much lighter as necessary.
     */
    public static Optional<BrandColours> dark(Brand brand) {
        Colour accent = brand.accentDark();
        Colour light = brand.accent();
        if (accent == null && light != null) {
            accent = light.reaching(MIN_CONTRAST, DARK_PAGE, Colour.WHITE);
        }
        return Optional.ofNullable(accent).map(each -> of(each, DARK_PAGE, Colour.WHITE));
    }

    private static BrandColours of(Colour accent, Colour page, Colour towards) {
        return new BrandColours(accent, on(accent), accent.reaching(LINK_CONTRAST, page, towards));
    }

    static Colour on(Colour accent) {
        return accent.contrast(Colour.WHITE) >= MIN_CONTRAST ? Colour.WHITE : DARK_TEXT;
    }
}
