// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import dev.allotment.fleet.Campaign;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.regex.Pattern;

/**
 * The time of every day in which a tenant may be changed by a {@link Campaign} with {@link Campaign#inWindow}, such as
 * {@code MaintenanceWindow.of(LocalTime.of(22, 0), LocalTime.of(4, 0))}. It is a time of the tenant's time zone, and
 * may include midnight. If the clocks are put forward past all of it, there is none on that day.
 *
 * @param range the first minute and the one after the last, such as {@code 22:00-04:00}
 */
public record MaintenanceWindow(String range) {
    private static final Pattern RANGE = Pattern.compile("([01]\\d|2[0-3]):[0-5]\\d-([01]\\d|2[0-3]):[0-5]\\d");

    /** Takes any range, as stored. Use {@link #of} or {@link #parse} instead. */
    @Internal
    public MaintenanceWindow {}

    /**
     * Returns the window with a range such as {@code 22:00-04:00}.
     *
     * @throws SaasException {@code configuration.invalid}
     */
    public static MaintenanceWindow parse(String range) {
        if (!RANGE.matcher(range).matches() || range.startsWith(range.substring(6))) {
            throw SaasException.invalid(
                    ErrorCodes.CONFIGURATION_INVALID,
                    "A maintenance window is two different times of the day in minutes, such as 22:00-04:00.");
        }
        return new MaintenanceWindow(range);
    }

    /**
     * Returns the window between two times of the day; seconds are ignored.
     *
     * @throws SaasException {@code configuration.invalid} if they are equal
     */
    public static MaintenanceWindow of(LocalTime from, LocalTime to) {
        return parse(from.toString().substring(0, 5) + "-" + to.toString().substring(0, 5));
    }

    /** Returns its first minute. */
    public LocalTime from() {
        return LocalTime.parse(range.substring(0, 5));
    }

    /** Returns the minute after its last one. */
    public LocalTime to() {
        return LocalTime.parse(range.substring(6));
    }

    /** Returns whether an instant is in the window. */
    public boolean contains(Instant instant, ZoneId zone) {
        LocalTime time = LocalTime.ofInstant(instant, zone);
        boolean started = !time.isBefore(from());
        boolean before = time.isBefore(to());
        return from().isBefore(to()) ? started && before : started || before;
    }

    /** Returns when the window opens next, after an instant. */
    public Instant nextAfter(Instant instant, ZoneId zone) {
        LocalDate day = LocalDate.ofInstant(instant, zone);
        Instant today = ZonedDateTime.of(day, from(), zone).toInstant();
        return today.isAfter(instant)
                ? today
                : ZonedDateTime.of(day.plusDays(1), from(), zone).toInstant();
    }
}
