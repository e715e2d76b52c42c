// SPDX-License-Identifier: Apache-2.0
package dev.allotment.servlet.page;

import dev.allotment.brand.Brand;
import dev.allotment.brand.Brands;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** The stylesheets of the brand that counts. It is created again only after another one was applied. Thread-safe. */
public final class BrandStyles {
    private final Supplier<Brands> brands;
    private final String files;
    private volatile BrandStyle last = BrandStyle.none();

    /** Null until the first page. Every page needs it, and the stylesheet never changes. */
    private volatile @Nullable String embeddersVersion;

    /**
     * @param brands of the control plane with all rights
     * @param files the start of the addresses of files, relative to the address of the stylesheet
     */
    public BrandStyles(Supplier<Brands> brands, String files) {
        this.brands = brands;
        this.files = files;
    }

    /** Returns the stylesheet of the brand that counts now. */
    public BrandStyle current() {
        Brand brand = brands.get().current();
        BrandStyle known = last;
        if (!known.brand().equals(brand)) {
            known = BrandStyle.of(brand, files);
            last = known;
        }
        return known;
    }

    /** Returns the stylesheet of the embedder in UTF-8; empty if there is none. */
    public byte[] embedders() {
        return brands.get().stylesheet().getBytes(StandardCharsets.UTF_8);
    }

    /** Returns a text that identifies the stylesheet of the embedder; empty if there is none. */
    public String embeddersVersion() {
        String known = embeddersVersion;
        if (known == null) {
            byte[] css = embedders();
            CRC32 sum = new CRC32();
            sum.update(css);
            known = css.length == 0 ? "" : Long.toHexString(sum.getValue());
            embeddersVersion = known;
        }
        return known;
    }
}
