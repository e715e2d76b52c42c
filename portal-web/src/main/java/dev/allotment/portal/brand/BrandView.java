// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.brand;

import dev.allotment.brand.Brand;
import dev.allotment.brand.BrandAsset;
import dev.allotment.brand.BrandFont;
import dev.allotment.portal.admin.SelectOption;
import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.PageBrand;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The content of the page of the brand.
 *
 * @param shown the brand that the page shows: the draft, or the one that counts
 * @param draft whether it is a draft
 * @param outdated whether another brand was applied since the draft was saved
 * @param email whether a test email can be sent to the administrator
 */
public record BrandView(Form form, PageBrand shown, boolean draft, boolean outdated, boolean email) {
    private static final Map<BrandFont, String> FONTS = Map.of(
            BrandFont.SYSTEM, "Font of the operating system",
            BrandFont.GROTESQUE, "Plain, such as Arial",
            BrandFont.HUMANIST, "Open, such as Verdana",
            BrandFont.SERIF, "With serifs, such as Georgia",
            BrandFont.ROUNDED, "Rounded");

    /** The fonts to choose from. */
    public List<SelectOption> fonts() {
        return Arrays.stream(BrandFont.values())
                .map(each -> new SelectOption(
                        each.name(),
                        FONTS.getOrDefault(each, each.name()),
                        each.name().equals(form.value(BrandForm.FONT))))
                .toList();
    }

    /** The files to choose. */
    public List<Upload> uploads() {
        Brand brand = shown.brand();
        return Arrays.stream(BrandAsset.values())
                .map(each -> new Upload(
                        BrandForm.key(each),
                        label(each),
                        each.isImage()
                                ? "PNG, WebP or SVG, at most " + each.maxBytes() / 1024 + " KiB."
                                : "WOFF2, at most " + each.maxBytes() / 1024 + " KiB. Comes before the font above.",
                        brand.file(each)
                                .map(file -> each.isImage() ? shown.files() + file.hash() : "")
                                .orElse(""),
                        brand.file(each).isPresent()))
                .toList();
    }

    private static String label(BrandAsset asset) {
        return switch (asset) {
            case LOGO -> "Logo";
            case LOGO_DARK -> "Logo in dark mode";
            case ICON -> "Icon";
            case ICON_DARK -> "Icon in dark mode";
            case FONT -> "Font";
        };
    }

    /**
     * A file to choose.
     *
     * @param name of the field
     * @param image the address of the present image; empty if there is none
     * @param present whether the brand has this file
     */
    public record Upload(String name, String label, String hint, String image, boolean present) {}
}
