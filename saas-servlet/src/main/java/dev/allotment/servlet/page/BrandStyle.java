// SPDX-License-Identifier: Apache-2.0
package dev.allotment.servlet.page;

import dev.allotment.brand.Brand;
import dev.allotment.brand.BrandAsset;
import dev.allotment.brand.BrandColours;
import dev.allotment.brand.BrandFont;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * The stylesheet of a brand: custom properties for the stylesheets of pages. Nothing of a brand but colours, a constant
 * font and the hash of a file gets into it. Immutable.
 */
public final class BrandStyle {
    private static final BrandStyle NONE = new BrandStyle(Brand.NONE, "");

    private final Brand brand;
    private final byte[] css;
    private final String version;

    private BrandStyle(Brand brand, String css) {
        this.brand = brand;
        this.css = css.getBytes(StandardCharsets.UTF_8);
        CRC32 sum = new CRC32();
        sum.update(this.css);
        version = Long.toHexString(sum.getValue());
    }

    /**
     * Creates the stylesheet.
     *
     * @param files the start of the addresses of files, relative to the address of the stylesheet
     */
    public static BrandStyle of(Brand brand, String files) {
        StringBuilder css = new StringBuilder();
        StringBuilder light = new StringBuilder();
        BrandColours.light(brand).ifPresent(colours -> add(light, colours));
        font(brand).ifPresent(stack -> light.append(";--font:").append(stack));
        if (!light.isEmpty()) {
            css.append(":root{").append(light.substring(1)).append("}\n");
        }
        BrandColours.dark(brand).ifPresent(colours -> {
            StringBuilder dark = new StringBuilder();
            add(dark, colours);
            css.append("@media (prefers-color-scheme: dark){:root{")
                    .append(dark.substring(1))
                    .append(";--mark:")
                    .append(colours.accent())
                    .append("}}\n");
        });
        brand.file(BrandAsset.FONT)
                .ifPresent(file -> css.append("@font-face{font-family:\"Brand\";font-display:swap;src:url(\"")
                        .append(files)
                        .append(file.hash())
                        .append("\") format(\"woff2\")}\n"));
        return new BrandStyle(brand, css.toString());
    }

    /** Returns the stylesheet of a control plane without a brand, which is empty. */
    public static BrandStyle none() {
        return NONE;
    }

    private static void add(StringBuilder css, BrandColours colours) {
        css.append(";--brand:")
                .append(colours.accent())
                .append(";--on-brand:")
                .append(colours.onAccent())
                .append(";--link:")
                .append(colours.link());
    }

    private static Optional<String> font(Brand brand) {
        BrandFont font = brand.font();
        if (brand.file(BrandAsset.FONT).isPresent()) {
            return Optional.of("\"Brand\", " + (font == null ? BrandFont.SYSTEM : font).stack());
        }
        return Optional.ofNullable(font).map(BrandFont::stack);
    }

    /** Returns the brand that this is the stylesheet of. */
    public Brand brand() {
        return brand;
    }

    /** Returns a copy of the stylesheet in UTF-8. */
    public byte[] css() {
        return css.clone();
    }

    /** Returns a text that is another one for another content, for an address that browsers may cache. */
    public String version() {
        return version;
    }
}
