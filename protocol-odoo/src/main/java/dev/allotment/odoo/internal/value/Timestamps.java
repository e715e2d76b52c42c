// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.value;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** Instants as Odoo writes them: {@code YYYY-MM-DD HH:MM:SS} in UTC, without a zone. */
public final class Timestamps {
    private static final DateTimeFormatter FORMAT =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss").withResolverStyle(ResolverStyle.STRICT);

    private static final int DATE_LENGTH = "YYYY-MM-DD".length();
    private static final int LAST_YEAR = 9999;

    private Timestamps() {}

    public static String format(Instant instant) {
        return FORMAT.format(instant.atOffset(ZoneOffset.UTC));
    }

    /** Converts a time in UTC. Empty outside the years 1 to 9999, which all clients and databases support. */
    public static Optional<Instant> of(LocalDateTime value) {
        return value.getYear() < 1 || value.getYear() > LAST_YEAR
                ? Optional.empty()
                : Optional.of(value.toInstant(ZoneOffset.UTC).truncatedTo(ChronoUnit.MICROS));
    }

    /** Returns whether the text is a date without a time, which means its first second. */
    public static boolean isDate(String text) {
        return text.length() == DATE_LENGTH;
    }

    /**
     * Parses a date, or a date and a time with optional seconds and fraction. Empty for any other text, and outside
     * the years 1 to 9999.
     */
    public static Optional<Instant> parse(String text) {
        try {
            LocalDateTime value =
                    isDate(text) ? LocalDate.parse(text).atStartOfDay() : LocalDateTime.parse(text.replace(' ', 'T'));
            return of(value);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
