// SPDX-License-Identifier: Apache-2.0
package dev.allotment.mail;

import dev.allotment.Parameter;
import dev.allotment.Saas;
import dev.allotment.brand.Brand;
import dev.allotment.brand.BrandAsset;
import dev.allotment.brand.BrandColours;
import dev.allotment.brand.BrandFile;
import dev.allotment.brand.BrandText;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a brand puts around the text of an email: the logo or the name before it, and a signature after it. Without a
 * brand, nothing.
 *
 * @param baseUrl of the portal, which serves the logo
 */
record MailFrame(Brand brand, String baseUrl) {
    /** The path of the logo that counts, so that an email that was sent earlier has an image, too. */
    private static final String LOGO = "/portal/static/brand/logo";

    /** Nothing around the text. */
    static final MailFrame NONE = new MailFrame(Brand.NONE, "");

    /** The frame of the brand that counts. */
    static MailFrame of(Saas saas) {
        return of(saas, saas.brands().current());
    }

    /** The frame of another brand. */
    static MailFrame of(Saas saas, Brand brand) {
        return new MailFrame(brand, saas.parameters().value(Parameter.BASE_URL).orElse(""));
    }

    String htmlBefore() {
        String name = MailFormats.html(MailFormats.line(brand.name()));
        boolean logo = hasLogo();
        if (name.isEmpty() && !logo) {
            return "";
        }
        String image = logo
                ? "<img src=\"" + MailFormats.html(baseUrl + LOGO) + "\" alt=\"\" height=\"28\""
                        + " style=\"vertical-align: middle\"> "
                : "";
        return "<p style=\"font-size: 1.1em; font-weight: bold; padding-bottom: 0.5em" + rule() + "\">" + image + name
                + "</p>\n";
    }

    private String rule() {
        return BrandColours.light(brand)
                .map(colours -> "; border-bottom: 3px solid " + colours.accent())
                .orElse("");
    }

    /** Programs for email warn of images without TLS, and many show no SVG and no WebP. */
    private boolean hasLogo() {
        return baseUrl.startsWith("https://")
                && brand.file(BrandAsset.LOGO)
                        .filter(file -> file.type().equals(BrandFile.PNG))
                        .isPresent();
    }

    String htmlAfter() {
        List<String> lines = new ArrayList<>(
                lines().stream().map(MailFormats::line).map(MailFrame::htmlLine).toList());
        brand.links()
                .forEach(link -> lines.add("<a href=\"" + MailFormats.html(link.address()) + "\">"
                        + MailFormats.html(MailFormats.line(link.label())) + "</a>"));
        return lines.isEmpty()
                ? ""
                : lines.stream().collect(Collectors.joining("<br>\n", "<p style=\"color: #59635c\">", "</p>\n"));
    }

    private static String htmlLine(String line) {
        String escaped = MailFormats.html(line);
        return line.startsWith("https://") ? "<a href=\"" + escaped + "\">" + escaped + "</a>" : escaped;
    }

    /** The line with two hyphens and a space starts a signature: RFC 3676. */
    String textAfter() {
        List<String> lines = new ArrayList<>(lines());
        brand.links().forEach(link -> lines.add(link.label() + ": " + link.address()));
        return lines.isEmpty()
                ? ""
                : lines.stream().map(MailFormats::line).collect(Collectors.joining("\n", "\n-- \n", "\n"));
    }

    /** What both forms have in the same words. */
    private List<String> lines() {
        List<String> lines = new ArrayList<>();
        if (!brand.name().isEmpty()) {
            lines.add(brand.name());
        }
        String support = brand.support();
        if (support != null) {
            lines.add(support);
        }
        brand.text(BrandText.MAIL_FOOTER).lines().forEach(lines::add);
        return lines;
    }
}
