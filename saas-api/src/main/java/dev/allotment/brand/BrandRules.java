// SPDX-License-Identifier: Apache-2.0
package dev.allotment.brand;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The rules for brands. */
final class BrandRules {
    private static final int MAX_NAME = 60;
    private static final int MAX_TEXT = 1000;
    private static final int MAX_ADDRESS = 500;
    private static final int MAX_LINKS = 12;
    private static final int SHOWN = 60;
    private static final String MAILTO = "mailto:";
    private static final Set<String> IMAGES = Set.of(BrandFile.PNG, BrandFile.WEBP, BrandFile.SVG);
    private static final Pattern EMAIL =
            Pattern.compile("[A-Za-z0-9.!#$*+/=^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?");
    /** Characters that break a line, or change the direction of the text around them. */
    private static final Pattern UNPRINTABLE =
            Pattern.compile("[\\p{Cc}\\p{Zl}\\p{Zp}\\p{Cs}\\u202A-\\u202E\\u2066-\\u2069]");

    private BrandRules() {}

    static List<BrandProblem> problems(Brand brand) {
        List<BrandProblem> problems = new ArrayList<>();
        line(problems, "name", "The name", brand.name(), 0);
        contrast(
                problems,
                new Accent("accent", "The accent", "light", BrandColours.LIGHT_PAGE, Colour.BLACK),
                brand.accent());
        contrast(
                problems,
                new Accent("accent-dark", "The accent for dark mode", "dark", BrandColours.DARK_PAGE, Colour.WHITE),
                brand.accentDark());
        if (brand.accent() == null && brand.accentDark() != null) {
            problems.add(new BrandProblem("accent", "An accent for dark mode needs an accent for light mode."));
        }
        brand.files().forEach((asset, file) -> file(problems, asset, file));
        String support = brand.support();
        if (support != null && !isEmail(support) && !isWeb(support)) {
            problems.add(new BrandProblem(
                    "support", "Help is at an email address or an https:// address; found " + shown(support) + "."));
        }
        links(problems, brand.links());
        brand.texts().forEach((place, text) -> text(problems, "text-" + key(place), text));
        return List.copyOf(problems);
    }

    /**
     * An accent and what it is compared with.
     *
     * @param towards where colours with more contrast are
     */
    private record Accent(String part, String what, String mode, Colour page, Colour towards) {}

    private static void contrast(List<BrandProblem> problems, Accent accent, @Nullable Colour colour) {
        if (colour == null) {
            return;
        }
        double onPage = colour.contrast(accent.page());
        double ofText = colour.contrast(BrandColours.on(colour));
        if (onPage < BrandColours.MIN_CONTRAST || ofText < BrandColours.MIN_CONTRAST) {
            Colour nearest = colour.reaching(BrandColours.MIN_CONTRAST, accent.page(), accent.towards());
            String found = onPage < BrandColours.MIN_CONTRAST
                    ? ratio(onPage) + " to the " + accent.mode() + " background " + accent.page()
                    : ratio(ofText) + " to the text on it";
            problems.add(new BrandProblem(
                    accent.part(),
                    accent.what() + " " + colour + " has a contrast of " + found + "; "
                            + ratio(BrandColours.MIN_CONTRAST) + " is needed. The nearest colour that has it is "
                            + nearest + "."));
        }
    }

    /** Rounds down, so that a ratio that is too low never looks sufficient. */
    private static String ratio(double contrast) {
        return String.format(Locale.ROOT, "%.2f:1", Math.floor(contrast * 100) / 100);
    }

    private static void file(List<BrandProblem> problems, BrandAsset asset, BrandFile file) {
        String part = key(asset);
        if (file.size() > asset.maxBytes()) {
            problems.add(new BrandProblem(
                    part,
                    "The file has at most " + asset.maxBytes() / 1024 + " KiB; found " + (file.size() + 1023) / 1024
                            + " KiB."));
        } else if (asset.isImage()
                ? !IMAGES.contains(file.type())
                : !file.type().equals(BrandFile.WOFF2)) {
            problems.add(new BrandProblem(
                    part,
                    asset.isImage()
                            ? "The content of the file is not PNG, WebP or SVG."
                            : "The content of the file is not a WOFF2 font."));
        }
    }

    private static void links(List<BrandProblem> problems, List<BrandLink> links) {
        if (links.size() > MAX_LINKS) {
            problems.add(new BrandProblem(
                    "link-other", "There are at most " + MAX_LINKS + " links; found " + links.size() + "."));
        }
        for (BrandLink link : links) {
            String part = "link-" + key(link.kind());
            line(problems, part, "The text of a link", link.label(), 1);
            boolean email =
                    link.address().startsWith(MAILTO) && isEmail(link.address().substring(MAILTO.length()));
            if (!email && !isWeb(link.address())) {
                problems.add(new BrandProblem(
                        part, "A link has an https:// or mailto: address; found " + shown(link.address()) + "."));
            }
        }
    }

    private static void line(List<BrandProblem> problems, String part, String what, String text, int min) {
        if (text.length() > MAX_NAME
                || text.strip().length() < min
                || UNPRINTABLE.matcher(text).find()) {
            problems.add(new BrandProblem(
                    part,
                    what + " has " + min + " to " + MAX_NAME + " printable characters; found " + shown(text) + "."));
        }
    }

    private static void text(List<BrandProblem> problems, String part, String text) {
        if (text.length() > MAX_TEXT
                || UNPRINTABLE.matcher(text.replace("\n", "")).find()) {
            problems.add(new BrandProblem(
                    part,
                    "A text has at most " + MAX_TEXT + " printable characters and line breaks; found " + shown(text)
                            + "."));
        }
    }

    static boolean isEmail(String text) {
        return EMAIL.matcher(text).matches();
    }

    private static boolean isWeb(String text) {
        if (text.length() > MAX_ADDRESS || !text.startsWith("https://")) {
            return false;
        }
        try {
            URI address = URI.create(text);
            return address.getHost() != null && address.getRawUserInfo() == null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    static String key(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static String shown(String text) {
        String line = UNPRINTABLE.matcher(text).replaceAll("?");
        return line.length() <= SHOWN
                ? "\"" + line + "\""
                : "\"" + line.substring(0, SHOWN) + "…\" (" + text.length() + " characters)";
    }
}
