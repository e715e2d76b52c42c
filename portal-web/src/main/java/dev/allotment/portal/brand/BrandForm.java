// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.brand;

import dev.allotment.SaasException;
import dev.allotment.brand.Brand;
import dev.allotment.brand.BrandAsset;
import dev.allotment.brand.BrandFile;
import dev.allotment.brand.BrandFont;
import dev.allotment.brand.BrandLink;
import dev.allotment.brand.BrandText;
import dev.allotment.brand.Colour;
import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.PortalExchange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The form with the parts of a brand. */
final class BrandForm {
    static final String FONT = "stack";
    private static final String NAME = "name";
    private static final String ACCENT = "accent";
    private static final String ACCENT_DARK = "accent-dark";
    private static final String SUPPORT = "support";
    private static final String OTHER_LINKS = "link-other";
    private static final String REMOVE = "remove-";
    /** The links that have their own fields, with the text that they have unless another one is entered. */
    private static final Map<BrandLink.Kind, String> LEGAL = Map.of(
            BrandLink.Kind.IMPRINT, "Imprint",
            BrandLink.Kind.TERMS, "Terms",
            BrandLink.Kind.PRIVACY, "Privacy");

    private BrandForm() {}

    static String key(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String link(BrandLink.Kind kind) {
        return "link-" + key(kind);
    }

    private static String text(BrandText place) {
        return "text-" + key(place);
    }

    /** Returns a form with the parts of a brand. */
    static Form of(Brand brand) {
        BrandFont font = brand.font();
        Form form = new Form()
                .set(NAME, brand.name())
                .set(ACCENT, hex(brand.accent()))
                .set(ACCENT_DARK, hex(brand.accentDark()))
                .set(FONT, font == null ? "" : font.name())
                .set(SUPPORT, brand.support() == null ? "" : brand.support());
        for (BrandLink.Kind kind : LEGAL.keySet()) {
            brand.link(kind)
                    .ifPresent(each -> form.set(link(kind), each.address()).set(link(kind) + "-label", each.label()));
        }
        form.set(
                OTHER_LINKS,
                others(brand).stream()
                        .map(each -> each.label() + "=" + each.address())
                        .collect(Collectors.joining("\n")));
        for (BrandText place : BrandText.values()) {
            form.set(text(place), brand.text(place));
        }
        return form;
    }

    private static String hex(@Nullable Colour colour) {
        return colour == null ? "" : colour.toString();
    }

    private static List<BrandLink> others(Brand brand) {
        List<BrandLink> others = new ArrayList<>(brand.links());
        LEGAL.keySet().forEach(kind -> brand.link(kind).ifPresent(others::remove));
        return others;
    }

    /** Reads what was sent. */
    static Form sent(PortalExchange exchange) {
        Form form = Form.sent(exchange, NAME, ACCENT, ACCENT_DARK, FONT, SUPPORT, OTHER_LINKS);
        for (BrandLink.Kind kind : LEGAL.keySet()) {
            form.set(link(kind), exchange.param(link(kind)));
            form.set(link(kind) + "-label", exchange.param(link(kind) + "-label"));
        }
        for (BrandText place : BrandText.values()) {
            form.set(text(place), exchange.param(text(place)).replace("\r\n", "\n"));
        }
        return form;
    }

    /**
     * Returns the brand that a form describes, and adds a problem for each part that is wrong.
     *
     * @param before has the files that are not replaced
     */
    static Brand brand(PortalExchange exchange, Form form, Brand before) {
        Brand.Builder brand = Brand.builder()
                .name(form.value(NAME))
                .accent(colour(form, ACCENT))
                .accentDark(colour(form, ACCENT_DARK))
                .font(font(form.value(FONT)))
                .support(form.value(SUPPORT))
                .files(before.files());
        for (BrandLink.Kind kind : List.of(BrandLink.Kind.IMPRINT, BrandLink.Kind.TERMS, BrandLink.Kind.PRIVACY)) {
            String address = form.value(link(kind));
            String label = form.value(link(kind) + "-label");
            if (!address.isEmpty()) {
                brand.link(kind, label.isEmpty() ? LEGAL.getOrDefault(kind, key(kind)) : label, address);
            }
        }
        form.value(OTHER_LINKS)
                .lines()
                .map(String::strip)
                .filter(each -> !each.isEmpty())
                .forEach(line -> {
                    int equals = line.indexOf('=');
                    brand.link(
                            BrandLink.Kind.OTHER,
                            line.substring(0, Math.max(equals, 0)).strip(),
                            line.substring(equals + 1).strip());
                });
        for (BrandText place : BrandText.values()) {
            brand.text(place, form.value(text(place)));
        }
        for (BrandAsset asset : BrandAsset.values()) {
            if (exchange.ticked(REMOVE + key(asset))) {
                brand.file(asset, null);
            }
            exchange.upload(key(asset)).ifPresent(content -> brand.file(asset, BrandFile.of(content)));
        }
        Brand read = brand.build();
        read.problems().forEach(each -> form.refuse(each.part(), each.text()));
        return read;
    }

    private static @Nullable BrandFont font(String name) {
        return Arrays.stream(BrandFont.values())
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    private static @Nullable Colour colour(Form form, String field) {
        String hex = form.value(field);
        try {
            return hex.isEmpty() ? null : Colour.of(hex);
        } catch (SaasException e) {
            form.refuse(field, String.valueOf(e.getMessage()));
            return null;
        }
    }
}
