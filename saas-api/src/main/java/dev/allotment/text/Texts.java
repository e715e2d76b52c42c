// SPDX-License-Identifier: Apache-2.0
package dev.allotment.text;

import java.text.NumberFormat;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.FormatStyle;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The texts of one area in one language, and how its readers write numbers and times. Immutable. Texts are text, never
 * HTML: who writes them into a page escapes them.
 */
public final class Texts {
    private static final Set<String> RIGHT_TO_LEFT =
            Set.of("ar", "arc", "ckb", "dv", "fa", "he", "iw", "ji", "ks", "ps", "sd", "syr", "ug", "ur", "yi");
    private static final long KIBI = 1024;

    private final Locale locale;
    private final Map<String, TextPattern> patterns;

    /**
     * For English, that of Europe: the day comes before the month, and a day has 24
     * hours.
     */
    private final Locale formats;

    Texts(String language, Map<String, TextPattern> patterns) {
        locale = Locale.forLanguageTag(language);
        formats = language.equals("en") ? Locale.UK : locale;
        this.patterns = Map.copyOf(patterns);
    }

    /** Returns the language as a tag of BCP 47, such as {@code de}. */
    public String language() {
        return locale.toLanguageTag();
    }

    /** Returns the language in itself, such as {@code Deutsch}. */
    public String name() {
        String name = locale.getDisplayName(locale);
        return name.substring(0, 1).toUpperCase(locale) + name.substring(1);
    }

    /** Returns the direction of the writing, as HTML names it: {@code ltr} or {@code rtl}. */
    public String direction() {
        return RIGHT_TO_LEFT.contains(locale.getLanguage()) ? "rtl" : "ltr";
    }

    /** Returns whether there is a text with this key. */
    public boolean has(String key) {
        return patterns.containsKey(key);
    }

    /** Returns the keys of all texts, sorted. */
    public Collection<String> keys() {
        return new TreeSet<>(patterns.keySet());
    }

    /**
     * Returns a text. Whole numbers are formatted for the language, other values are unchanged.
     *
     * @param values for the placeholders <code>{0}</code>, <code>{1}</code> and so on
     * @throws IllegalArgumentException if there is no such text
     */
    public String text(String key, Object... values) {
        StringBuilder text = new StringBuilder();
        for (TextPattern.Part part : parts(key)) {
            text.append(part.isText() ? part.text() : part.isValue() ? shown(part, values) : "");
        }
        return text.toString();
    }

    /**
     * Returns the form of a text that a number needs. The key is followed by the category of CLDR for the number, such
     * as {@code .one} or {@code .other}.
     *
     * @param count also the value of <code>{0}</code>
     * @param more for the placeholders from <code>{1}</code> on
     * @throws IllegalArgumentException if there is no such text
     */
    public String plural(String key, long count, Object... more) {
        Object[] values = new Object[more.length + 1];
        values[0] = count;
        System.arraycopy(more, 0, values, 1, more.length);
        return text(pluralKey(key, count), values);
    }

    /** Returns the key of the form of a text that a number needs. */
    public String pluralKey(String key, long count) {
        String exact =
                key + "." + PluralCategory.of(locale.getLanguage(), count).word();
        return has(exact) ? exact : key + "." + PluralCategory.OTHER.word();
    }

    /**
     * Returns a text in parts, for those who surround some of them with elements.
     *
     * @throws IllegalArgumentException if there is no such text
     */
    public List<TextPattern.Part> parts(String key) {
        TextPattern pattern = patterns.get(key);
        if (pattern == null) {
            throw new IllegalArgumentException("There is no text " + key + " in " + language());
        }
        return pattern.parts();
    }

    private String shown(TextPattern.Part part, Object[] values) {
        return part.index() < values.length ? value(values[part.index()]) : "";
    }

    /** Returns a value as a text shows it. */
    public String value(Object value) {
        return value instanceof Long || value instanceof Integer
                ? number(((Number) value).longValue())
                : String.valueOf(value);
    }

    /** Formats a whole number. */
    public String number(long number) {
        return NumberFormat.getIntegerInstance(formats).format(number);
    }

    /** Formats a size in bytes, in the largest unit that it has at least one of. A unit is 1,024 of the one before. */
    public String bytes(long bytes) {
        List<String> units = List.of("bytes", "kb", "mb", "gb", "tb");
        double value = bytes;
        int unit = 0;
        while (value >= KIBI && unit < units.size() - 1) {
            value /= KIBI;
            unit++;
        }
        if (unit == 0) {
            return plural("unit.bytes", bytes);
        }
        boolean whole = value >= 100 || value == Math.rint(value);
        NumberFormat format = NumberFormat.getNumberInstance(formats);
        format.setGroupingUsed(false);
        format.setMinimumFractionDigits(whole ? 0 : 1);
        format.setMaximumFractionDigits(whole ? 0 : 1);
        return text("unit." + units.get(unit), format.format(value));
    }

    /** Formats a time to the minute. */
    public String time(Instant time, ZoneId zone) {
        return DateTimeFormatter.ofLocalizedDateTime(FormatStyle.MEDIUM, FormatStyle.SHORT)
                .withLocale(formats)
                .withZone(zone)
                .format(time);
    }

    /** Formats a day. */
    public String day(LocalDate day) {
        return DateTimeFormatter.ofLocalizedDate(FormatStyle.MEDIUM)
                .withLocale(formats)
                .format(day);
    }

    /** Formats the day of a time in UTC. */
    public String day(Instant time) {
        return day(LocalDate.ofInstant(time, ZoneOffset.UTC));
    }

    /** Formats a day without its year. */
    public String dayOfMonth(LocalDate day) {
        return DateTimeFormatter.ofPattern(text("format.day-of-month"), formats).format(day);
    }

    /** Returns the locale of the language. */
    public Locale locale() {
        return locale;
    }

    /** Returns the code that Odoo has for the language, such as {@code de_DE}, to be stored in accounts. */
    public String code() {
        return switch (language()) {
            case "en" -> "en_US";
            case "de" -> "de_DE";
            case "fr" -> "fr_FR";
            case "es" -> "es_ES";
            default -> language().replace('-', '_');
        };
    }
}
