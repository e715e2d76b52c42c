// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.brand;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.brand.Brand;
import dev.allotment.brand.BrandFile;
import dev.allotment.brand.BrandProblem;
import dev.allotment.core.internal.rule.TextRules;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Refuses brands that pages must not show. */
public final class BrandChecks {
    private static final int MAX_STYLESHEET = 262_144;

    private BrandChecks() {}

    /**
     * Refuses a brand with problems. The details have the text of each problem by its part.
     *
     * @throws SaasException {@code brand.invalid}
     */
    public static void check(Brand brand) {
        List<BrandProblem> problems = new ArrayList<>(brand.problems());
        brand.files().forEach((asset, file) -> {
            Optional<String> unsafe = file.type().equals(BrandFile.SVG) && file.size() <= asset.maxBytes()
                    ? SvgRules.problem(file.content())
                    : Optional.empty();
            unsafe.ifPresent(text -> problems.add(
                    new BrandProblem(asset.name().toLowerCase(Locale.ROOT).replace('_', '-'), text)));
        });
        if (problems.isEmpty()) {
            return;
        }
        Map<String, String> details = new LinkedHashMap<>();
        List<String> lines = new ArrayList<>();
        problems.forEach(each -> {
            details.merge(each.part(), each.text(), (first, next) -> first + " " + next);
            lines.add(each.part() + ": " + each.text());
        });
        throw new SaasException(
                ErrorCategory.INVALID_INPUT,
                ErrorCodes.BRAND_INVALID,
                "Invalid brand:\n  " + String.join("\n  ", lines),
                details,
                false,
                null);
    }

    /**
     * Refuses a stylesheet that is too large.
     *
     * @throws SaasException {@code brand.invalid}
     */
    public static void checkStylesheet(String css) {
        if (css.length() > MAX_STYLESHEET || !TextRules.isStorable(css)) {
            throw SaasException.invalid(
                    ErrorCodes.BRAND_INVALID,
                    "a stylesheet of at most " + MAX_STYLESHEET + " characters, found " + css.length());
        }
    }
}
