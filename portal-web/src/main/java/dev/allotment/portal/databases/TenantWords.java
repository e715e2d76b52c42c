// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.databases;

import dev.allotment.Tenant;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/** What stands in a record, in words. */
public final class TenantWords {
    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("d MMM yyyy", Locale.ENGLISH).withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter MINUTE = DateTimeFormatter.ofPattern(
                    "d MMM yyyy, HH:mm 'UTC'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    private TenantWords() {}

    /** Where a client database stands. */
    public static Badge state(Tenant tenant) {
        return switch (tenant.state()) {
            case DRAFT -> new Badge("Being created", "busy");
            case OPEN -> new Badge("Running", "good");
            case SUSPENDED -> new Badge(suspended(tenant.suspendedFor()), "bad");
            case RETAINED -> new Badge("Deleted, kept for a while", "off");
            case DELETED -> new Badge("Deleted", "off");
        };
    }

    private static String suspended(List<String> causes) {
        if (causes.contains("expired")) {
            return "Suspended: time is over";
        }
        if (causes.contains("storage")) {
            return "Suspended: out of storage";
        }
        return "Suspended";
    }

    /** How long it may still be used. */
    public static String left(Tenant tenant, Instant now) {
        Instant end = tenant.expiresAt();
        if (end == null) {
            return "No end date";
        }
        Duration left = Duration.between(now, end);
        if (left.isNegative() || left.isZero()) {
            return "Over since " + day(end);
        }
        long days = left.toDays();
        if (days >= 2) {
            return days + " days left";
        }
        long hours = left.toHours();
        return hours >= 2 ? hours + " hours left" : "Ends at " + minute(end);
    }

    public static String day(Instant instant) {
        return DAY.format(instant);
    }

    public static String minute(Instant instant) {
        return MINUTE.format(instant);
    }

    /**
     * A state as it is shown.
     *
     * @param kind {@code good}, {@code busy}, {@code bad} or {@code off}
     */
    public record Badge(String text, String kind) {}
}
