// SPDX-License-Identifier: Apache-2.0
package dev.allotment.servlet;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The appearance of all pages: name, colour and logo of the product, and where to get help. Immutable. */
public final class Branding {
    private static final Pattern COLOUR = Pattern.compile("#[0-9a-fA-F]{6}");
    private static final Pattern EMAIL = Pattern.compile("[^\\s@<>\"]{1,64}@[A-Za-z0-9.-]{1,255}");
    private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    private static final int MAX_TITLE_LENGTH = 60;
    private static final int MAX_LOGO_BYTES = 200_000;
    private static final int MAX_LINKS = 10;
    private static final double MIN_CONTRAST = 4.5;
    /** More than the minimum: links are also on surfaces that are a little darker or lighter than a page. */
    private static final double MIN_LINK_CONTRAST = 5.5;
    /** The luminance of the pages in light and in dark mode. */
    private static final double LIGHT_PAGE = luminance(0xf5f6f4);

    private static final double DARK_PAGE = luminance(0x1a201d);

    private final String title;
    private final String colour;
    private final byte[] logo;
    private final @Nullable URI support;
    private final @Nullable URI terms;
    private final List<Link> links;

    private Branding(Builder builder) {
        title = builder.title;
        colour = builder.colour;
        logo = builder.logo.clone();
        support = builder.support;
        terms = builder.terms;
        links = List.copyOf(builder.links);
    }

    /** Returns a builder with the defaults that its methods name. */
    public static Builder builder() {
        return new Builder();
    }

    /** The name of the product. */
    public String title() {
        return title;
    }

    /** The accent colour, such as {@code #1f6f5c}. */
    public String colour() {
        return colour;
    }

    /** The image; empty for none. */
    public byte[] logo() {
        return logo.clone();
    }

    /** The media type of the logo. */
    public String logoType() {
        return isPng(logo) ? "image/png" : "image/svg+xml";
    }

    /** Where users get help: a {@code mailto:} or web address; null: not set. */
    public @Nullable URI support() {
        return support;
    }

    /** The terms that a visitor accepts by signing up: a web address; null: not set. */
    public @Nullable URI terms() {
        return terms;
    }

    /** The links at the end of each page. */
    public List<Link> links() {
        return links;
    }

    /** Returns a stylesheet with the accent colour, and a text colour that is readable on it. */
    public String stylesheet() {
        String on = contrast(1.0, luminance(Integer.parseInt(colour.substring(1), 16))) >= MIN_CONTRAST
                ? "#ffffff"
                : "#101418";
        return ":root{--brand:" + colour + ";--on-brand:" + on + ";--link:" + link(0, LIGHT_PAGE) + "}\n"
                + "@media (prefers-color-scheme: dark){:root{--link:" + link(255, DARK_PAGE) + "}}\n";
    }

    /** Returns the accent colour, mixed with black or white until it is readable as text on a page. */
    private String link(int with, double page) {
        int rgb = Integer.parseInt(colour.substring(1), 16);
        int percent = 0;
        while (contrastOn(page, rgb) < MIN_LINK_CONTRAST && percent < 100) {
            percent += 5;
            rgb = mix(Integer.parseInt(colour.substring(1), 16), with, percent);
        }
        return String.format(Locale.ROOT, "#%06x", rgb);
    }

    private static int mix(int rgb, int with, int percent) {
        int mixed = 0;
        for (int shift = 16; shift >= 0; shift -= 8) {
            mixed |= ((((rgb >> shift) & 0xff) * (100 - percent) + with * percent) / 100) << shift;
        }
        return mixed;
    }

    private static double contrastOn(double page, int rgb) {
        double text = luminance(rgb);
        return contrast(Math.max(text, page), Math.min(text, page));
    }

