// SPDX-License-Identifier: Apache-2.0
package dev.allotment.text;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The forms that a text has for whole numbers, as CLDR names them. */
enum PluralCategory {
    ONE,
    MANY,
    OTHER;

    private static final long MILLION = 1_000_000;
    private static final Set<String> WITH_MANY = Set.of("es", "fr");

    /** Returns the forms that a text with a number has in a language. */
    static List<PluralCategory> all(String language) {
        return WITH_MANY.contains(language) ? List.of(ONE, MANY, OTHER) : List.of(ONE, OTHER);
    }

    /** Returns the form of a number: by CLDR for English, German, French and Spanish, else as in English. */
    static PluralCategory of(String language, long number) {
        long n = Math.abs(number);
        if (n == 1 || (n == 0 && language.equals("fr"))) {
            return ONE;
        }
        return n != 0 && n % MILLION == 0 && WITH_MANY.contains(language) ? MANY : OTHER;
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
