// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;

/**
 * How often the maintenance backs up the tenants of a plan, and which of these backups are kept: {@code
 * BackupSchedule.parse("every 24h keep 7d 4w 12m")}. For each unit, the newest backup of the hour, day, week, month or
 * year is kept, for as many of them as the number says. The newest backup is always kept. Days, weeks and months are
 * those of UTC, and a week starts on Monday.
 *
 * <p>Immutable.
 *
 * @param text {@code every}, the hours with {@code h}, and optionally {@code keep} with a number for each unit, in
 *     this order: {@code h} (hours), {@code d} (days), {@code w} (weeks), {@code m} (months), {@code y} (years); the
 *     sum of the numbers is 1000 at most
 */
public record BackupSchedule(String text) {
    private static final int MAX_HOURS = 24 * 366;
    private static final int MAX_KEPT = 1000;
    private static final int MAX_LENGTH = 100;
    private static final Pattern FORM =
            Pattern.compile("every (\\d{1,9})h(?: keep((?: \\d{1,9}h)?(?: \\d{1,9}d)?(?: \\d{1,9}w)?(?: \\d{1,9}m)?"
                    + "(?: \\d{1,9}y)?))?");
    private static final Pattern NUMBER = Pattern.compile("(\\d+)([hdwmy])");

    /** A unit of time of which one backup is kept. */
    public enum Unit {
        /** An hour. */
        HOUR,
        /** A day. */
        DAY,
        /** A week. */
        WEEK,
        /** A month. */
        MONTH,
        /** A year. */
        YEAR;

        private char letter() {
            return Character.toLowerCase(name().charAt(0));
        }
    }

    /** Creates a record from all its components, without checking them. Use {@link #parse} instead. */
    @Internal
    public BackupSchedule {}

    private static boolean isInRange(Matcher form) {
        int hours = Integer.parseInt(form.group(1));
        String kept = form.group(2);
        return hours >= 1
                && hours <= MAX_HOURS
                && (kept == null
                        || (!kept.isEmpty()
                                && numbers(kept).allMatch(number -> number >= 1)
                                && numbers(kept).sum() <= MAX_KEPT));
    }

    private static LongStream numbers(String kept) {
        return NUMBER.matcher(kept).results().mapToLong(each -> Long.parseLong(each.group(1)));
    }

    /**
     * Reads a schedule. Upper case, commas and more spaces are accepted, too.
     *
     * @throws SaasException {@code plan.invalid}
     */
    public static BackupSchedule parse(String text) {
        String normal = String.join(" ", text.strip().toLowerCase(Locale.ROOT).split("[\\s,]+"));
        Matcher form = FORM.matcher(normal);
        if (normal.length() > MAX_LENGTH || !form.matches() || !isInRange(form)) {
            throw SaasException.invalid(
                    ErrorCodes.PLAN_INVALID,
                    "A backup schedule has a form such as \"every 24h keep 7d 4w 12m\": every 1 to " + MAX_HOURS
                            + " hours, and for hours (h), days (d), weeks (w), months (m) and years (y), in this order,"
                            + " how many backups are kept, 1 or more each and " + MAX_KEPT + " at most together. Found "
                            + (text.length() > MAX_LENGTH ? text.length() + " characters" : "\"" + text + "\"") + ".");
        }
        return new BackupSchedule(normal);
    }

    /**
     * Creates a schedule.
     *
     * @param hours between two backups of a tenant
     * @param kept how many backups are kept, by unit; empty: only the newest
     * @throws SaasException {@code plan.invalid}
     */
    public static BackupSchedule of(int hours, Map<Unit, Integer> kept) {
        StringJoiner numbers = new StringJoiner(" ");
        for (Unit unit : Unit.values()) {
            if (kept.containsKey(unit)) {
                numbers.add(kept.get(unit) + String.valueOf(unit.letter()));
            }
        }
        return parse("every " + hours + "h" + (kept.isEmpty() ? "" : " keep " + numbers));
    }

    /** Returns the time between two backups of a tenant. */
    public Duration every() {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new IllegalStateException(text);
        }
        return Duration.ofHours(Integer.parseInt(form.group(1)));
    }

    /** Returns how many hours, days, weeks, months or years have a backup that is kept; 0: none is kept for them. */
    public int kept(Unit unit) {
        return NUMBER.matcher(text.substring(text.indexOf('h') + 1))
                .results()
                .filter(each -> each.group(2).charAt(0) == unit.letter())
                .mapToInt(each -> Integer.parseInt(each.group(1)))
                .findFirst()
                .orElse(0);
    }

    @Override
    public String toString() {
        return text;
    }
}
