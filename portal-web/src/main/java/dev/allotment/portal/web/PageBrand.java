// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.web;

import dev.allotment.brand.Brand;
import dev.allotment.brand.BrandAsset;
import dev.allotment.brand.BrandLink;
import dev.allotment.brand.BrandText;

/**
 * A brand as a page shows it.
 *
 * @param stylesheet the address of its stylesheet, on this site
 * @param files the start of the addresses of its files, which end with their hashes
 * @param embedders the address of the stylesheet of the embedder, which is loaded last; empty: none
 */
public record PageBrand(Brand brand, String stylesheet, String files, String embedders) {
    private static final String DEFAULT_NAME = "Allotment";

    /** The name of the product. */
    public String name() {
        return brand.name().isEmpty() ? DEFAULT_NAME : brand.name();
    }

    /** The address of the logo; empty if there is none. */
    public String logo() {
        return file(BrandAsset.LOGO);
    }

    /** The address of the logo for dark mode; empty if there is none. */
    public String logoDark() {
        return file(BrandAsset.LOGO_DARK);
    }

    /** The address of the icon; empty if there is none. */
    public String icon() {
        return file(BrandAsset.ICON);
    }

    /** The address of the icon for dark mode; empty if there is none. */
    public String iconDark() {
        return file(BrandAsset.ICON_DARK);
    }

    private String file(BrandAsset asset) {
        return brand.file(asset).map(each -> files + each.hash()).orElse("");
    }

    /** The text of a place; empty if there is none. */
    public String text(BrandText place) {
        return brand.text(place);
    }

    /** The address of the first link of a kind; empty if there is none. */
    public String link(BrandLink.Kind kind) {
        return brand.link(kind).map(BrandLink::address).orElse("");
    }

    /** Whether anything is at the end of the page. */
    public boolean hasFooter() {
        return !brand.supportLink().isEmpty()
                || !brand.links().isEmpty()
                || !text(BrandText.PAGE_FOOTER).isEmpty();
    }

    /** Whether the brand has a font that is served here. */
    boolean hasFont() {
        return brand.file(BrandAsset.FONT).isPresent();
    }
}
