// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a backend or a protocol, read with types.
 *
 * <p>Problems are collected, so that all of them are reported at once: read every setting, then call {@link #check}.
 * Not safe for use by several threads.
 */
public final class Settings {
    private final Map<String, String> given;
    private final Set<String> known = new TreeSet<>();
    private final List<String> problems = new ArrayList<>();

    private Settings(Map<String, String> given) {
        this.given = Map.copyOf(given);
    }

    /** Returns settings with these values. Copies the map. */
    public static Settings of(Map<String, String> given) {
        return new Settings(given);
    }

    /** Returns a setting, or the default if it is missing or blank. */
    public String text(String key, String byDefault) {
        String value = find(key);
        return value == null ? byDefault : value;
    }

    /**
     * Returns a setting. A missing one is a problem, and is empty until {@link #check} throws.
     *
     * @param expected what is expected, for the message
     */
    public String required(String key, String expected) {
        String value = find(key);
        if (value == null) {
            problems.add(key + ": is missing; expected " + expected);
            return "";
        }
        return value;
    }

    /** Returns a setting, or null if it is missing or blank. */
    public @Nullable String optional(String key) {
        return find(key);
    }

    /**
     * Returns a setting exactly as given, including blanks, or null if it is missing. Messages never contain its
     * value.
     */
    public @Nullable String secret(String key) {
        known.add(key);
        return given.get(key);
    }

    /** Returns a whole number, or the default if the setting is missing. A value out of bounds is a problem. */
    public int number(String key, int byDefault, int min, int max) {
        String value = find(key);
        if (value == null) {
            return byDefault;
        }
        try {
            int number = Integer.parseInt(value.strip());
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException e) {
            // reported below, like a number out of bounds
        }
        problem(key, value, "a whole number from " + min + " to " + max, Integer.toString(byDefault));
        return byDefault;
    }

    /**
     * Returns whether a setting is true, or the default if it is missing. A value other than true and false is a
     * problem.
     */
    public boolean flag(String key, boolean byDefault) {
        String value = find(key);
        if (value == null || value.equals("true") || value.equals("false")) {
            return value == null ? byDefault : value.equals("true");
        }
        problem(key, value, "true or false", Boolean.toString(byDefault));
        return byDefault;
    }

    /**
     * Adds a problem with a setting that was read as text.
     *
     * @param byDefault null: the setting has no default
     */
    public void problem(String key, String found, String expected, @Nullable String byDefault) {
        problems.add(key + ": found \"" + found + "\", expected " + expected
                + (byDefault == null ? "" : "; default " + byDefault));
    }

    /**
     * Finishes reading.
     *
     * @param owner whose settings these are, for the message
     * @throws SaasException {@code setting.invalid} with every problem, including settings that nothing read
     */
    public void check(String owner) {
        for (String key : new TreeSet<>(given.keySet())) {
            if (!known.contains(key)) {
                problems.add(key + ": is not a setting of " + owner + suggestion(key));
            }
        }
        if (!problems.isEmpty()) {
            throw new SaasException(
                    ErrorCategory.INVALID_INPUT,
                    ErrorCodes.SETTING_INVALID,
                    "Invalid settings of " + owner + ":\n  " + String.join("\n  ", problems),
                    Map.of("owner", owner),
                    false,
                    null);
        }
    }

    private @Nullable String find(String key) {
        known.add(key);
        String value = given.get(key);
        return value == null || value.isBlank() ? null : value;
    }

    private String suggestion(String key) {
        return known.stream()
                .min(Comparator.comparingInt(candidate -> distance(key, candidate)))
                .filter(candidate -> distance(key, candidate) <= Math.max(2, key.length() / 3))
                .map(candidate -> "; did you mean " + candidate + "?")
                .orElse(known.isEmpty() ? "" : "; known are " + String.join(", ", known));
    }

    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int next = Math.min(
                        Math.min(row[j], row[j - 1]) + 1, diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1));
                diagonal = row[j];
                row[j] = next;
            }
        }
        return row[b.length()];
    }
}
