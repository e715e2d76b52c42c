// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.rule;

import java.util.Comparator;
import java.util.regex.Pattern;

/** Versions of add-ons: whole numbers joined by dots. */
public final class VersionNumbers {
    private static final Pattern VERSION = Pattern.compile("\\d{1,9}(\\.\\d{1,9}){0,9}");

    /** Compares part by part, numerically; a missing part counts as zero. */
    public static final Comparator<String> ORDER = VersionNumbers::compare;

    private VersionNumbers() {}

    public static boolean valid(String version) {
        return VERSION.matcher(version).matches();
    }

    private static int compare(String a, String b) {
        String[] left = a.split("\\.", -1);
        String[] right = b.split("\\.", -1);
        for (int i = 0; i < Math.max(left.length, right.length); i++) {
            int order = Integer.compare(part(left, i), part(right, i));
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }

    private static int part(String[] parts, int index) {
        return index < parts.length ? Integer.parseInt(parts[index]) : 0;
    }
}
