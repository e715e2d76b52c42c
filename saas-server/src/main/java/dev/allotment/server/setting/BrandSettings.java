// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server.setting;

import dev.allotment.SaasException;
import dev.allotment.brand.Brand;
import dev.allotment.brand.BrandAsset;
import dev.allotment.brand.BrandFile;
import dev.allotment.brand.BrandFont;
import dev.allotment.brand.BrandLink;
import dev.allotment.brand.BrandText;
import dev.allotment.brand.Colour;
import dev.allotment.spi.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Reads the brand from the settings. What is wrong is added to their problems. */
final class BrandSettings {
    private static final Map<BrandAsset, SettingOption> FILES = new EnumMap<>(Map.of(
            BrandAsset.LOGO, SettingOption.LOGO,
            BrandAsset.LOGO_DARK, SettingOption.LOGO_DARK,
            BrandAsset.ICON, SettingOption.ICON,
            BrandAsset.ICON_DARK, SettingOption.ICON_DARK,
            BrandAsset.FONT, SettingOption.FONT_FILE));

    private static final Map<BrandText, SettingOption> TEXTS = new EnumMap<>(Map.of(
            BrandText.SIGN_IN, SettingOption.SIGN_IN_TEXT,
            BrandText.SIGN_UP, SettingOption.SIGN_UP_TEXT,
            BrandText.TENANT_SIGN_IN, SettingOption.TENANT_SIGN_IN_TEXT,
            BrandText.PAGE_FOOTER, SettingOption.PAGE_FOOTER,
            BrandText.MAIL_FOOTER, SettingOption.MAIL_FOOTER));

    /** The options by the parts of a brand that they set. */
    private static final Map<String, SettingOption> PARTS = parts();

    private final Settings settings;
    private final Brand brand;
    private final String stylesheet;

    BrandSettings(Settings settings) {
        this.settings = settings;
        brand = read();
        stylesheet = readStylesheet();
    }

    private static Map<String, SettingOption> parts() {
        Map<String, SettingOption> parts = new LinkedHashMap<>(Map.of(
                "name", SettingOption.TITLE,
                "accent", SettingOption.COLOUR,
                "accent-dark", SettingOption.COLOUR_DARK,
                "support", SettingOption.SUPPORT,
                "link-terms", SettingOption.TERMS,
                "link-privacy", SettingOption.PRIVACY,
                "link-imprint", SettingOption.IMPRINT,
                "link-other", SettingOption.FOOTER_LINKS));
        FILES.forEach((asset, option) -> parts.put(key(asset), option));
        TEXTS.forEach((place, option) -> parts.put("text-" + key(place), option));
        return parts;
    }

    private static String key(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    Brand brand() {
        return brand;
    }

    String stylesheet() {
        return stylesheet;
    }

    private Brand read() {
        Brand.Builder read = Brand.builder();
        set(SettingOption.TITLE, text -> {
            if (text.isEmpty()) {
                throw new IllegalArgumentException("1 to 60 characters");
            }
            read.name(text);
        });
        set(SettingOption.COLOUR, text -> read.accent(Colour.of(text)));
        set(SettingOption.COLOUR_DARK, text -> read.accentDark(Colour.of(text)));
        set(SettingOption.FONT, text -> read.font(font(text)));
        set(SettingOption.SUPPORT, read::support);
        set(SettingOption.IMPRINT, text -> read.link(BrandLink.Kind.IMPRINT, "Imprint", text));
        set(SettingOption.TERMS, text -> read.link(BrandLink.Kind.TERMS, "Terms", text));
        set(SettingOption.PRIVACY, text -> read.link(BrandLink.Kind.PRIVACY, "Privacy", text));
        set(SettingOption.FOOTER_LINKS, text -> addLinks(read, text));
        TEXTS.forEach((place, option) -> set(option, text -> read.text(place, text)));
        FILES.forEach((asset, option) -> set(option, file -> read.file(asset, BrandFile.of(content(file)))));
        Brand built = read.build();
        built.problems().forEach(each -> {
            SettingOption option = PARTS.getOrDefault(each.part(), SettingOption.TITLE);
            settings.problem(option.key(), settings.text(option.key(), ""), each.text(), null);
        });
        return built;
    }

    private String readStylesheet() {
        StringBuilder css = new StringBuilder();
        set(SettingOption.STYLESHEET, file -> css.append(text(file)));
        return css.toString();
    }

    private void set(SettingOption option, Consumer<String> setter) {
        String text = settings.optional(option.key());
        if (text == null) {
            return;
        }
        try {
            setter.accept(text.strip());
        } catch (SaasException | IllegalArgumentException e) {
            settings.problem(option.key(), text, String.valueOf(e.getMessage()), null);
        }
    }

    private static BrandFont font(String name) {
        return Arrays.stream(BrandFont.values())
                .filter(each -> key(each).equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("one of "
                        + Arrays.stream(BrandFont.values())
                                .map(BrandSettings::key)
                                .collect(Collectors.joining(", "))));
    }

    private static byte[] content(String file) {
        try {
            return Files.readAllBytes(Path.of(file));
        } catch (IOException e) {
            throw new IllegalArgumentException("a file that can be read", e);
        }
    }

    private static String text(String file) {
        try {
            return Files.readString(Path.of(file));
        } catch (IOException e) {
            throw new IllegalArgumentException("a file in UTF-8 that can be read", e);
        }
    }

    private static void addLinks(Brand.Builder brand, String links) {
        for (String link : links.split(",", -1)) {
            int equals = link.indexOf('=');
            brand.link(
                    BrandLink.Kind.OTHER,
                    link.substring(0, Math.max(equals, 0)).strip(),
                    link.substring(equals + 1).strip());
        }
    }
}
