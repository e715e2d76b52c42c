// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.grouping;

import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.time.temporal.IsoFields;
import java.util.Locale;
import java.util.function.UnaryOperator;

/** The periods by which instants are grouped, in UTC. */
public enum Period {
    HOUR("HH:mm dd MMM", each -> each.truncatedTo(ChronoUnit.HOURS), each -> each.plusHours(1)),
    DAY("dd MMM yyyy", each -> each.truncatedTo(ChronoUnit.DAYS), each -> each.plusDays(1)),
    WEEK("'W'w YYYY", each -> day(each).minusDays(each.getDayOfWeek().getValue() - 1L), each -> each.plusWeeks(1)),
    MONTH("MMMM yyyy", each -> day(each).withDayOfMonth(1), each -> each.plusMonths(1)),
    QUARTER(
            "'Q'q yyyy",
            each -> day(each).withDayOfMonth(1).withMonth(3 * each.get(IsoFields.QUARTER_OF_YEAR) - 2),
            each -> each.plusMonths(3)),
    YEAR("yyyy", each -> day(each).withDayOfYear(1), each -> each.plusYears(1));

    /** Weeks as in ISO 8601, with the names of English. */
    private static final Locale LOCALE = Locale.UK;

    private final String label;
    private final UnaryOperator<LocalDateTime> start;
    private final UnaryOperator<LocalDateTime> next;

    Period(String label, UnaryOperator<LocalDateTime> start, UnaryOperator<LocalDateTime> next) {
        this.label = label;
        this.start = start;
        this.next = next;
    }

    private static LocalDateTime day(LocalDateTime time) {
        return time.truncatedTo(ChronoUnit.DAYS);
    }

    /** Returns the first instant of the period that an instant is in. */
    public LocalDateTime start(LocalDateTime time) {
        return start.apply(time);
    }

    /** Returns the first instant after a period that starts at an instant. */
    public LocalDateTime end(LocalDateTime start) {
        return next.apply(start);
    }

    /** Returns the name of the period that starts at an instant. */
    public String label(LocalDateTime start) {
        return DateTimeFormatter.ofPattern(label, LOCALE).format(start);
    }
}
