// SPDX-License-Identifier: Apache-2.0
package dev.allotment.brand;

/** The files of a brand. */
public enum BrandAsset {
    /** The image next to the name, 28 pixels high: PNG, WebP or SVG. */
    LOGO,

    /** The logo in dark mode. Without it, the logo is shown there, too. */
    LOGO_DARK,

    /** The icon of the browser's tab: PNG, WebP or SVG. */
    ICON,

    /** The icon in dark mode. Without it, the icon is shown there, too. */
    ICON_DARK,

    /** The font of the pages, as WOFF2. */
    FONT;

    /** Returns whether it is an image. */
    public boolean isImage() {
        return this != FONT;
    }

    /** Returns the maximum size, in bytes: 256 KiB for an image, 512 KiB for a font. */
    public int maxBytes() {
        return isImage() ? 256 * 1024 : 512 * 1024;
    }
}
