// SPDX-License-Identifier: Apache-2.0
package dev.allotment.brand;

import dev.allotment.Internal;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How the portal, the pages of tenants and emails present a product. What is not set is not shown, or looks as it does
 * without a brand. Immutable.
 *
 * @param name of the product, at most 60 characters; empty: not set
 * @param accent the colour of buttons and links in light mode; null: not set
 * @param accentDark the same in dark mode; null: derived from the other one
 * @param font the font of the pages; null: not set. {@link BrandAsset#FONT} comes before it
 * @param files the images, and the font that the installation serves itself
 * @param support where users get help: an email address, or an {@code https} address; null: not set
 * @param links the links at the end of pages and emails, at most 12
 * @param texts plain texts of at most 1,000 characters, by place. Line breaks are shown
 */
public record Brand(
        String name,
        @Nullable Colour accent,
        @Nullable Colour accentDark,
        @Nullable BrandFont font,
        Map<BrandAsset, BrandFile> files,
        @Nullable String support,
        List<BrandLink> links,
        Map<BrandText, String> texts) {
    /** A brand in which nothing is set. */
    public static final Brand NONE = builder().build();

    /** Creates a brand from all its components. Use {@link #builder} or {@link #toBuilder}. */
    @Internal
    public Brand {
        files = Map.copyOf(files);
        links = List.copyOf(links);
        texts = Map.copyOf(texts);
    }

    /** Returns a builder for a brand in which nothing is set. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns a builder with the values of this brand. */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.name = name;
        builder.accent = accent;
        builder.accentDark = accentDark;
        builder.font = font;
        builder.files.putAll(files);
        builder.support = support;
        builder.links.addAll(links);
        builder.texts.putAll(texts);
        return builder;
    }

    /** Returns a file; empty if it is not set. */
    public Optional<BrandFile> file(BrandAsset asset) {
        return Optional.ofNullable(files.get(asset));
    }

    /** Returns the first link of a kind. */
    public Optional<BrandLink> link(BrandLink.Kind kind) {
        return links.stream().filter(each -> each.kind() == kind).findFirst();
    }

    /** Returns the text of a place; empty if it is not set. */
    public String text(BrandText place) {
        return texts.getOrDefault(place, "");
    }

    /** Returns where users get help, as the target of a link; empty if it is not set. */
    public String supportLink() {
        String address = support;
        if (address == null) {
            return "";
        }
        return BrandRules.isEmail(address) ? "mailto:" + address : address;
    }

    /**
     * Returns what is wrong with it. The control plane refuses a brand with problems, and checks the content of SVG
     * images in addition.
     */
    public List<BrandProblem> problems() {
        return BrandRules.problems(this);
    }

    /** Collects the parts of a brand. Not thread-safe. */
    public static final class Builder {
        private String name = "";
        private @Nullable Colour accent;
        private @Nullable Colour accentDark;
        private @Nullable BrandFont font;
        private final Map<BrandAsset, BrandFile> files = new EnumMap<>(BrandAsset.class);
        private @Nullable String support;
        private final List<BrandLink> links = new ArrayList<>();
        private final Map<BrandText, String> texts = new EnumMap<>(BrandText.class);

        private Builder() {}

        /** Sets the name of the product. Default: not set. */
        public Builder name(String value) {
            name = value.strip();
            return this;
        }

        /** Sets the accent in light mode; null: not set. Default: not set. */
        public Builder accent(@Nullable Colour value) {
            accent = value;
            return this;
        }

        /** Sets the accent in dark mode; null: derived from the other one. Default: derived. */
        public Builder accentDark(@Nullable Colour value) {
            accentDark = value;
            return this;
        }

        /** Sets the font of the pages; null: not set. Default: not set. */
        public Builder font(@Nullable BrandFont value) {
            font = value;
            return this;
        }

        /** Replaces all files. Default: none. */
        public Builder files(Map<BrandAsset, BrandFile> value) {
            files.clear();
            files.putAll(value);
            return this;
        }

        /** Sets a file; null: removes it. Default: none. */
        public Builder file(BrandAsset asset, @Nullable BrandFile value) {
            if (value == null) {
                files.remove(asset);
            } else {
                files.put(asset, value);
            }
            return this;
        }

        /** Sets where users get help; null or blank: not set. Default: not set. */
        public Builder support(@Nullable String value) {
            support = value == null || value.isBlank() ? null : value.strip();
            return this;
        }

        /** Replaces all links. Default: none. */
        public Builder links(List<BrandLink> value) {
            links.clear();
            links.addAll(value);
            return this;
        }

        /** Adds a link. Default: none. */
        public Builder link(BrandLink.Kind kind, String label, String address) {
            links.add(new BrandLink(kind, label, address));
            return this;
        }

        /** Replaces all texts. Default: none. */
        public Builder texts(Map<BrandText, String> value) {
            texts.clear();
            texts.putAll(value);
            return this;
        }

        /** Sets the text of a place; blank: removes it. Default: none. */
        public Builder text(BrandText place, String value) {
            if (value.isBlank()) {
                texts.remove(place);
            } else {
                texts.put(place, value.replace("\r\n", "\n").strip());
            }
            return this;
        }

        /** Builds the brand. {@link Brand#problems} says what is wrong with it. */
        public Brand build() {
            return new Brand(name, accent, accentDark, font, files, support, links, texts);
        }
    }
}