    private static double luminance(int rgb) {
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

    private static boolean isPng(byte[] image) {
        return image.length > PNG.length && Arrays.equals(Arrays.copyOf(image, PNG.length), PNG);
    }

    /** A link at the end of each page. */
    public record Link(String text, URI target) {
        /**
         * Checks the values.
         *
         * @throws IllegalArgumentException if the text is empty or longer than 60 characters, or the target is neither
         *     a web address nor a {@code mailto:} address
         */
        public Link {
            if (text.isBlank() || text.length() > MAX_TITLE_LENGTH) {
                throw new IllegalArgumentException(
                        "Invalid text of a link: expected 1 to " + MAX_TITLE_LENGTH + " characters.");
            }
            checkAddress(target);
        }
    }

    private static void checkAddress(URI address) {
        String scheme = String.valueOf(address.getScheme());
        boolean web = (scheme.equals("https") || scheme.equals("http")) && address.getHost() != null;
        boolean email = scheme.equals("mailto")
                && EMAIL.matcher(String.valueOf(address.getSchemeSpecificPart()))
                        .matches();
        if (!web && !email) {
            throw new IllegalArgumentException(
                    "Invalid address: expected https://, http:// or mailto:, found \"" + address + "\".");
        }
    }

    /** Collects the values. Not thread-safe. */
    public static final class Builder {
        private String title = "Allotment";
        private String colour = "#1f6f5c";
        private byte[] logo = {};
        private @Nullable URI support;
        private @Nullable URI terms;
        private final List<Link> links = new ArrayList<>();

        private Builder() {}

        /**
         * Sets the name of the product. Default: {@code Allotment}.
         *
         * @throws IllegalArgumentException unless it has 1 to 60 characters
         */
        public Builder title(String value) {
            if (value.isBlank() || value.length() > MAX_TITLE_LENGTH) {
                throw new IllegalArgumentException("Invalid title: expected 1 to " + MAX_TITLE_LENGTH
                        + " characters, found " + value.length() + ".");
            }
            title = value;
            return this;
        }

        /**
         * Sets the accent colour. Text on it is dark or light, so that it is readable. Default: {@code #1f6f5c}.
         *
         * @throws IllegalArgumentException unless it is a number sign and six hexadecimal digits
         */
        public Builder colour(String value) {
            if (!COLOUR.matcher(value).matches()) {
                throw new IllegalArgumentException(
                        "Invalid colour: expected # and six hexadecimal digits, found \"" + value + "\".");
            }
            colour = value;
            return this;
        }

        /**
         * Sets the logo, which is shown next to the name, 28 pixels high. Default: none.
         *
         * @param image SVG or PNG, at most 200,000 bytes
         * @throws IllegalArgumentException if it is neither, or larger
         */
        public Builder logo(byte[] image) {
            boolean svg = new String(image, StandardCharsets.UTF_8).contains("<svg");
            if (image.length > MAX_LOGO_BYTES || !(svg || isPng(image))) {
                throw new IllegalArgumentException("Invalid logo: expected SVG or PNG of at most " + MAX_LOGO_BYTES
                        + " bytes, found " + image.length + " bytes.");
            }
            logo = image.clone();
            return this;
        }

        /**
         * Sets where users get help. Default: not shown.
         *
         * @param address an email address or a web address
         * @throws IllegalArgumentException if it is neither
         */
        public Builder support(String address) {
            URI uri = URI.create(EMAIL.matcher(address).matches() ? "mailto:" + address : address);
            checkAddress(uri);
            support = uri;
            return this;
        }

        /**
         * Sets the terms that a visitor accepts by signing up. The sign-up page says so, and links to them. Default:
         * not shown.
         *
         * @param address a web address
         * @throws IllegalArgumentException if it is none
         */
        public Builder terms(String address) {
            URI uri = URI.create(address);
            checkAddress(uri);
            if (uri.getScheme().equals("mailto")) {
                throw new IllegalArgumentException(
                        "Invalid address: expected https:// or http://, found \"" + address + "\".");
            }
            terms = uri;
            return this;
        }

        /**
         * Adds a link to the end of each page, such as to terms or an imprint.
         *
         * @throws IllegalArgumentException if the text or the address is invalid, or there are ten links already
         */
        public Builder link(String text, URI target) {
            if (links.size() == MAX_LINKS) {
                throw new IllegalArgumentException("Too many links: expected at most " + MAX_LINKS + ".");
            }
            links.add(new Link(text, target));
            return this;
        }

        /** Builds the branding. */
        public Branding build() {
            return new Branding(this);
        }
    }
}
