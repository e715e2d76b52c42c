// SPDX-License-Identifier: Apache-2.0
package dev.allotment.text;

import java.util.Locale;

/** The forms that a text has for whole numbers, as CLDR names them. */
enum PluralCategory {
    ONE,
    MANY,
    OTHER;

    private static final long MILLION = 1_000_000;

    /** Returns the form of a number: by CLDR for English, German, French and Spanish, else as in English. */
    static PluralCategory of(String language, long number) {
        long n = Math.abs(number);
        boolean million = n != 0 && n % MILLION == 0;
        return switch (language) {
            case "fr" -> n == 0 || n == 1 ? ONE : million ? MANY : OTHER;
            case "es" -> n == 1 ? ONE : million ? MANY : OTHER;
            default -> n == 1 ? ONE : OTHER;
        };
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
